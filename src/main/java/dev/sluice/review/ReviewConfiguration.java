package dev.sluice.review;

import dev.sluice.money.Ids;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** Wires the review cases. */
@Configuration(proxyBeanMethods = false)
public class ReviewConfiguration {

  /** The review cases. */
  @Bean
  public ReviewCases reviewCases(JdbcTemplate jdbc, Ids ids) {
    return new ReviewCases(new ReviewStore(jdbc), ids);
  }
}
