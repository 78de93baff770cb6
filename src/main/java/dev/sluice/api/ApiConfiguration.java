package dev.sluice.api;

import dev.sluice.beneficiary.Beneficiaries;
import dev.sluice.channel.ChannelRouter;
import dev.sluice.vault.Vault;
import dev.sluice.withdrawal.Withdrawals;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.util.List;
import org.apache.catalina.core.StandardHost;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.PropertySource;
import org.springframework.core.Ordered;
import org.springframework.http.converter.HttpMessageConverters.ServerBuilder;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.json.JsonMapper;

/** Wires what all calls of the API share. Its own defaults rank below every other setting. */
@Configuration(proxyBeanMethods = false)
@PropertySource("classpath:dev/sluice/api/api.properties")
public class ApiConfiguration {
  /** After the measuring of requests, before the security filters. */
  private static final int REQUEST_ID_ORDER = Ordered.HIGHEST_PRECEDENCE + 10;

  /** Reads bodies. */
  @Bean
  Bodies bodies(ApiSettings settings) {
    return new Bodies(settings.maxBodyBytes(), settings.bodyTimeout());
  }

  /** Reads requests to withdraw. */
  @Bean
  WithdrawalReader withdrawalReader(Beneficiaries beneficiaries, Vault vault) {
    return new WithdrawalReader(beneficiaries, vault);
  }

  /** Answers when a request has left everything behind. */
  @Bean
  LateAnswers lateAnswers(JsonMapper json) {
    return new LateAnswers(new SizedJson(json));
  }

  /** Works through batches. */
  @Bean
  Batches batches(ApiSettings settings, WithdrawalReader reader, Withdrawals withdrawals) {
    return new Batches(settings, reader, withdrawals);
  }

  /** Arguments, contracts, answers and problems of all calls. */
  @Bean
  WebMvcConfigurer apiMvc(Bodies bodies, JsonMapper json) {
    return new WebMvcConfigurer() {
      @Override
      public void configureMessageConverters(ServerBuilder converters) {
        converters.withJsonConverter(new SizedJson(json));
      }

      @Override
      public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(new CallArguments(bodies));
      }

      @Override
      public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new ContractGuard());
      }

      @Override
      public void extendHandlerExceptionResolvers(List<HandlerExceptionResolver> resolvers) {
        resolvers.addFirst(new ProblemResolver());
      }
    };
  }

  /** Gives each request its id. */
  @Bean
  FilterRegistrationBean<RequestId> requestIdFilter() {
    FilterRegistrationBean<RequestId> filter = new FilterRegistrationBean<>(new RequestId());
    filter.setOrder(REQUEST_ID_ORDER);
    return filter;
  }

  /** Bounds what is under way. */
  @Bean
  RequestLimit requestLimit(ApiSettings settings, ObjectProvider<Withdrawals> withdrawals) {
    // The server is made before there is a database.
    SingletonSupplier<Withdrawals> orders = SingletonSupplier.of(withdrawals::getObject);
    return new RequestLimit(settings.maxRequests(), () -> orders.obtain().isFull());
  }

  /** They stand before everything else. */
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> requestLimitAtTheDoor(
      RequestLimit limit, LateAnswers answers) {
    return factory -> factory.addEngineValves(limit, answers);
  }

  /** Shows how many it refuses. */
  @Bean
  MeterBinder requestLimitMetrics(RequestLimit limit) {
    return FunctionCounter.builder("sluice.requests.refused", limit, RequestLimit::refused)
            .description("Requests answered 429 before anything was done for them")
        ::register;
  }

  /** What Tomcat itself refuses is a problem, too, and never a page. */
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> problemReports() {
    return factory ->
        factory.addContextCustomizers(
            context -> {
              if (context.getParent() instanceof StandardHost host) {
                host.setErrorReportValveClass(ProblemReportValve.class.getName());
              }
            });
  }

  /** Shows whether channels can be reached. */
  @Bean("channels")
  HealthContributor channelsHealth(ChannelRouter router, Clock clock) {
    return ChannelHealth.of(router, clock);
  }
}
