package dev.sluice.bench;

import java.util.Locale;

/** Users with money and a card, as rows, on a database that a service has migrated. */
final class Wallets {
  private Wallets() {}

  static String user(int number) {
    return "B" + number;
  }

  /** What each card of the bench looks like. */
  static String mask() {
    return "622208******1234";
  }

  /** Makes so many users, each with a wallet in CNY and a card. */
  static void fill(Postgres postgres, int users) {
    postgres.execute(
        """
        insert into account (kind, owner, currency, available, created_at)
        select 'USER', 'B' || i, 'CNY', 1000000000000, now() from generate_series(1, %d) i
        """
            .formatted(users),
        """
        insert into account (kind, owner, currency, created_at)
        values ('FUNDING', '-', 'CNY', now())
        """,
        """
        insert into transfer (cause, step, kind, debit_account, credit_account, amount, currency, at)
        select gen_random_uuid(), 1, 'TOP_UP', f.id, a.id, a.available, 'CNY', now()
          from account a, account f where a.kind = 'USER' and f.kind = 'FUNDING'
        """,
        String.format(
            Locale.ROOT,
            """
            insert into beneficiary (id, user_id, kind, fingerprint, masked, sealed, created_at)
            select gen_random_uuid(), 'B' || i, 'CARD', gen_random_uuid(), '%s', 'x', now()
              from generate_series(1, %d) i
            """,
            mask(),
            users),
        "vacuum analyze",
        "checkpoint");
  }
}
