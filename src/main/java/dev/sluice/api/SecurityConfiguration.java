package dev.sluice.api;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import jakarta.servlet.DispatcherType;
import java.time.Clock;
import java.util.Map;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.MappedJwtClaimSetConverter;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationProvider;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.SecurityFilterChain;

/**
 * Who may come in: no session, no cookie, a token with each request. Which scopes a call needs
 * stands with the call, in its {@link Contract}.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ApiSettings.class, JwtSettings.class})
public class SecurityConfiguration {
  private static final String[] OPEN = {
    "/v1/callbacks/**",
    "/dev/token",
    "/v3/api-docs",
    "/v3/api-docs.yaml",
    "/swagger-ui/**",
    "/swagger-ui.html",
    "/actuator/health/**",
    "/actuator/info"
  };

  /** Verifies tokens. */
  @Bean
  public JwtDecoder jwtDecoder(JwtSettings settings, Clock clock) {
    return verifier(settings, clock);
  }

  /** Tells who sent a token, verifying those not seen lately. */
  @Bean
  RecentTokens recentTokens(JwtDecoder decoder, JwtSettings settings, Clock clock) {
    JwtAuthenticationProvider provider = new JwtAuthenticationProvider(decoder);
    provider.setJwtAuthenticationConverter(
        token ->
            new JwtAuthenticationToken(token, Scope.authorities(token.getClaims().get("scope"))));
    return new RecentTokens(provider::authenticate, clock, settings.remember());
  }

  /**
   * Verifies tokens, each one anew.
   *
   * @throws UnusableTokenSettings if the settings can't be used
   */
  static JwtDecoder verifier(JwtSettings settings, Clock clock) {
    DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    processor.setJWSKeySelector(TokenKeys.selector(settings));
    processor.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(
            JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
    processor.setJWTClaimsSetVerifier((claims, context) -> {}); // TokenRules checks them
    NimbusJwtDecoder decoder = new NimbusJwtDecoder(processor);
    decoder.setJwtValidator(new TokenRules(settings, clock));
    // As it stands: the framework would try to make a URL of it first.
    decoder.setClaimSetConverter(
        MappedJwtClaimSetConverter.withDefaults(Map.of("iss", Object::toString)));
    return token -> decode(decoder, token);
  }

  /** Whatever a token makes its reader throw is the token's fault, except keys out of reach. */
  private static Jwt decode(NimbusJwtDecoder decoder, String token) {
    try {
      return decoder.decode(token);
    } catch (BadJwtException e) {
      throw e;
    } catch (JwtException e) {
      // Unknown key ids don't make us ask the issuer more often than agreed.
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof RateLimitReachedException) {
          throw new BadJwtException("its key is not known", e);
        }
      }
      throw e;
    } catch (RuntimeException e) {
      throw new BadJwtException("it can't be read", e);
    }
  }

  /** Answers the refusals of the filters and of the firewall. */
  @Bean
  SecurityProblems securityProblems() {
    return new SecurityProblems();
  }

  /** Each filter of each request would be timed otherwise, at a cost that shows. */
  @Bean
  SecurityObservationSettings securityObservationSettings() {
    return SecurityObservationSettings.noObservations();
  }

  /** The filters in front of everything that nobody else guards. */
  @Bean
  SecurityFilterChain apiFilterChain(
      HttpSecurity http, ApiSettings settings, RecentTokens tokens, SecurityProblems problems) {
    return http.csrf(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .sessionManagement(
            session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .authorizeHttpRequests(
            requests -> {
              requests.dispatcherTypeMatchers(DispatcherType.ERROR).permitAll();
              requests.requestMatchers(OPEN).permitAll();
              if (settings.metricsOpen()) {
                requests.requestMatchers("/actuator/prometheus").permitAll();
              }
              requests.requestMatchers("/actuator/**").hasAuthority(Scope.OPS.claim());
              requests.anyRequest().authenticated();
            })
        .exceptionHandling(
            failures -> failures.authenticationEntryPoint(problems).accessDeniedHandler(problems))
        .oauth2ResourceServer(
            server ->
                server
                    .bearerTokenResolver(new BearerTokens())
                    .authenticationEntryPoint(problems)
                    .accessDeniedHandler(problems)
                    .withObjectPostProcessor(answerFailuresWith(problems))
                    .jwt(jwt -> jwt.authenticationManager(tokens)))
        .build();
  }

  private static ObjectPostProcessor<BearerTokenAuthenticationFilter> answerFailuresWith(
      SecurityProblems problems) {
    return new ObjectPostProcessor<>() {
      @Override
      public <O extends BearerTokenAuthenticationFilter> O postProcess(O filter) {
        filter.setAuthenticationFailureHandler(problems);
        return filter;
      }
    };
  }
}
