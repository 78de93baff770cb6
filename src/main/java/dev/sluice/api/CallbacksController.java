package dev.sluice.api;

import static dev.sluice.api.ProblemCode.INVALID_SIGNATURE;
import static dev.sluice.api.ProblemCode.NOT_FOUND;

import dev.sluice.channel.CallbackReply;
import dev.sluice.channel.RawCallback;
import dev.sluice.payout.CallbackInbox;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Takes channels' callbacks. No token: the signature over the raw bytes proves who sent it. */
@Tag(name = "Callbacks", description = "For channels")
@RestController
class CallbacksController {
  private static final String RECEIVED = "RECEIVED";

  private final CallbackInbox inbox;
  private final Bodies bodies;

  CallbacksController(CallbackInbox inbox, Bodies bodies) {
    this.inbox = inbox;
    this.bodies = bodies;
  }

  @Operation(
      summary = "Receive a channel's callback",
      description =
          "Signed as the channel's protocol has it. Answered RECEIVED once it is stored; a"
              + " repetition is answered the same.",
      requestBody =
          @RequestBody(
              required = true,
              content =
                  @Content(
                      mediaType = MediaType.ALL_VALUE,
                      schema = @Schema(type = "string", format = "binary"))))
  @ApiResponse(
      responseCode = "200",
      description = "Stored",
      content =
          @Content(
              mediaType = MediaType.TEXT_PLAIN_VALUE,
              schema = @Schema(type = "string", example = RECEIVED)))
  @Contract(
      scopes = {},
      refuses = {INVALID_SIGNATURE, NOT_FOUND})
  @PostMapping("/v1/callbacks/{channel}")
  ResponseEntity<String> receive(@PathVariable String channel, HttpServletRequest request) {
    RawCallback callback =
        new RawCallback(request.getRequestURI(), headers(request), bodies.bytes(request));
    return switch (inbox.receive(channel, callback)) {
      case CallbackInbox.Receipt.Stored(CallbackReply reply) -> answer(reply);
      // The reason stays in the log: whoever tries signatures learns nothing from the answer.
      case CallbackInbox.Receipt.Rejected(String reason, CallbackReply reply) -> {
        if (reply.contentType().startsWith(MediaType.TEXT_PLAIN_VALUE) && reply.status() == 401) {
          throw new ApiException(
              INVALID_SIGNATURE,
              "The callback's signature, time, merchant or request number is not as agreed.");
        }
        yield answer(reply); // in the provider's own form
      }
      case CallbackInbox.Receipt.NoSuchChannel() ->
          throw new ApiException(NOT_FOUND, "There is no channel of this name.");
    };
  }

  private static ResponseEntity<String> answer(CallbackReply reply) {
    return ResponseEntity.status(reply.status())
        .contentType(MediaType.parseMediaType(reply.contentType()))
        .body(reply.body());
  }

  private static Map<String, List<String>> headers(HttpServletRequest request) {
    Map<String, List<String>> headers = new HashMap<>();
    for (String name : Collections.list(request.getHeaderNames())) {
      headers.put(name.toLowerCase(Locale.ROOT), Collections.list(request.getHeaders(name)));
    }
    return headers;
  }
}
