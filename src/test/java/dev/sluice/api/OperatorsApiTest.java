package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What operators do over HTTP: review cases by two people, and channels. */
class OperatorsApiTest extends ApiTest {

  private UUID openCase() {
    UUID id = UUID.randomUUID();
    jdbc.update(
        """
        insert into review_case (id, kind, detail, opened_at)
        values (?, 'MISMATCH', 'A message about no order of ours.', now())
        """,
        id);
    return id;
  }

  private Reply act(UUID id, String action, String who, String scope, String body) {
    return post("/v1/review-cases/" + id + "/" + action).as(who, scope).body(body).send();
  }

  @Test
  void decidesACaseByTwoPeople() {
    UUID id = openCase();
    String noted = "{\"decision\":\"NOTED\",\"reason\":\"test message of the bank\"}";
    String seen = "{\"reason\":\"seen\"}";
    act(id, "propose", "maker", "withdrawals", noted).isProblem(ProblemCode.FORBIDDEN);
    act(id, "propose", "maker", "ops", "{\"decision\":\"PAID\",\"reason\":\"x\"}")
        .isProblem(ProblemCode.CONFLICT);
    assertThat(act(id, "propose", "maker", "ops", noted).text("state")).isEqualTo("PROPOSED");
    act(id, "approve", "checker", "ops", seen).isProblem(ProblemCode.FORBIDDEN);
    act(id, "approve", "maker", "ops ops:approve", seen).isProblem(ProblemCode.CONFLICT);
    assertThat(act(id, "reject", "checker", "ops:approve", seen).text("state")).isEqualTo("OPEN");
    act(id, "propose", "maker", "ops", noted);
    assertThat(act(id, "approve", "checker", "ops:approve", seen).text("state"))
        .isEqualTo("RESOLVED");
    act(id, "approve", "checker", "ops:approve", seen).isProblem(ProblemCode.CONFLICT);
    assertThat(
            jdbc.queryForList(
                "select action from review_log where case_id = ? order by id", String.class, id))
        .containsExactly("PROPOSED", "REJECTED", "PROPOSED", "APPROVED");
  }

  @Test
  void showsCasesWithTheirEvidence() {
    UUID id = openCase();
    Reply listed = get("/v1/review-cases?limit=200").as("ops-1", "ops").send();
    assertThat(listed.http().body()).contains(id.toString());
    Reply one = get("/v1/review-cases/" + id).as("ops-1", "ops").send();
    assertThat(one.http().body()).contains("\"timeline\":[]").contains("MISMATCH");
    get("/v1/review-cases/" + UUID.randomUUID())
        .as("ops-1", "ops")
        .send()
        .isProblem(ProblemCode.NOT_FOUND);
  }

  @Test
  void pausesAndPinsAChannel() {
    Reply channels = get("/v1/channels").as("ops-1", "ops").send();
    String name = channels.json().get("items").get(0).get("name").asString();
    String path = "/v1/channels/" + name + "/control";
    Reply paused =
        new Call("PUT", path)
            .as("ops-1", "ops")
            .body("{\"mode\":\"PAUSED\",\"reason\":\"maintenance\"}")
            .send();
    assertThat(paused.text("mode")).isEqualTo("PAUSED");
    assertThat(paused.text("actor")).isEqualTo("ops-1");
    new Call("PUT", path)
        .as("u1", "withdrawals")
        .body("{}")
        .send()
        .isProblem(ProblemCode.FORBIDDEN);
    new Call("PUT", "/v1/channels/none/control")
        .as("ops-1", "ops")
        .body("{\"mode\":\"AUTO\",\"reason\":\"x\"}")
        .send()
        .isProblem(ProblemCode.NOT_FOUND);
    Reply auto =
        new Call("PUT", path)
            .as("ops-1", "ops")
            .body("{\"mode\":\"AUTO\",\"reason\":\"all is well\"}")
            .send();
    assertThat(auto.text("mode")).isEqualTo("AUTO");
  }
}
