package dev.sluice.beneficiary;

import dev.sluice.beneficiary.BeneficiaryReference.ById;
import dev.sluice.beneficiary.BeneficiaryReference.ByMask;
import dev.sluice.beneficiary.BeneficiaryReference.ByNumber;
import dev.sluice.database.Columns;
import dev.sluice.database.RoundTrip;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.IntStream;
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

  record Match(int index, Beneficiary beneficiary) {}

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

  /** All matches of each reference; the index is the reference's place in the batch. */
  Supplier<List<Match>> match(RoundTrip trip, List<Beneficiaries.Wanted> wanted) {
    List<Integer> places = IntStream.range(0, wanted.size()).boxed().toList();
    return trip.query(
        """
        select w.place, b.id, b.user_id, b.kind, b.masked, b.holder_name, b.bank, b.created_at
          from unnest(?, ?, ?, ?, ?) as w (place, user_id, id, fingerprint, masked)
         cross join lateral (
               select * from beneficiary x where x.id = w.id and x.user_id = w.user_id
               union all
               select * from beneficiary x where x.user_id = w.user_id and x.fingerprint = w.fingerprint
               union all
               select * from beneficiary x where x.user_id = w.user_id and x.masked = w.masked) b
        """,
        (ps, first) ->
            Columns.of(ps, places, first)
                .integer(i -> i)
                .text(i -> wanted.get(i).userId())
                .uuid(i -> wanted.get(i).reference() instanceof ById r ? r.id() : null)
                .uuid(i -> wanted.get(i).reference() instanceof ByNumber r ? r.fingerprint() : null)
                .text(i -> wanted.get(i).reference() instanceof ByMask r ? r.masked() : null),
        (row, n) -> new Match(row.getInt("place"), beneficiary(row)));
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
