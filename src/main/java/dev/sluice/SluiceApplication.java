package dev.sluice;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.actuate.autoconfigure.audit.AuditAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.audit.AuditEventsEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.sbom.SbomEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.scheduling.ScheduledTasksEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.startup.StartupEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.exchanges.HttpExchangesEndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.admin.SpringApplicationAdminJmxAutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceInitializationAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JndiDataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.XADataSourceAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAspectsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.startup.StartupTimeMetricsListenerAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.task.TaskExecutorMetricsAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ScheduledTasksObservationAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.PersistenceExceptionTranslationAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.rsocket.RSocketSecurityAutoConfiguration;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerAutoConfiguration;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.web.OAuth2ResourceServerWebSecurityAutoConfiguration;
import org.springframework.boot.servlet.autoconfigure.MultipartAutoConfiguration;
import org.springframework.boot.servlet.autoconfigure.actuate.web.exchanges.ServletHttpExchangesAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.metrics.TomcatMetricsAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.boot.transaction.jta.autoconfigure.JtaAutoConfiguration;

/** Starts Sluice. What makes beans is found by its name ({@link FastStart}). */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration(
    exclude = {
      // They would look at every method of every bean for annotations that are nowhere used.
      AopAutoConfiguration.class,
      TransactionAutoConfiguration.class,
      PersistenceExceptionTranslationAutoConfiguration.class,
      TaskSchedulingAutoConfiguration.class,
      ScheduledTasksObservationAutoConfiguration.class,
      // Of no use here, whatever is set: no form has files, nobody has a password, tokens have
      // settings of their own, Flyway alone writes the schema, no transaction spans two databases,
      // Spring runs no task, and nothing keeps audit events, requests or the steps of a start.
      // Tomcat's own metrics are of sessions, which there are none of, and they start JMX.
      AuditAutoConfiguration.class,
      AuditEventsEndpointAutoConfiguration.class,
      DataSourceInitializationAutoConfiguration.class,
      HttpExchangesEndpointAutoConfiguration.class,
      JdbcClientAutoConfiguration.class,
      JndiDataSourceAutoConfiguration.class,
      JtaAutoConfiguration.class,
      MetricsAspectsAutoConfiguration.class,
      MultipartAutoConfiguration.class,
      OAuth2ResourceServerAutoConfiguration.class,
      OAuth2ResourceServerWebSecurityAutoConfiguration.class,
      RSocketSecurityAutoConfiguration.class,
      SbomEndpointAutoConfiguration.class,
      ScheduledTasksEndpointAutoConfiguration.class,
      ServletHttpExchangesAutoConfiguration.class,
      SpringApplicationAdminJmxAutoConfiguration.class,
      StartupEndpointAutoConfiguration.class,
      StartupTimeMetricsListenerAutoConfiguration.class,
      TaskExecutionAutoConfiguration.class,
      TaskExecutorMetricsAutoConfiguration.class,
      TomcatMetricsAutoConfiguration.class,
      UserDetailsServiceAutoConfiguration.class,
      XADataSourceAutoConfiguration.class
    })
public class SluiceApplication {
  /** Runs the service until it is told to stop, or prints fresh keys if that is asked for. */
  public static void main(String[] args) {
    if (FreshKeys.isWanted(args)) {
      FreshKeys.print(System.out);
      return;
    }
    SpringApplication.run(SluiceApplication.class, args);
  }
}
