package dev.sluice.console;

import java.util.Objects;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
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
  private static final String[] PATHS = {"/console", "/console/**"};
  private static final String PICO = "picocss__pico";

  /**
   * Scripts and styles from here only, none within the page; text never becomes markup (Trusted
   * Types); no frame shows it. The style sheet's own icons are {@code data:}.
   */
  static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
          + "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
          + "require-trusted-types-for 'script'; trusted-types 'none'";

  /** Anybody may read the files: they are the same for all. */
  @Bean
  @Order(1)
  SecurityFilterChain consoleFilterChain(HttpSecurity http) {
    return http.securityMatcher(PATHS)
        .csrf(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .sessionManagement(
            session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .authorizeHttpRequests(
            requests ->
                requests
                    .requestMatchers(HttpMethod.GET, PATHS)
                    .permitAll()
                    .requestMatchers(HttpMethod.HEAD, PATHS)
                    .permitAll()
                    .anyRequest()
                    .denyAll())
        .headers(
            headers ->
                headers
                    .contentSecurityPolicy(
                        policy -> policy.policyDirectives(CONTENT_SECURITY_POLICY))
                    .referrerPolicy(policy -> policy.policy(ReferrerPolicy.NO_REFERRER))
                    .cacheControl(cache -> cache.disable()))
        .build();
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
