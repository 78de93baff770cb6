package dev.sluice.chaos;

import dev.sluice.channel.BankControl;
import dev.sluice.support.Invariants;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

/**
 * Compares three books: what clients and the merchant were told, the ledger, and the bank's own
 * record. Whatever differs is told in a line.
 */
final class Books {
  private static final Set<String> PAID = Set.of("SUCCESS", "REFUNDED");

  private final JdbcTemplate jdbc;
  private final Collection<Told> told;
  private final Merchant merchant;
  private final Map<String, Order> orders = new LinkedHashMap<>();
  private final Map<String, Payment> payments = new HashMap<>();
  private final List<String> differences = new ArrayList<>();

  /** As the ledger has it; amounts in minor units. */
  private record Order(
      String id,
      String user,
      String masked,
      long minor,
      String status,
      long refundedMinor,
      List<String> requestNumbers) {}

  /** As the bank has it. */
  private record Payment(
      String requestNo, String account, long minor, int timesPaid, String status, long returned) {}

  private Books(JdbcTemplate jdbc, Collection<Told> told, Merchant merchant) {
    this.jdbc = jdbc;
    this.told = told;
    this.merchant = merchant;
  }

  /**
   * What came out.
   *
   * @param outcomes how many orders are in which state
   * @param differences what differs, in words
   * @param paidMinor what the bank paid in all, less what it gave back
   */
  record Result(Map<String, Integer> outcomes, List<String> differences, long paidMinor) {}

  static Result compare(
      JdbcTemplate jdbc, BankControl bank, Collection<Told> told, Merchant merchant) {
    Books books = new Books(jdbc, told, merchant);
    books.readLedger();
    books.readBank(bank);
    books.differences.addAll(Invariants.brokenAtRest(jdbc));
    books.clientsAgainstLedger();
    books.ledgerAgainstBank();
    books.sums();
    books.merchantAgainstHistory();
    books.openCases();
    Map<String, Integer> outcomes = new TreeMap<>();
    books.orders.values().forEach(order -> outcomes.merge(order.status(), 1, Integer::sum));
    return new Result(outcomes, books.differences, books.netPaid());
  }

  private void differ(String what, Object... details) {
    differences.add(what.formatted(details));
  }

  private void readLedger() {
    jdbc.query(
        """
        select w.id::text, w.user_id, b.masked, w.amount, w.status,
               coalesce((select sum(t.amount) from transfer t
                          where t.cause = w.id and t.kind = 'REFUND'), 0),
               coalesce((select string_agg(replace(a.id::text, '-', ''), ',')
                           from payout_attempt a where a.withdrawal_id = w.id), '')
          from withdrawal w join beneficiary b on b.id = w.beneficiary_id
        """,
        row -> {
          String numbers = row.getString(7);
          orders.put(
              row.getString(1),
              new Order(
                  row.getString(1),
                  row.getString(2),
                  row.getString(3),
                  row.getLong(4),
                  row.getString(5),
                  row.getLong(6),
                  numbers.isEmpty() ? List.of() : List.of(numbers.split(","))));
        });
  }

  private void readBank(BankControl bank) {
    for (JsonNode line : bank.payments()) {
      Payment payment =
          new Payment(
              line.path("requestNo").asString(),
              line.path("account").asString(),
              minor(line.path("amount").asString()),
              line.path("timesPaid").asInt(),
              line.path("status").asString(),
              minor(line.path("returned").asString()));
      payments.put(payment.requestNo(), payment);
    }
  }

  private static long minor(String decimal) {
    return new BigDecimal(decimal).movePointRight(2).longValueExact();
  }

