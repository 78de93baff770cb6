package dev.sluice.reconcile;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** The table of statement files. */
final class FileStore {
  private final JdbcTemplate jdbc;

  FileStore(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Writes a file's row, unless this source has brought the same content of the same day before; of
   * which day is not always said.
   */
  boolean insert(StatementFile file) {
    return jdbc.update(
            """
            insert into statement_file (id, source, name, sha256, size_bytes, business_date, origin,
                   received_by, received_at, state, refusal, detail)
            select n.* from (values (?::uuid, ?, ?, ?::bytea, ?::bigint, ?::date, ?, ?, ?::timestamptz, ?,
                                     ?::text, ?::text))
                   as n (id, source, name, sha256, size_bytes, business_date, origin,
                         received_by, received_at, state, refusal, detail)
             where not exists (
                   select 1 from statement_file f
                    where f.source = n.source and f.sha256 = n.sha256
                      and (f.business_date = n.business_date) is not false)
            on conflict (source, sha256, business_date) do nothing
            """,
            file.id(),
            file.source(),
            file.name(),
            HexFormat.of().parseHex(file.sha256()),
            file.bytes(),
            file.businessDate(),
            file.origin().name(),
            file.receivedBy(),
            file.receivedAt().atOffset(ZoneOffset.UTC),
            file.state().name(),
            file.refusal(),
            file.detail())
        == 1;
  }

  /** The file of this content that is, or may be, of this day. */
  Optional<StatementFile> byContent(String source, byte[] sha256, @Nullable LocalDate day) {
    return jdbc
        .query(
            """
            select * from statement_file
             where source = ? and sha256 = ? and (business_date = ?::date) is not false
             order by business_date is null, business_date desc limit 1
            """,
            (row, n) -> file(row),
            source,
            sha256,
            day)
        .stream()
        .findFirst();
  }

  Optional<StatementFile> byId(UUID id) {
    return jdbc
        .query("select * from statement_file where id = ?", (row, n) -> file(row), id)
        .stream()
        .findFirst();
  }

  /** Files that aren't done, in turn. */
  List<UUID> unfinished(int limit) {
    return jdbc.query(
        """
        select id from statement_file where state in ('RECEIVED', 'COMPARED')
         order by turn limit ?
        """,
        (row, n) -> row.getObject(1, UUID.class),
        limit);
  }

  /** Locks a file in a state; empty if it isn't in it, or another instance works on it. */
  Optional<StatementFile> lock(UUID id, StatementFile.State state) {
    return jdbc
        .query(
            "select * from statement_file where id = ? and state = ? for update skip locked",
            (row, n) -> file(row),
            id,
            state.name())
        .stream()
        .findFirst();
  }

  void setState(UUID id, StatementFile.State state) {
    jdbc.update("update statement_file set state = ? where id = ?", state.name(), id);
  }

  void refuse(UUID id, String refusal, String detail) {
    jdbc.update(
        "update statement_file set state = 'REFUSED', refusal = ?, detail = ? where id = ?",
        refusal,
        detail,
        id);
  }

  /**
   * Makes a file be read again that was refused, or compared, be it its day's current one or one
   * that another took the place of; false if it is neither.
   */
  boolean readAgain(UUID id, @Nullable LocalDate businessDate) {
    return jdbc.update(
            """
            update statement_file f
               set state = 'RECEIVED', refusal = null, detail = null,
                   turn = nextval('statement_turn'),
                   business_date = coalesce(?::date, f.business_date,
                       (select r.business_date from statement_run r where r.file_id = f.id
                         order by r.version desc limit 1))
             where id = ?
               and not exists (select 1 from statement_file o
                                where o.source = f.source and o.sha256 = f.sha256 and o.id <> f.id
                                  and o.business_date = ?::date)
               and (state = 'REFUSED'
                    or (state = 'DONE' and ?::date is null
                        and exists (select 1 from statement_run r where r.file_id = f.id)))
            """,
            businessDate,
            id,
            businessDate,
            businessDate)
        == 1;
  }

  /** The latest first: ids grow with time. */
  List<StatementFile> page(@Nullable String source, @Nullable UUID before, int limit) {
    return jdbc.query(
        """
        select * from statement_file
         where (?::text is null or source = ?) and (?::uuid is null or id < ?)
         order by id desc limit ?
        """,
        (row, n) -> file(row),
        source,
        source,
        before,
        before,
        limit);
  }

  private static StatementFile file(ResultSet row) throws SQLException {
    return new StatementFile(
        row.getObject("id", UUID.class),
        row.getString("source"),
        row.getString("name"),
        HexFormat.of().formatHex(row.getBytes("sha256")),
        row.getLong("size_bytes"),
        row.getObject("business_date", LocalDate.class),
        StatementFile.Origin.valueOf(row.getString("origin")),
        row.getString("received_by"),
        row.getTimestamp("received_at").toInstant(),
        StatementFile.State.valueOf(row.getString("state")),
        row.getString("refusal"),
        row.getString("detail"));
  }
}
