package dev.sluice.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.jdbc.core.JdbcTemplate;

/** The invariants of the domain as queries that must find nothing. */
public final class Invariants {
  private static final Map<String, String> ALWAYS = new LinkedHashMap<>();
  private static final Map<String, String> AT_REST = new LinkedHashMap<>();

  static {
    ALWAYS.put(
        "entries sum to zero per currency",
        "select currency from ledger_entry group by currency having sum(amount) <> 0");
    ALWAYS.put(
        "every transfer is between accounts that are there",
        """
        select t.cause from journal t
         where not exists (select 1 from account a where a.id = t.debit_account)
            or not exists (select 1 from account a where a.id = t.credit_account)
        """);
    ALWAYS.put(
        "a balance equals the sum of its transfers",
        """
        select a.id from account a left join (
            select account_id, coalesce(sum(amount) filter (where balance = 'available'), 0) as available,
                   coalesce(sum(amount) filter (where balance = 'held'), 0) as held
              from ledger_entry group by account_id) e on e.account_id = a.id
         where a.kind = 'USER'
           and (a.available <> coalesce(e.available, 0) or a.held <> coalesce(e.held, 0))
        """);
    ALWAYS.put(
        "what is held is what orders under way have agreed",
        """
        select a.id from account a left join (
            select account_id, sum(amount + fee) as total from withdrawal
             where status in ('PENDING', 'REVIEW', 'PROCESSING') group by account_id) w
            on w.account_id = a.id
         where a.kind = 'USER' and a.held <> coalesce(w.total, 0)
        """);
    ALWAYS.put(
        "no user balance is negative",
        "select id from account where kind = 'USER' and (available < 0 or held < 0)");
    ALWAYS.put(
        "at most one attempt of an order is live or paid",
        """
        select withdrawal_id from payout_attempt where state <> 'REFUSED'
         group by withdrawal_id having count(*) > 1
        """);
    ALWAYS.put(
        "every order has the hold that was accepted",
        """
        select w.id from withdrawal w left join journal t on t.cause = w.id and t.kind = 'HOLD'
         where t.cause is null or t.amount <> w.amount + w.fee or t.debit_account <> w.account_id
            or t.currency <> w.currency or t.at <> w.created_at
        """);
    ALWAYS.put(
        "a hold is of one order, and an order has one hold",
        """
        select t.cause from journal t left join withdrawal w on w.id = t.cause
         where t.kind = 'HOLD'
         group by t.cause having count(*) > 1 or count(w.id) = 0
        """);
    ALWAYS.put(
        "SUCCESS means posted and paid",
        """
        select w.id from withdrawal w where w.status in ('SUCCESS', 'REFUNDED') and (
            not exists (select 1 from transfer t where t.cause = w.id and t.kind = 'POST'
                           and t.amount = w.amount)
            or not exists (select 1 from payout_attempt a where a.withdrawal_id = w.id
                              and a.state = 'PAID')
            or (w.fee > 0 and not exists (select 1 from transfer t where t.cause = w.id
                              and t.kind = 'FEE' and t.amount = w.fee)))
        """);
    ALWAYS.put(
        "FAILED and CANCELLED mean released, in whole, and no live attempt",
        """
        select w.id from withdrawal w where w.status in ('FAILED', 'CANCELLED') and (
            not exists (select 1 from transfer t where t.cause = w.id and t.kind = 'RELEASE'
                           and t.amount = w.amount + w.fee)
            or exists (select 1 from payout_attempt a where a.withdrawal_id = w.id
                          and a.state <> 'REFUSED'))
        """);
    ALWAYS.put(
        "a hold ends once: it is posted or released",
        """
        select cause from transfer where kind in ('POST', 'RELEASE')
         group by cause having count(*) > 1
        """);
    ALWAYS.put(
        "a returned payout is refunded once",
        """
        select cause from transfer where kind = 'REFUND' group by cause having count(*) > 1
        """);
    ALWAYS.put(
        "a key is one order",
        "select key_hash from withdrawal group by key_hash having count(*) > 1");
    ALWAYS.put(
        "whatever isn't final is held still",
        """
        select w.id from withdrawal w join transfer t on t.cause = w.id
         where w.status in ('PENDING', 'REVIEW', 'PROCESSING') and t.step = 2
        """);
    ALWAYS.put(
        "REFUNDED means one refund of no more than the amount",
        """
        select w.id from withdrawal w
          left join transfer t on t.cause = w.id and t.kind = 'REFUND'
         where (w.status = 'REFUNDED') <> (t.cause is not null) or t.amount > w.amount
        """);
    ALWAYS.put(
        "history and version agree",
        """
        select w.id from withdrawal w
          left join lateral (
            select count(*) as steps, max(version) as latest from withdrawal_step h
             where h.withdrawal_id = w.id) h on true
          left join lateral (
            select coalesce(sum(moves), 0) as moves, max(version) as latest from archived_order o
             where o.withdrawal_id = w.id) a on true
          left join withdrawal_step last
            on last.withdrawal_id = w.id and last.version = w.version
          left join archived_order part
            on part.withdrawal_id = w.id and part.version = w.version and part.moves > 0
         where h.steps + a.moves <> w.version
            or greatest(h.latest, a.latest) is distinct from w.version
            or coalesce(last.to_status, part.status) is distinct from w.status
        """);
    ALWAYS.put(
        "each move starts where the one before ended",
        """
        select b.withdrawal_id from withdrawal_history b
          left join withdrawal_step a
            on a.withdrawal_id = b.withdrawal_id and a.version = b.version - 1
          left join archived_order part
            on part.withdrawal_id = b.withdrawal_id and part.version = b.version - 1
           and part.moves > 0
         where b.version > 1
           and b.from_status is distinct from coalesce(a.to_status, part.status)
        """);
    ALWAYS.put(
        "what is archived is in no hot table",
        """
        select h.withdrawal_id from archived_order o
          join withdrawal_history h
            on h.withdrawal_id = o.withdrawal_id and h.version <= o.version
        union all
        select n.withdrawal_id from archived_order o
          join notification n on n.withdrawal_id = o.withdrawal_id and n.version <= o.version
        union all
        select m.withdrawal_id from channel_message m join archived_message a on a.dedup = m.dedup
        union all
        select d.notification_id from notification_delivery d
         where not exists (select 1 from notification n where n.id = d.notification_id)
        """);
    ALWAYS.put(
        "the parts of an archive follow each other, and their final moves have notifications",
        """
        select o.withdrawal_id from archived_order o
          left join archived_order before
            on before.withdrawal_id = o.withdrawal_id and before.part = o.part - 1
         where (o.part = 1) <> (before.part is null)
            -- the order tells the first step itself, and no part has it
            or o.moves <> o.version - coalesce(before.version, 1)
            or (o.moves > 0) <> (o.notices > 0)
        """);
    ALWAYS.put(
        "only what is final is archived",
        """
        select w.id from archived_order o join withdrawal w on w.id = o.withdrawal_id
         where w.status in ('PENDING', 'REVIEW', 'PROCESSING') or o.version > w.version
        """);
    ALWAYS.put(
        "nothing is stuck without a due time or an open case",
        """
        select w.id from withdrawal w
         where w.status in ('PENDING', 'REVIEW', 'PROCESSING')
           and w.due_at is null
           and not exists (select 1 from payout_attempt a where a.withdrawal_id = w.id
                              and a.due_at is not null)
           and not exists (select 1 from compensation c where c.withdrawal_id = w.id
                              and c.state = 'PENDING')
           and not exists (select 1 from contradiction c where c.withdrawal_id = w.id
                              and c.due_at is not null)
           and not exists (select 1 from review_case c where c.withdrawal_id = w.id
                              and c.state <> 'RESOLVED')
        """);
    ALWAYS.put(
        "the queue finds what is due, when it is due",
        """
        select w.id from withdrawal w
         where w.due_at is not null
           and not exists (select 1 from payout_due d cross join unnest(d.orders) as o (id)
                            where o.id = w.id and d.due_at >= w.due_at)
        """);
    ALWAYS.put(
        "every final move has its notification",
        """
        select h.withdrawal_id from withdrawal_history h
         where h.to_status in ('SUCCESS', 'FAILED', 'CANCELLED', 'REFUNDED')
           and not exists (select 1 from notification n where n.withdrawal_id = h.withdrawal_id
                              and n.version = h.version)
        """);
    AT_REST.put(
        "all orders are final or with a person",
        """
        select w.id from withdrawal w where w.status in ('PENDING', 'PROCESSING')
           and not exists (select 1 from review_case c where c.withdrawal_id = w.id
                              and c.state <> 'RESOLVED')
        """);
  }