  private void clientsAgainstLedger() {
    Set<String> known = new HashSet<>();
    for (Told one : told) {
      known.addAll(one.ids);
      if (one.ids.size() > 1) {
        differ("%s was told several orders: %s", one.key, one.ids);
      }
      if (!one.isAnswered()) {
        differ("%s never got an answer", one.key);
      }
      String refused = one.refused();
      if (refused != null && !(one.tooMuch && refused.equals("INSUFFICIENT_FUNDS"))) {
        differ("%s was refused: %s", one.key, refused);
      }
      if (one.tooMuch && !one.ids.isEmpty()) {
        differ("%s was accepted, although the user never had so much", one.key);
      }
      one.ids.forEach(id -> clientAgainst(one, orders.get(id)));
    }
    orders.keySet().stream()
        .filter(id -> !known.contains(id))
        .forEach(id -> differ("order %s is nobody's: no client was told of it", id));
  }

  private void clientAgainst(Told one, @Nullable Order order) {
    if (order == null) {
      differ("%s was told of an order that is not there: %s", one.key, one.ids);
      return;
    }
    if (!order.user().equals(one.user)
        || !order.masked().equals(one.masked)
        || order.minor() != minor(one.amount)) {
      differ("%s asked for %s to %s, and got %s", one.key, one.amount, one.masked, order);
    }
    for (String state : one.finals) {
      boolean later = state.equals("SUCCESS") && order.status().equals("REFUNDED");
      if (!state.equals(order.status()) && !later) {
        differ("%s was told %s, and its order is %s", one.key, state, order);
      }
    }
  }

  private void ledgerAgainstBank() {
    Set<String> ours = new HashSet<>();
    for (Order order : orders.values()) {
      ours.addAll(order.requestNumbers());
      int timesPaid = 0;
      for (String number : order.requestNumbers()) {
        Payment payment = payments.get(number);
        if (payment != null && payment.timesPaid() > 0) {
          timesPaid += payment.timesPaid();
          if (payment.minor() != order.minor() || !payment.account().equals(order.masked())) {
            differ("the bank paid %s for %s", payment, order);
          }
          if (payment.returned() != order.refundedMinor()) {
            differ("the bank took back %s for %s", payment, order);
          }
        }
      }
      int expected = PAID.contains(order.status()) ? 1 : 0;
      if (timesPaid != expected) {
        differ("the bank paid %d times for %s", timesPaid, order);
      }
    }
    payments.keySet().stream()
        .filter(number -> !ours.contains(number))
        .forEach(number -> differ("the bank has %s, and the ledger has no such attempt", number));
  }

  private long netPaid() {
    return payments.values().stream()
        .mapToLong(p -> p.minor() * p.timesPaid() - p.returned())
        .sum();
  }

  /** What clearing holds is what the bank paid and didn't get back, to the last fen. */
  private void sums() {
    Long clearing =
        jdbc.queryForObject(
            """
            select coalesce(sum(e.amount), 0) from ledger_entry e join account a on a.id = e.account_id
             where a.kind = 'CLEARING'
            """,
            Long.class);
    if (!Long.valueOf(netPaid()).equals(clearing)) {
      differ(
          "clearing holds %s minor units, and the bank paid %d net",
          String.valueOf(clearing), netPaid());
    }
  }

  private void merchantAgainstHistory() {
    Set<String> moves = new HashSet<>();
    jdbc.query(
        """
        select withdrawal_id::text, to_status from withdrawal_history
         where to_status in ('SUCCESS', 'FAILED', 'CANCELLED', 'REFUNDED')
        """,
        row -> {
          String order = row.getString(1);
          String status = row.getString(2);
          moves.add(order + " " + status);
          int events = merchant.events(order, status).size();
          if (events != 1) {
            differ("the merchant got %d events of %s being %s", events, order, status);
          }
        });
    merchant.all().stream()
        .filter(event -> !moves.contains(event))
        .forEach(event -> differ("the merchant was told what never happened: %s", event));
  }

  /** The bank of this system keeps its promises, so nothing is left for a person to decide. */
  private void openCases() {
    jdbc.query(
        """
        select kind, count(*), min(withdrawal_id::text), min(detail) from review_case
         group by kind order by kind
        """,
        row -> {
          differ(
              "%d review cases %s, such as of order %s: %s",
              row.getLong(2), row.getString(1), row.getString(3), row.getString(4));
        });
  }
}
