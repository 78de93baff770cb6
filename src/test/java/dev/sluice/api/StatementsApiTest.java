package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.Eventually;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Statements over HTTP: brought, compared, reported, resolved. */
class StatementsApiTest extends ApiTest {
  private static final String HEADING = "request_number,amount,beneficiary,booked_at\n";
  private static final String SOURCE = "standin-list";

  private static LocalDate day(int back) {
    return LocalDate.now(ZoneId.of("Asia/Shanghai")).minusDays(back);
  }

  private Reply upload(String content, LocalDate day) {
    return post("/v1/statements?source=" + SOURCE + "&name=list.csv&businessDate=" + day)
        .as("ops-1", "ops")
        .header("Content-Type", "application/octet-stream")
        .body(BodyPublishers.ofString(content))
        .send();
  }

  private Reply ops(String path) {
    return get(path).as("ops-1", "ops").send();
  }

  private Reply done(String id) {
    Eventually.until(
        "the statement is compared",
        () -> !ops("/v1/statements/" + id).text("state").matches("RECEIVED|COMPARED"));
    return ops("/v1/statements/" + id);
  }

  private static String foreign(LocalDate day, String amount) {
    return HEADING + "=1+1,%s,6222******1234,%s 12:00:00\n".formatted(amount, day);
  }

  @Test
  void comparesWhatIsUploadedAndReportsIt() {
    LocalDate day = day(2);
    Reply kept = upload(foreign(day, "12.50"), day);
    assertThat(kept.status()).as(kept.http().body()).isEqualTo(201);
    Reply file = done(kept.text("id"));
    assertThat(file.text("state")).as(file.http().body()).isEqualTo("DONE");
    String run = file.text("runId");

    Reply again = upload(foreign(day, "12.50"), day);
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");

    Reply report = ops("/v1/statement-runs/" + run);
    assertThat(report.json().at("/breaks/0/kind").asString()).isEqualTo("MISSING_HERE");
    assertThat(report.json().at("/currencies/0/atRisk").asString()).isEqualTo("12.50");
    assertThat(ops("/v1/statement-runs?source=" + SOURCE).http().body()).contains(run);
    assertThat(ops("/v1/statement-runs/" + run + "/lines").json().at("/items/0/amount").asString())
        .isEqualTo("12.50");

    Reply csv = ops("/v1/statement-runs/" + run + "/report.csv");
    assertThat(csv.header("Content-Type")).startsWith("text/csv");
    assertThat(csv.http().body()).contains("at risk,EUR,,,12.50", "MISSING_HERE,,1,0,");
    assertThat(ops("/v1/statement-runs/" + run + "/breaks.csv").http().body())
        .contains("MISSING_HERE,OPEN,1,");
    Reply page = ops("/v1/statement-runs/" + run + "/page");
    assertThat(page.header("Content-Security-Policy")).contains("default-src 'none'");
    assertThat(page.http().body()).contains("<svg", "MISSING_HERE", "12.50");
    assertThat(ops("/v1/statement-sources").http().body()).contains(SOURCE);
    assertThat(ops("/v1/statement-sources/" + SOURCE + "/trend").http().body()).contains("breaks");
    assertThat(ops("/v1/statement-sources/" + SOURCE + "/unconfirmed").status()).isEqualTo(200);
    assertThat(ops("/v1/statements?source=" + SOURCE).http().body()).contains(file.text("id"));
  }