  private Invariants() {}

  /**
   * What holds at every moment, as one query that names what is broken: for whoever checks often.
   */
  public static String alwaysAsOneQuery() {
    return ALWAYS.entrySet().stream()
        .map(
            e ->
                "select '%s' as broken where exists (%s)"
                    .formatted(e.getKey().replace("'", "''"), e.getValue()))
        .collect(Collectors.joining("\nunion all\n"));
  }

  /** What holds at every moment. */
  public static void check(JdbcTemplate jdbc) {
    ALWAYS.forEach((name, sql) -> assertThat(jdbc.queryForList(sql)).as(name).isEmpty());
  }

  /** Which of all that holds when all work is done doesn't, with some of the rows that show it. */
  public static List<String> brokenAtRest(JdbcTemplate jdbc) {
    return Stream.of(ALWAYS, AT_REST)
        .flatMap(some -> some.entrySet().stream())
        .map(e -> Map.entry(e.getKey(), jdbc.queryForList(e.getValue())))
        .filter(e -> !e.getValue().isEmpty())
        .map(
            e ->
                "%s: %d rows, such as %s"
                    .formatted(e.getKey(), e.getValue().size(), e.getValue().getFirst()))
        .toList();
  }

  /** What holds when all work is done, too. */
  public static void checkAtRest(JdbcTemplate jdbc) {
    check(jdbc);
    AT_REST.forEach((name, sql) -> assertThat(jdbc.queryForList(sql)).as(name).isEmpty());
  }
}
