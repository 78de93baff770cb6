package dev.sluice.api;

import static dev.sluice.api.ProblemCode.NOT_FOUND;
import static dev.sluice.api.Scope.OPS;
import static java.util.Objects.requireNonNull;

import dev.sluice.api.ReviewViews.ChannelView;
import dev.sluice.api.Views.Listed;
import dev.sluice.channel.ChannelControl.Mode;
import dev.sluice.channel.ChannelRouter;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Payout channels: how they do, and what people say of them. */
@Tag(name = "Channels", description = "How payout channels do, and who decides where orders go")
@RestController
@RequestMapping(path = "/v1/channels", produces = MediaType.APPLICATION_JSON_VALUE)
class ChannelsController {
  private final ChannelRouter router;

  ChannelsController(ChannelRouter router) {
    this.router = router;
  }

  @Operation(
      summary = "List channels",
      description = "Error rates and breakers are those of the instance that answers.")
  @ApiResponse(responseCode = "200", description = "All of them", useReturnTypeSchema = true)
  @Contract(scopes = OPS)
  @GetMapping
  Listed<ChannelView> list() {
    return Listed.all(router.status().stream().map(ChannelView::of).toList());
  }

  @Operation(
      summary = "Pause or pin a channel, or leave it to its error rate",
      description =
          "PAUSED: no new order goes there; what is under way goes on. PINNED: every order that it"
              + " can take goes there. AUTO: the error rate decides. Holds on all instances within"
              + " seconds.",
      requestBody =
          @RequestBody(
              required = true,
              content = @Content(schema = @Schema(implementation = ReviewViews.NewControl.class))))
  @ApiResponse(responseCode = "200", description = "So it is", useReturnTypeSchema = true)
  @Contract(scopes = OPS, refuses = NOT_FOUND)
  @PutMapping(path = "/{name}/control", consumes = MediaType.APPLICATION_JSON_VALUE)
  ChannelView control(Caller caller, @PathVariable String name, Fields body) {
    Mode mode = body.required("mode", Rules.oneOf(Mode.class));
    String reason = body.required("reason", Rules.text(1, 500));
    body.done();
    if (router.channel(name).isEmpty()) {
      throw ApiException.notFound("channel");
    }
    router.control(name, requireNonNull(mode), requireNonNull(reason), caller.subject());
    return router.status().stream()
        .filter(s -> s.name().equals(name))
        .map(ChannelView::of)
        .findFirst()
        .orElseThrow();
  }
}
