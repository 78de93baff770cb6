package dev.sluice.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/**
 * Several statements in one round trip: sent together and executed in order, each seeing what those
 * before it did, in the caller's transaction. A trip costs two changes of process and a wait for a
 * free core; on a busy machine that is more than most statements cost.
 */
public final class RoundTrip {
  private final JdbcTemplate jdbc;
  private final List<Part> parts = new ArrayList<>();

  /** An empty trip. */
  public RoundTrip(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** Sets a statement's parameters. */
  @FunctionalInterface
  public interface Parameters {
    /**
     * Sets them.
     *
     * @param first the index of the first one
     */
    void set(PreparedStatement statement, int first) throws SQLException;
  }

  private abstract static class Part {
    final String sql;
    final Parameters parameters;

    Part(String sql, Parameters parameters) {
      this.sql = sql.strip();
      this.parameters = parameters;
    }

    int count() {
      return (int) sql.chars().filter(c -> c == '?').count();
    }

    abstract void take(PreparedStatement statement) throws SQLException;
  }

  /**
   * Adds a query.
   *
   * @param sql with a question mark per parameter and for nothing else
   * @return its rows, once the trip was {@linkplain #send sent}
   */
  public <T> Supplier<List<T>> query(String sql, Parameters parameters, RowMapper<T> mapper) {
    Query<T> query = new Query<>(sql, parameters, mapper);
    parts.add(query);
    return query::rows;
  }

  /**
   * Adds a statement without rows.
   *
   * @param changed is told how many rows it changed; what it throws ends the trip
   */
  public void update(String sql, Parameters parameters, IntConsumer changed) {
    parts.add(
        new Part(sql, parameters) {
          @Override
          void take(PreparedStatement statement) throws SQLException {
            changed.accept(statement.getUpdateCount());
          }
        });
  }

  private static final class Query<T> extends Part {
    private final RowMapper<T> mapper;
    private @Nullable List<T> rows;

    Query(String sql, Parameters parameters, RowMapper<T> mapper) {
      super(sql, parameters);
      this.mapper = mapper;
    }

    @Override
    void take(PreparedStatement statement) throws SQLException {
      List<T> taken = new ArrayList<>();
      try (ResultSet results = statement.getResultSet()) {
        while (results.next()) {
          taken.add(mapper.mapRow(results, taken.size()));
        }
      }
      rows = taken;
    }

    List<T> rows() {
      if (rows == null) {
        throw new IllegalStateException("the trip was not sent");
      }
      return rows;
    }
  }

  /** Sends all of them; if one fails, none after it is executed. */
  public void send() {
    if (!parts.isEmpty()) {
      jdbc.execute((ConnectionCallback<Boolean>) this::send);
    }
  }

  private Boolean send(Connection connection) throws SQLException {
    String all = parts.stream().map(part -> part.sql).collect(Collectors.joining(";\n"));
    try (PreparedStatement statement = connection.prepareStatement(all)) {
      int first = 1;
      for (Part part : parts) {
        part.parameters.set(statement, first);
        first += part.count();
      }
      statement.execute();
      for (Part part : parts) {
        part.take(statement);
        statement.getMoreResults();
      }
      return true;
    }
  }
}
