package dev.sluice.beneficiary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.Eventually;
import dev.sluice.support.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Each registration is counted in each of its user's accounts, also in one that is being opened in
 * the same moment: what a masked number means is remembered by that count.
 */
class RegistrationCountTest {
  private static final String OPEN =
      "insert into account (kind, owner, currency, created_at) values ('USER', 'u1', 'CNY', now())";
  private static final String REGISTER =
      """
      insert into beneficiary (id, user_id, kind, fingerprint, masked, sealed, created_at)
      values (gen_random_uuid(), 'u1', 'CARD', gen_random_uuid(), '622208******1234', '\\x00', now())
      """;

  private final TestDatabase database = TestDatabase.create();
  private final JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void countsInAnAccountThatIsBeingOpened() throws Exception {
    try (Connection opening = begin()) {
      execute(opening, OPEN);
      FutureTask<Integer> registration = start(REGISTER);
      opening.commit();
      assertThat(registration.get()).isOne();
    }

    assertThat(registrations()).isOne();
  }

  @Test
  void anAccountOpensOnceTheRegistrationIsThere() throws Exception {
    try (Connection registering = begin()) {
      execute(registering, REGISTER);
      FutureTask<Integer> opening = start(OPEN);
      assertThat(opening.isDone()).isFalse();
      registering.commit();
      assertThat(opening.get()).isOne();
    }
    assertThat(registrations()).isZero();

    jdbc.update(REGISTER);

    assertThat(registrations()).isOne();
  }

  @Test
  void registrationsDontWaitForEachOther() throws Exception {
    jdbc.update(OPEN);
    try (Connection registering = begin()) {
      execute(registering, REGISTER.replace("'u1'", "'u2'"));

      assertThat(jdbc.update(REGISTER.replace("'u1'", "'u2'"))).isOne();
    }
  }

  private Connection begin() throws SQLException {
    Connection connection = database.dataSource().getConnection();
    connection.setAutoCommit(false);
    return connection;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Returns once it has ended or waits for a lock. */
  private FutureTask<Integer> start(String sql) {
    FutureTask<Integer> task = new FutureTask<>(() -> jdbc.update(sql));
    Thread.ofVirtual().start(task);
    Eventually.until("it waits or has ended", () -> task.isDone() || somebodyWaits());
    return task;
  }

  private boolean somebodyWaits() {
    Integer waiting =
        jdbc.queryForObject(
            "select count(*) from pg_stat_activity"
                + " where wait_event_type = 'Lock' and datname = current_database()",
            Integer.class);
    return waiting != null && waiting > 0;
  }

  private int registrations() {
    return Objects.requireNonNull(
        jdbc.queryForObject("select registrations from account where owner = 'u1'", Integer.class));
  }
}
