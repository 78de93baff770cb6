package dev.sluice.database;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Sets the rows of a batch as one array per column, so that {@code unnest} turns them back into
 * rows: one statement per table and batch, however many rows it has.
 *
 * @param <T> a row
 */
public final class Columns<T> {
  private final PreparedStatement statement;
  private final Collection<T> rows;
  private int next;

  private Columns(PreparedStatement statement, Collection<T> rows, int first) {
    this.statement = statement;
    this.rows = rows;
    this.next = first;
  }

  /** Starts at the statement's first parameter. */
  public static <T> Columns<T> of(PreparedStatement statement, Collection<T> rows) {
    return new Columns<>(statement, rows, 1);
  }

  /** Starts at a later parameter, counted from 1. */
  public static <T> Columns<T> of(PreparedStatement statement, Collection<T> rows, int first) {
    return new Columns<>(statement, rows, first);
  }

  /** A {@code text[]} parameter. */
  public Columns<T> text(Function<T, @Nullable String> column) throws SQLException {
    return array("text", column, String[]::new);
  }

  /** A {@code uuid[]} parameter. */
  public Columns<T> uuid(Function<T, @Nullable UUID> column) throws SQLException {
    List<@Nullable UUID> values = new ArrayList<>(rows.size());
    for (T row : rows) {
      values.add(column.apply(row));
    }
    statement.setObject(next++, new UuidArray(values));
    return this;
  }

  /** A {@code bigint[]} parameter. */
  public Columns<T> bigint(Function<T, @Nullable Long> column) throws SQLException {
    return array("int8", column, Long[]::new);
  }

  /** An {@code integer[]} parameter. */
  public Columns<T> integer(Function<T, @Nullable Integer> column) throws SQLException {
    return array("int4", column, Integer[]::new);
  }

  /** A {@code timestamptz[]} parameter. */
  public Columns<T> time(Function<T, @Nullable Instant> column) throws SQLException {
    return array(
        "timestamptz",
        row -> {
          Instant at = column.apply(row);
          return at == null ? null : at.toString();
        },
        String[]::new);
  }

  /** A {@code bytea[]} parameter. */
  public Columns<T> bytes(Function<T, byte @Nullable []> column) throws SQLException {
    Object[] values = rows.stream().map(column).toArray(byte[][]::new);
    statement.setArray(next++, statement.getConnection().createArrayOf("bytea", values));
    return this;
  }

  /** One plain timestamp, the same for all rows. */
  public Columns<T> same(Instant at) throws SQLException {
    statement.setObject(next++, at.atOffset(ZoneOffset.UTC));
    return this;
  }

  /** One plain number, the same for all rows. */
  public Columns<T> same(int number) throws SQLException {
    statement.setInt(next++, number);
    return this;
  }

  /** What another package's share of the statement needs. */
  public Columns<T> clauses(Clauses clauses) throws SQLException {
    clauses.parameters().set(statement, next);
    next += clauses.count();
    return this;
  }

  /** An array of the very type is sent in binary, an {@code Object[]} as text. */
  private <V> Columns<T> array(
      String type, Function<T, ? extends @Nullable V> column, IntFunction<V[]> typed)
      throws SQLException {
    V[] values = typed.apply(rows.size());
    int i = 0;
    for (T row : rows) {
      values[i++] = column.apply(row);
    }
    statement.setArray(next++, statement.getConnection().createArrayOf(type, values));
    return this;
  }
}
