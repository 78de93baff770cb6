package dev.sluice.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.sluice.support.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** The SQL that documents give people fits the tables. */
class SqlInDocumentsTest {
  private static final Pattern SQL = Pattern.compile("(?ms)^```sql\\n(.*?)^```$");

  private static TestDatabase database;

  @BeforeAll
  static void create() {
    database = TestDatabase.create();
  }

  @AfterAll
  static void drop() {
    database.close();
  }

  @Test
  void theAuditorsQueriesRun() throws IOException {
    runs("docs/ledger.md", 6);
  }

  @Test
  void theRunbooksStatementsRun() throws IOException {
    runs("docs/operating/runbook.md", 2);
    assertThat(
            new JdbcTemplate(database.dataSource())
                .queryForList("select mode from channel_control_log", String.class))
        .containsExactly("PAUSED");
  }

  private static void runs(String document, int atLeast) throws IOException {
    JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());
    List<String> statements =
        SQL.matcher(Files.readString(Path.of(document), StandardCharsets.UTF_8))
            .results()
            .map(block -> block.group(1).replace("'…'", "gen_random_uuid()"))
            .toList();
    assertThat(statements).hasSizeGreaterThanOrEqualTo(atLeast);
    for (String statement : statements) {
      assertThatCode(() -> jdbc.execute(statement)).as(statement).doesNotThrowAnyException();
    }
  }
}
