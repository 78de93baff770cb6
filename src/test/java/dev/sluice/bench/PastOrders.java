package dev.sluice.bench;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What several tables say of the same order of the past, computed from its number, so that each
 * table is written without reading another. Orders came ten milliseconds apart, the last one just
 * now.
 */
final class PastOrders {
  private static final int APART_MILLIS = 10;
  private static final long VERSION_7 = 0x7000;
  private static final long VARIANT = 0x8000_0000_0000_0000L;

  private final long count;
  private final Instant now = Instant.now();
  private final List<User> users = new ArrayList<>();

  /** Who withdraws, from which account, to which card. */
  record User(String name, long account, UUID card) {}

  /** So many orders, the users of the database in turn. */
  PastOrders(Postgres postgres, long count) throws SQLException {
    this.count = count;
    try (Connection c = postgres.connect();
        Statement s = c.createStatement();
        ResultSet row =
            s.executeQuery(
                """
                select a.owner, a.id, b.id from account a
                  join beneficiary b on b.user_id = a.owner where a.kind = 'USER' order by a.id
                """)) {
      while (row.next()) {
        users.add(new User(row.getString(1), row.getLong(2), row.getObject(3, UUID.class)));
      }
    }
  }

  long count() {
    return count;
  }

  Instant now() {
    return now;
  }

  User user(long order) {
    return users.get((int) (order % users.size()));
  }

  /** As RFC 9562 has version 7: the instant, then random bits. */
  UUID id(long order) {
    long millis = now.toEpochMilli() - (count - order) * APART_MILLIS;
    long random = mixed(order);
    return new UUID(millis << 16 | VERSION_7 | random >>> 52, random >>> 2 | VARIANT);
  }

  /** Of something else that belongs to it. */
  UUID otherId(long order) {
    UUID id = id(order);
    return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits() ^ 1L << 61);
  }

  /** As random as a hash is. */
  UUID hash(long order) {
    return new UUID(mixed(~order), mixed(order ^ VARIANT));
  }

  /** A bijection of 64 bits, the finalizer of MurmurHash3: equal ones come of equal ones only. */
  private static long mixed(long value) {
    long z = (value ^ value >>> 33) * 0xff51afd7ed558ccdL;
    z = (z ^ z >>> 33) * 0xc4ceb9fe1a85ec53L;
    return z ^ z >>> 33;
  }
}
