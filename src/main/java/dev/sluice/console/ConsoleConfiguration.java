package dev.sluice.console;

import java.util.List;
import java.util.Objects;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.header.HeaderWriterFilter;
import org.springframework.security.web.header.writers.ContentSecurityPolicyHeaderWriter;
import org.springframework.security.web.header.writers.HstsHeaderWriter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.header.writers.XContentTypeOptionsHeaderWriter;
import org.springframework.security.web.header.writers.XXssProtectionHeaderWriter;
import org.springframework.security.web.header.writers.frameoptions.XFrameOptionsHeaderWriter;
import org.springframework.security.web.header.writers.frameoptions.XFrameOptionsHeaderWriter.XFrameOptionsMode;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.webjars.WebJarVersionLocator;

/**
 * Serves the console's files, and nothing else: what they show comes from the API, with the token
 * that a person gave. So there is no cookie to steal and no form to forge.
 */
@Configuration(proxyBeanMethods = false)
public class ConsoleConfiguration {
  private static final String PATHS = "/console/**"; // "/console", too
  private static final String PICO = "picocss__pico";

  /**
   * Scripts and styles from here only, none within the page; text never becomes markup (Trusted
   * Types); no frame shows it. The style sheet's own icons are {@code data:}.
   */
  static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
          + "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
          + "require-trusted-types-for 'script'; trusted-types 'none'";

  /**
   * Anybody may read the files: they are the same for all, so nothing is asked of who reads them.
   * What is more than reading is left to the filters of the API.
   */
  @Bean
  @Order(1)
  SecurityFilterChain consoleFilterChain() {
    PathPatternRequestMatcher.Builder matchers = PathPatternRequestMatcher.withDefaults();
    return new DefaultSecurityFilterChain(
        new OrRequestMatcher(
            matchers.matcher(HttpMethod.GET, PATHS), matchers.matcher(HttpMethod.HEAD, PATHS)),
        new HeaderWriterFilter(
            List.of(
                new XContentTypeOptionsHeaderWriter(),
                new XXssProtectionHeaderWriter(),
                new HstsHeaderWriter(),
                new XFrameOptionsHeaderWriter(XFrameOptionsMode.DENY),
                new ContentSecurityPolicyHeaderWriter(CONTENT_SECURITY_POLICY),
                new ReferrerPolicyHeaderWriter(ReferrerPolicy.NO_REFERRER))));
  }

  /** Where the files lie. */
  @Bean
  WebMvcConfigurer consoleMvc() {
    return new WebMvcConfigurer() {
      @Override
      public void addViewControllers(ViewControllerRegistry registry) {
        registry
            .addRedirectViewController("/console", "/console/")
            .setStatusCode(HttpStatus.FOUND); // names the path alone
        registry.addViewController("/console/").setViewName("forward:/console/index.html");
      }

      @Override
      public void addResourceHandlers(ResourceHandlerRegistry registry) {
        String version = Objects.requireNonNull(new WebJarVersionLocator().version(PICO), PICO);
        registry
            .addResourceHandler("/console/pico/**")
            .addResourceLocations(
                "classpath:/META-INF/resources/webjars/%s/%s/css/".formatted(PICO, version))
            .setCacheControl(CacheControl.noCache());
        registry
            .addResourceHandler("/console/**")
            .addResourceLocations("classpath:/dev/sluice/console/pages/")
            .setCacheControl(CacheControl.noCache());
      }
    };
  }
}
