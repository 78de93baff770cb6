package dev.sluice.embedded;

import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.header.HeaderWriterFilter;
import org.springframework.security.web.header.writers.CacheControlHeadersWriter;
import org.springframework.security.web.header.writers.XContentTypeOptionsHeaderWriter;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;

/**
 * Nobody needs a token to ask for one. With a database of one's own nothing answers there, and
 * callers see a 404 rather than a 401.
 */
@Configuration(proxyBeanMethods = false)
class DevTokenSecurity {
  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE)
  SecurityFilterChain devTokenFilterChain() {
    return new DefaultSecurityFilterChain(
        PathPatternRequestMatcher.withDefaults().matcher("/dev/**"),
        new HeaderWriterFilter(
            List.of(new XContentTypeOptionsHeaderWriter(), new CacheControlHeadersWriter())));
  }
}
