package dev.sluice.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.support.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.Oid;

class UuidArrayTest {
  private static final TestDatabase DATABASE = TestDatabase.create();

  @AfterAll
  static void close() {
    DATABASE.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"UUID_ARRAY", ""})
  void theServerReadsWhatWasSent(String binaryTypes) throws SQLException {
    UUID lowest = new UUID(0, 0);
    UUID highest = new UUID(-1, -1);
    UUID any = UUID.fromString("018f2c5e-7d3a-7b21-9c44-a1b2c3d4e5f6");

    try (Connection connection = connect(binaryTypes)) {
      assertThat(echo(connection, Optional.of(lowest), Optional.of(highest), Optional.of(any)))
          .containsExactly(lowest.toString(), highest.toString(), any.toString());
      assertThat(echo(connection, Optional.empty(), Optional.of(any), Optional.empty()))
          .containsExactly(null, any.toString(), null);
      assertThat(echo(connection)).isEmpty();
    }
  }

  @Test
  void itIsSentInBinaryWhereThatIsAllowed() throws SQLException {
    try (Connection allowed = connect("UUID_ARRAY");
        Connection other = connect("")) {
      assertThat(allowed.unwrap(BaseConnection.class).binaryTransferSend(Oid.UUID_ARRAY)).isTrue();
      assertThat(other.unwrap(BaseConnection.class).binaryTransferSend(Oid.UUID_ARRAY)).isFalse();
    }
  }

  @SafeVarargs
  private static List<@Nullable String> echo(Connection connection, Optional<UUID>... sent)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("select u::text from unnest(?) as u")) {
      Columns.of(select, List.of(sent)).uuid(uuid -> uuid.orElse(null));
      List<@Nullable String> read = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          read.add(rows.getString(1));
        }
      }
      return read;
    }
  }

  private static Connection connect(String binaryTypes) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", "postgres");
    properties.setProperty("password", "postgres");
    properties.setProperty("binaryTransferEnable", binaryTypes);
    return DriverManager.getConnection(DATABASE.url(), properties);
  }
}
