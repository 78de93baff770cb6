package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.support.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.Oid;

class DatabaseConfigurationTest {
  /** Without it everything works all the same, only that the server reads them as text. */
  @Test
  void thePoolSendsIdentifiersInBinary() throws SQLException {
    try (TestDatabase database = TestDatabase.create();
        HikariDataSource pool =
            new DatabaseConfiguration()
                .dataSource(
                    new DatabaseConfiguration.DatabaseAddress(
                        database.url(), "postgres", "postgres"),
                    new DatabaseSettings(null, "postgres", null, 4));
        Connection connection = pool.getConnection()) {
      assertThat(connection.unwrap(BaseConnection.class).binaryTransferSend(Oid.UUID_ARRAY))
          .isTrue();
    }
  }
}
