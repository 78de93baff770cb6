package dev.sluice.beneficiary;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import dev.sluice.beneficiary.BeneficiaryReference.ByNumber;
import dev.sluice.database.Columns;
import dev.sluice.database.RoundTrip;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** The table of beneficiaries. */
final class BeneficiaryStore {
  private static final int MOST_LISTED = 1_000;

  private final JdbcTemplate jdbc;

  BeneficiaryStore(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  record NewRow(
      UUID id,
      String userId,
      ByNumber number,
      @Nullable String holderName,
      @Nullable String bank) {}

  record Stored(Beneficiary beneficiary, UUID fingerprint) {}

  private record Found(Sought sought, Beneficiary beneficiary) {}

  private static final String FIND =
      """
      select b.id, b.user_id, b.kind, b.fingerprint, b.masked, b.holder_name, b.bank, b.created_at
        from beneficiary b join
      """;

  record SealedRow(Beneficiary beneficiary, byte[] sealed) {
    @Override
    public String toString() {
      return "SealedRow[" + beneficiary.masked() + "]";
    }
  }

  /** Inserts, or finds by user and number; a name or bank that was missing is filled in. */
  List<Stored> upsert(List<NewRow> rows, Instant at) {
    return jdbc.query(
        """
        insert into beneficiary as b
               (id, user_id, kind, fingerprint, masked, sealed, holder_name, bank, created_at)
        select n.*, ?
          from unnest(?, ?, ?, ?, ?, ?, ?, ?)
               as n (id, user_id, kind, fingerprint, masked, sealed, holder_name, bank)
         order by n.user_id, n.fingerprint
        on conflict (user_id, fingerprint) do update
           set holder_name = coalesce(b.holder_name, excluded.holder_name),
               bank = coalesce(b.bank, excluded.bank)
        returning id, user_id, kind, fingerprint, masked, holder_name, bank, created_at
        """,
        ps ->
            Columns.of(ps, rows)
                .same(at)
                .uuid(NewRow::id)
                .text(NewRow::userId)
                .text(r -> r.number().kind().name())
                .uuid(r -> r.number().fingerprint())
                .text(r -> r.number().masked())
                .bytes(r -> r.number().sealed().bytes())
                .text(NewRow::holderName)
                .text(NewRow::bank),
        (row, n) -> new Stored(beneficiary(row), row.getObject("fingerprint", UUID.class)));
  }

  List<Beneficiary> byUser(String userId) {
    return jdbc.query(
        """
        select id, user_id, kind, masked, holder_name, bank, created_at
          from beneficiary where user_id = ? order by created_at, id limit ?
        """,
        (row, n) -> beneficiary(row),
        userId,
        MOST_LISTED);
  }

  List<Beneficiary> byIds(Collection<UUID> ids) {
    return jdbc.query(
        """
        select id, user_id, kind, masked, holder_name, bank, created_at
          from beneficiary where id = any (?)
        """,
        ps -> Columns.of(ps, ids).uuid(id -> id),
        (row, n) -> beneficiary(row));
  }

  /** All matches of each: one query for each way of looking up that is there. */
  Supplier<Map<Sought, List<Beneficiary>>> find(RoundTrip trip, List<Sought> all) {
    List<Sought.ById> ids = of(Sought.ById.class, all);
    List<Sought.ByFingerprint> numbers = of(Sought.ByFingerprint.class, all);
    List<Sought.ByMask> masks = of(Sought.ByMask.class, all);
    List<Supplier<List<Found>>> found = new ArrayList<>();
    if (!ids.isEmpty()) {
      found.add(
          trip.query(
              FIND + "unnest(?, ?) as w (user_id, id) using (user_id, id)",
              (ps, first) ->
                  Columns.of(ps, ids, first).text(Sought.ById::userId).uuid(Sought.ById::id),
              (row, n) -> found(row, b -> new Sought.ById(b.userId(), b.id()))));
    }
    if (!numbers.isEmpty()) {
      found.add(
          trip.query(
              FIND + "unnest(?, ?) as w (user_id, fingerprint) using (user_id, fingerprint)",
              (ps, first) ->
                  Columns.of(ps, numbers, first)
                      .text(Sought.ByFingerprint::userId)
                      .uuid(Sought.ByFingerprint::fingerprint),
              (row, n) -> {
                UUID fingerprint = row.getObject("fingerprint", UUID.class);
                return found(row, b -> new Sought.ByFingerprint(b.userId(), fingerprint));
              }));
    }
    if (!masks.isEmpty()) {
      found.add(
          trip.query(
              FIND + "unnest(?, ?) as w (user_id, masked) using (user_id, masked)",
              (ps, first) ->
                  Columns.of(ps, masks, first)
                      .text(Sought.ByMask::userId)
                      .text(Sought.ByMask::masked),
              (row, n) -> found(row, b -> new Sought.ByMask(b.userId(), b.masked()))));
    }
    return () ->
        found.stream()
            .flatMap(rows -> rows.get().stream())
            .collect(groupingBy(Found::sought, mapping(Found::beneficiary, toList())));
  }

  private static <T> List<T> of(Class<T> type, List<Sought> all) {
    return all.stream().filter(type::isInstance).map(type::cast).toList();
  }

  private static Found found(ResultSet row, Function<Beneficiary, Sought> sought)
      throws SQLException {
    Beneficiary beneficiary = beneficiary(row);
    return new Found(sought.apply(beneficiary), beneficiary);
  }

  List<SealedRow> sealed(Collection<UUID> ids) {
    return jdbc.query(
        """
        select id, user_id, kind, masked, holder_name, bank, created_at, sealed
          from beneficiary where id = any (?)
        """,
        ps -> Columns.of(ps, ids).uuid(id -> id),
        (row, n) -> new SealedRow(beneficiary(row), row.getBytes("sealed")));
  }

  private static Beneficiary beneficiary(ResultSet row) throws SQLException {
    return new Beneficiary(
        row.getObject("id", UUID.class),
        row.getString("user_id"),
        AccountNumber.Kind.valueOf(row.getString("kind")),
        row.getString("masked"),
        row.getString("holder_name"),
        row.getString("bank"),
        row.getTimestamp("created_at").toInstant());
  }
}
