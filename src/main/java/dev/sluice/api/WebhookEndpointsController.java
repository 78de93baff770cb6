package dev.sluice.api;

import static dev.sluice.api.ProblemCode.CONFLICT;
import static dev.sluice.api.ProblemCode.NOT_FOUND;
import static dev.sluice.api.Scope.OPS;
import static java.util.Objects.requireNonNull;

import dev.sluice.api.Views.DeliveryView;
import dev.sluice.api.Views.EndpointView;
import dev.sluice.api.Views.Listed;
import dev.sluice.notify.Delivery;
import dev.sluice.notify.Registration;
import dev.sluice.notify.WebhookEndpoint;
import dev.sluice.notify.WebhookEndpoints;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Who is told of final states. */
@Tag(
    name = "Webhook endpoints",
    description = "Where notifications go, signed as Standard Webhooks has it")
@RestController
@RequestMapping(path = "/v1/webhook-endpoints", produces = MediaType.APPLICATION_JSON_VALUE)
class WebhookEndpointsController {
  private static final int DEFAULT_LIMIT = 50;

  private final WebhookEndpoints endpoints;

  WebhookEndpointsController(WebhookEndpoints endpoints) {
    this.endpoints = endpoints;
  }

  @Operation(
      summary = "Register an endpoint",
      description =
          "It is told of what happens from now on. The answer holds its secret, this once.",
      requestBody =
          @RequestBody(
              required = true,
              content =
                  @Content(schema = @Schema(implementation = Requests.NewWebhookEndpoint.class))))
  @ApiResponse(responseCode = "201", description = "Registered", useReturnTypeSchema = true)
  @Contract(scopes = OPS, refuses = CONFLICT)
  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<EndpointView> register(Caller caller, Fields body) {
    String url = body.required("url", Rules.visible(2_048));
    List<String> events = body.texts("events", Rules.visible(64));
    body.done();
    return switch (endpoints.register(requireNonNull(url), events, caller.subject())) {
      case Registration.Registered(WebhookEndpoint endpoint, String secret) ->
          ResponseEntity.created(URI.create("/v1/webhook-endpoints/" + endpoint.id()))
              .body(EndpointView.of(endpoint, secret));
      case Registration.Refused(String field, String reason) -> {
        boolean full = !field.equals("url") && !field.equals("events");
        throw full
            ? new ApiException(CONFLICT, reason)
            : new ApiException(
                ProblemCode.INVALID_REQUEST, reason, List.of(new Problem.BadField(field, reason)));
      }
    };
  }

  @Operation(summary = "List endpoints, oldest first")
  @ApiResponse(responseCode = "200", description = "All of them", useReturnTypeSchema = true)
  @Contract(scopes = OPS)
  @GetMapping
  Listed<EndpointView> list() {
    return Listed.all(endpoints.list().stream().map(e -> EndpointView.of(e, null)).toList());
  }

  @Operation(summary = "Look up an endpoint")
  @ApiResponse(responseCode = "200", description = "Without its secret", useReturnTypeSchema = true)
  @Contract(scopes = OPS, refuses = NOT_FOUND)
  @GetMapping("/{id}")
  EndpointView get(@PathVariable String id) {
    return EndpointView.of(endpoint(id), null);
  }

  @Operation(
      summary = "Delete an endpoint",
      description = "What is pending to it is given up; a call under way may still arrive.")
  @ApiResponse(responseCode = "204", description = "Deleted")
  @Contract(scopes = OPS, refuses = NOT_FOUND)
  @DeleteMapping("/{id}")
  ResponseEntity<Void> delete(Caller caller, @PathVariable String id) {
    if (!endpoints.delete(endpoint(id).id(), caller.subject())) {
      throw ApiException.notFound("endpoint");
    }
    return ResponseEntity.noContent().build();
  }

  @Operation(
      summary = "List deliveries to an endpoint, newest event first",
      description = "Also of an endpoint that is deleted.",
      parameters = {
        @Parameter(
            name = "cursor",
            in = ParameterIn.QUERY,
            description = "next of the page before",
            schema = @Schema(type = "string")),
        @Parameter(
            name = "limit",
            in = ParameterIn.QUERY,
            schema = @Schema(type = "integer", minimum = "1", maximum = "200", defaultValue = "50"))
      })
  @ApiResponse(responseCode = "200", description = "A page", useReturnTypeSchema = true)
  @Contract(scopes = OPS, refuses = NOT_FOUND)
  @GetMapping("/{id}/deliveries")
  Listed<DeliveryView> deliveries(@PathVariable String id, Query query) {
    UUID cursor = query.optional("cursor", Rules::cursor);
    Integer asked = query.optional("limit", Rules::limit);
    query.done();
    int limit = asked == null ? DEFAULT_LIMIT : asked;
    UUID endpointId = PathIds.read(id).orElseThrow(() -> ApiException.notFound("endpoint"));
    List<Delivery> page = endpoints.deliveries(endpointId, cursor, limit);
    if (page.isEmpty() && cursor == null && endpoints.find(endpointId).isEmpty()) {
      throw ApiException.notFound("endpoint");
    }
    UUID next = page.size() == limit ? page.getLast().eventId() : null;
    return new Listed<>(page.stream().map(DeliveryView::of).toList(), Rules.cursor(next));
  }

  @Operation(
      summary = "Send an event again",
      description =
          "With the same id and body, whatever became of it before, and with full patience from"
              + " now on.")
  @ApiResponse(responseCode = "202", description = "It is due now")
  @Contract(scopes = OPS, refuses = NOT_FOUND)
  @PostMapping("/{id}/deliveries/{eventId}/redeliver")
  ResponseEntity<Void> redeliver(@PathVariable String id, @PathVariable String eventId) {
    UUID event = PathIds.read(eventId).orElseThrow(() -> ApiException.notFound("delivery"));
    if (!endpoints.redeliver(endpoint(id).id(), event)) {
      throw ApiException.notFound("delivery");
    }
    return ResponseEntity.accepted().build();
  }

  private WebhookEndpoint endpoint(String id) {
    return PathIds.read(id)
        .flatMap(endpoints::find)
        .orElseThrow(() -> ApiException.notFound("endpoint"));
  }
}