  @Test
  void resolvesABreakByTwoPeople() {
    LocalDate day = day(3);
    String run = done(upload(foreign(day, "7.00"), day).text("id")).text("runId");
    String id = ops("/v1/breaks?runId=" + run).json().at("/items/0/id").asString();
    String path = "/v1/breaks/" + id;
    String writeOff = "{\"decision\":\"WRITE_OFF\",\"reason\":\"a fee\",\"version\":\"%s\"}";
    String version = ops(path).text("version");

    post(path + "/propose")
        .as("m", "withdrawals")
        .body("{}")
        .send()
        .isProblem(ProblemCode.FORBIDDEN);
    Reply proposed =
        post(path + "/propose").as("m", "ops").body(writeOff.formatted(version)).send();
    assertThat(proposed.text("state")).as(proposed.http().body()).isEqualTo("PROPOSED");
    String seen = "{\"version\":\"" + proposed.text("version") + "\"}";
    post(path + "/approve")
        .as("m", "ops ops:approve")
        .body(seen)
        .send()
        .isProblem(ProblemCode.CONFLICT);
    post(path + "/approve")
        .as("c", "ops:approve")
        .body("{\"version\":\"99\"}")
        .send()
        .isProblem(ProblemCode.CONFLICT);
    Reply closed = post(path + "/approve").as("c", "ops:approve").body(seen).send();
    assertThat(closed.text("state")).as(closed.http().body()).isEqualTo("CLOSED");
    assertThat(closed.text("closedBy")).isEqualTo("c");
    assertThat(
            jdbc.queryForObject(
                "select count(*) from transfer where cause = ?::uuid and kind = 'RESOLUTION'",
                Long.class,
                id))
        .isOne();
  }

  @Test
  void refusesByNameAndReadsAgainWhenAsked() {
    LocalDate day = day(4);
    Reply refused = done(upload("a,b\n1,2\n", day).text("id"));
    assertThat(refused.text("state")).isEqualTo("REFUSED");
    assertThat(refused.text("refusal")).isEqualTo("WRONG_TEMPLATE");
    assertThat(
            jdbc.queryForObject(
                "select count(*) from review_case where kind = 'STATEMENT' and detail like ?",
                Long.class,
                "%" + refused.text("id") + "%"))
        .isOne();

    Reply good = done(upload(HEADING, day).text("id"));
    assertThat(good.text("state")).isEqualTo("DONE");
    String rerun = "/v1/statements/" + good.text("id") + "/rerun";
    assertThat(post(rerun).as("ops-1", "ops").send().status()).isEqualTo(200);
    Reply twice = done(good.text("id"));
    assertThat(ops("/v1/statement-runs/" + twice.text("runId")).json().at("/run/version").asInt())
        .isEqualTo(2);
    post("/v1/statements/" + UUID.randomUUID() + "/rerun")
        .as("ops-1", "ops")
        .send()
        .isProblem(ProblemCode.NOT_FOUND);
  }

  @Test
  void refusesUploadsThatCannotBe() {
    post("/v1/statements?source=none&name=x")
        .as("ops-1", "ops")
        .header("Content-Type", "application/octet-stream")
        .body(BodyPublishers.ofString("x"))
        .send()
        .isProblem(ProblemCode.INVALID_REQUEST);
    post("/v1/statements?source=" + SOURCE + "&businessDate=yesterday")
        .as("ops-1", "ops")
        .header("Content-Type", "application/octet-stream")
        .body(BodyPublishers.ofString("x"))
        .send()
        .isProblem(ProblemCode.INVALID_REQUEST);
    post("/v1/statements?source=" + SOURCE)
        .as("ops-1", "ops")
        .body("{}")
        .send()
        .isProblem(ProblemCode.UNSUPPORTED_MEDIA_TYPE);
    get("/v1/statements").as("u1", "withdrawals").send().isProblem(ProblemCode.FORBIDDEN);
    ops("/v1/statement-runs/" + UUID.randomUUID() + "/page").isProblem(ProblemCode.NOT_FOUND);
    ops("/v1/statement-sources/none/trend").isProblem(ProblemCode.NOT_FOUND);
  }

  @Test
  void writesNoFormulas() {
    assertThat(Csv.cell("=1+1")).isEqualTo("'=1+1");
    assertThat(Csv.cell("@x, \"y\"")).isEqualTo("\"'@x, \"\"y\"\"\"");
    assertThat(Csv.cell("-12.50")).isEqualTo("-12.50");
    assertThat(Csv.cell("-1+cmd")).isEqualTo("'-1+cmd");
    assertThat(Csv.cell(null)).isEmpty();
  }
}
