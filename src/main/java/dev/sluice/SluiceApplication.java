package dev.sluice;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.actuate.autoconfigure.audit.AuditAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.audit.AuditEventsEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.startup.StartupEndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.admin.SpringApplicationAdminJmxAutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceInitializationAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JndiDataSourceAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ScheduledTasksObservationAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.PersistenceExceptionTranslationAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.servlet.autoconfigure.MultipartAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;

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
      // Of no use here, whatever is set: no form has files, nobody has a password, Flyway alone
      // writes the schema, and nothing keeps audit events or the steps of a start.
      AuditAutoConfiguration.class,
      AuditEventsEndpointAutoConfiguration.class,
      DataSourceInitializationAutoConfiguration.class,
      JdbcClientAutoConfiguration.class,
      JndiDataSourceAutoConfiguration.class,
      MultipartAutoConfiguration.class,
      SpringApplicationAdminJmxAutoConfiguration.class,
      StartupEndpointAutoConfiguration.class,
      UserDetailsServiceAutoConfiguration.class
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
