package dev.sluice.api;

import java.util.Objects;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.webjars.WebJarVersionLocator;

/** Serves Swagger UI's own files; ours among them names the document to show. */
@Configuration(proxyBeanMethods = false)
public class SwaggerUiConfiguration {
  private static final String SWAGGER_UI = "swagger-ui";

  /** Where the files lie, ours first. */
  @Bean
  WebMvcConfigurer swaggerUiMvc() {
    return new WebMvcConfigurer() {
      @Override
      public void addViewControllers(ViewControllerRegistry registry) {
        // With its status given, the redirect names the path alone: we may be called otherwise
        // outside.
        registry
            .addRedirectViewController("/swagger-ui.html", "/swagger-ui/index.html")
            .setStatusCode(HttpStatus.FOUND);
      }

      @Override
      public void addResourceHandlers(ResourceHandlerRegistry registry) {
        String version =
            Objects.requireNonNull(new WebJarVersionLocator().version(SWAGGER_UI), SWAGGER_UI);
        registry
            .addResourceHandler("/swagger-ui/**")
            .addResourceLocations(
                "classpath:/dev/sluice/api/swagger-ui/",
                "classpath:/META-INF/resources/webjars/%s/%s/".formatted(SWAGGER_UI, version))
            .setCacheControl(CacheControl.noCache());
      }
    };
  }
}
