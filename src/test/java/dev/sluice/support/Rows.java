package dev.sluice.support;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Rows that the rules allow, one of each table whose rules are domains, and changes to them. */
public final class Rows {
  private static final Map<String, String> LEGAL =
      Map.of(
          "account",
          "kind='USER'; owner=gen_random_uuid()::text; currency='CNY'; status='ACTIVE';"
              + " available=1; held=1; created_at=now()",
          "transfer",
          "cause=gen_random_uuid(); step=1; kind='TOP_UP'; debit_account=1; credit_account=2;"
              + " amount=1; currency='CNY'; at=now()",
          "withdrawal",
          "id=gen_random_uuid(); user_id='u1'; account_id=1; beneficiary_id=gen_random_uuid();"
              + " amount=1; fee=0; currency='CNY'; status='PENDING'; version=1;"
              + " key_hash=gen_random_uuid(); request_hash=gen_random_uuid(); created_at=now();"
              + " updated_at=now()",
          "withdrawal_history",
          "withdrawal_id=gen_random_uuid(); version=2; from_status='PENDING';"
              + " to_status='PROCESSING'; actor='system'; at=now()",
          "payout_attempt",
          "id=gen_random_uuid(); withdrawal_id=gen_random_uuid(); number=1; channel='bank';"
              + " request='\\x00'; state='SENT'; sent_at=now(); due_at=now(); hand_over=null;"
              + " hand_over_until=null; created_at=now(); updated_at=now()",
          "channel_message",
          "id=gen_random_uuid(); channel='bank'; source='REPLY'; kind='PAID'; received_at=now()",
          "notification_delivery",
          "endpoint_id=gen_random_uuid(); notification_id=gen_random_uuid(); state='PENDING';"
              + " tries=0; due_at=now(); leased_until=null; last_error=null; created_at=now();"
              + " updated_at=now()");

  private static final String HOLD =
      "at=now(); causes=array[gen_random_uuid()]; accounts='{1}'; amounts='{1}'";

  private Rows() {}

  /** The tables that were there when rules became domains. */
  public static Set<String> tables() {
    return LEGAL.keySet();
  }

  private static String legal(String table) {
    return table.equals("hold") ? HOLD : Objects.requireNonNull(LEGAL.get(table), table);
  }

  /** An insert of a new legal row, but for these: {@code column=value; …}. */
  public static String insert(String table, String changes) {
    Map<String, String> row = new LinkedHashMap<>();
    for (String one : (legal(table) + "; " + changes).split("; *")) {
      String[] columnAndValue = one.strip().split("=", 2);
      if (columnAndValue.length == 2) {
        row.put(columnAndValue[0], columnAndValue[1]);
      }
    }
    return "insert into %s (%s) values (%s)"
        .formatted(table, String.join(", ", row.keySet()), String.join(", ", row.values()));
  }
}
