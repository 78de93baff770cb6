package dev.sluice.bench;

import dev.sluice.money.Ids;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The limit: the rows of accepted orders written straight in SQL, one statement per batch, which is
 * its own transaction, with binary arrays, on a few connections whose accounts are apart, so that
 * none waits for another.
 */
final class SqlLimit {
  private static final String ORDERS =
      """
      with n as (
          select * from unnest(?::uuid[], ?::int8[], ?::uuid[], ?::uuid[], ?::uuid[])
                 as n (id, account, beneficiary, key_hash, request_hash)),
      balances as (
          update account a set available = available - c.total, held = held + c.total, room = null
            from unnest(?::int8[], ?::int8[]) as c (id, total) where a.id = c.id),
      orders as (
          insert into withdrawal (id, user_id, account_id, beneficiary_id, amount, fee, currency,
                 key_hash, request_hash, status, version, due_at, created_at, updated_at)
          select id, 'B' || account, account, beneficiary, 100, 0, 'CNY', key_hash, request_hash,
                 'PENDING', 1, now(), now(), now()
            from n),
      holds as (
          insert into hold (at, causes, accounts, amounts)
          select now(), q.ids[f : f + 31], q.accounts[f : f + 31], q.amounts[f : f + 31]
            from (select ?::uuid[] as ids, ?::int8[] as accounts, ?::int8[] as amounts) q
           cross join generate_series(1, cardinality(q.ids), 32) f)
      insert into payout_due (due_at, orders)
      select now(), q.ids[f : f + 15]
        from (select ?::uuid[] as ids) q cross join generate_series(1, cardinality(q.ids), 16) f
      """;
  private final Postgres postgres;
  private final int batch;
  private final int connections;
  private final int accounts;
  private final UUID[] beneficiaries;

  SqlLimit(Postgres postgres, int batch, int connections, int accounts) {
    this.postgres = postgres;
    this.batch = batch;
    this.connections = connections;
    this.accounts = accounts;
    this.beneficiaries = new UUID[accounts + 1];
    try (Connection c = postgres.connect();
        Statement s = c.createStatement();
        ResultSet row = s.executeQuery("select substr(user_id, 2)::int, id from beneficiary")) {
      while (row.next()) {
        beneficiaries[row.getInt(1)] = row.getObject(2, UUID.class);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  Load load(int seconds) throws Exception {
    long start = System.nanoTime();
    long end = start + seconds * 1_000_000_000L;
    List<Double> millis = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
      List<Future<List<Double>>> each = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        int part = i;
        each.add(threads.submit(() -> write(part, end)));
      }
      for (Future<List<Double>> done : each) {
        millis.addAll(done.get());
      }
    }
    double[] sorted = millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return new Load(
        (long) sorted.length * batch,
        (System.nanoTime() - start) / 1e9,
        sorted[sorted.length / 2],
        sorted[sorted.length * 99 / 100],
        0);
  }

  private List<Double> write(int part, long end) throws SQLException {
    SplittableRandom random = new SplittableRandom();
    Ids ids = new Ids(Clock.systemUTC(), random);
    List<Double> millis = new ArrayList<>();
    try (Connection c = postgres.connect();
        PreparedStatement orders = c.prepareStatement(ORDERS)) {
      while (System.nanoTime() < end) {
        long start = System.nanoTime();
        writeBatch(c, orders, ids, random, part);
        millis.add((System.nanoTime() - start) / 1e6);
      }
    }
    return millis;
  }

  private void writeBatch(
      Connection c, PreparedStatement orders, Ids ids, SplittableRandom random, int part)
      throws SQLException {
    UUID[] order = new UUID[batch];
    Long[] account = new Long[batch];
    UUID[] beneficiary = new UUID[batch];
    UUID[] key = new UUID[batch];
    UUID[] request = new UUID[batch];
    for (int i = 0; i < batch; i++) {
      long chosen = 1 + part + (long) connections * random.nextInt(accounts / connections);
      order[i] = ids.next();
      account[i] = chosen;
      beneficiary[i] = beneficiaries[(int) chosen];
      key[i] = new UUID(random.nextLong(), random.nextLong());
      request[i] = new UUID(random.nextLong(), random.nextLong());
    }
    orders.setArray(1, array(c, "uuid", order));
    orders.setArray(2, array(c, "int8", account));
    orders.setArray(3, array(c, "uuid", beneficiary));
    orders.setArray(4, array(c, "uuid", key));
    orders.setArray(5, array(c, "uuid", request));
    Long[] changed = Arrays.stream(account).distinct().sorted().toArray(Long[]::new);
    Long[] totals = new Long[changed.length];
    Arrays.fill(totals, 0L);
    for (Long one : account) {
      totals[Arrays.binarySearch(changed, one)] += 100;
    }
    orders.setArray(6, array(c, "int8", changed));
    orders.setArray(7, array(c, "int8", totals));
    Long[] amounts = new Long[batch];
    Arrays.fill(amounts, 100L);
    orders.setArray(8, array(c, "uuid", order));
    orders.setArray(9, array(c, "int8", account));
    orders.setArray(10, array(c, "int8", amounts));
    orders.setArray(11, array(c, "uuid", order));
    orders.executeUpdate();
  }

  private static Array array(Connection c, String type, Object[] values) throws SQLException {
    return c.createArrayOf(type, values);
  }
}
