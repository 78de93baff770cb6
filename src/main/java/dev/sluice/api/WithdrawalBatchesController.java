package dev.sluice.api;

import dev.sluice.api.BatchViews.BatchView;
import dev.sluice.api.BatchViews.ItemView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Many orders in one call, each with its own key and its own answer. */
@Tag(name = "Withdrawals")
@RestController
@RequestMapping(path = "/v1/withdrawal-batches")
class WithdrawalBatchesController {
  private final Batches batches;
  private final Bodies bodies;
  private final ObjectWriter json;
  private final Duration longest;

  WithdrawalBatchesController(Batches batches, ApiSettings settings, JsonMapper json) {
    this.batches = batches;
    this.json =
        json.writerFor(ItemView.class)
            // An answer for itself would be a call of the kernel and a wake-up of the client.
            .without(SerializationFeature.FLUSH_AFTER_WRITE_VALUE)
            .withRootValueSeparator("");
    this.longest = settings.batchTimeout();
    this.bodies = new Bodies(Math.toIntExact(settings.maxBatchBody().toBytes()), longest);
  }

  @Operation(
      summary = "Withdraw many",
      description =
          """
          Each order stands alone: it is accepted, replayed or refused as if it had been sent by \
          itself, in the order of the batch, and answered in that order. As \
          application/x-ndjson, one order a line is read and one answer a line is written while \
          the batch goes on; whoever breaks off sends it again with the same keys.\
          """,
      requestBody =
          @RequestBody(
              required = true,
              content = {
                @Content(
                    mediaType = MediaType.APPLICATION_JSON_VALUE,
                    schema = @Schema(implementation = Requests.NewBatch.class)),
                @Content(
                    mediaType = MediaType.APPLICATION_NDJSON_VALUE,
                    schema = @Schema(implementation = Requests.NewBatchedWithdrawal.class))
              }))
  @ApiResponse(
      responseCode = "200",
      description = "Each order's own answer",
      content = {
        @Content(
            mediaType = MediaType.APPLICATION_JSON_VALUE,
            schema = @Schema(implementation = BatchView.class)),
        @Content(
            mediaType = MediaType.APPLICATION_NDJSON_VALUE,
            schema = @Schema(implementation = ItemView.class))
      })
  @Contract(scopes = Scope.WITHDRAWALS_BATCH)
  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  void batch(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Bodies.requireUtf8(request);
    JsonAnswer answer = new JsonAnswer(response);
    try (Batches.Place place = batches.place()) {
      batches.json(bodies.bytes(request), answer::begin, answer, RequestId.of(request));
    }
    answer.end();
  }

  @Operation(hidden = true)
  @Contract(scopes = Scope.WITHDRAWALS_BATCH)
  @PostMapping(consumes = MediaType.APPLICATION_NDJSON_VALUE)
  void lines(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Bodies.requireUtf8(request);
    LineAnswers answers;
    try (Batches.Place place = batches.place()) {
      answers = new LineAnswers(response);
      batches.lines(
          new TimedInput(request.getInputStream(), longest), answers, RequestId.of(request));
    }
    answers.end();
  }

  private JsonGenerator generator(HttpServletResponse response) throws IOException {
    return json.createGenerator(response.getOutputStream());
  }

  /** A line for each answer. */
  private final class LineAnswers implements Batches.Answers {
    private final JsonGenerator out;

    LineAnswers(HttpServletResponse response) throws IOException {
      response.setContentType(MediaType.APPLICATION_NDJSON_VALUE);
      out = generator(response);
    }

    @Override
    public void write(ItemView item) {
      json.writeValue(out, item);
      out.writeRaw('\n');
    }

    @Override
    public void send() {
      out.flush();
    }

    void end() {
      out.close();
    }
  }

  /** One object with all answers, written while they come. */
  private final class JsonAnswer implements Batches.Answers {
    private final HttpServletResponse response;
    private @Nullable JsonGenerator begun;
    private int accepted;
    private int replayed;
    private int refused;

    JsonAnswer(HttpServletResponse response) {
      this.response = response;
    }

    void begin() {
      response.setContentType(MediaType.APPLICATION_JSON_VALUE);
      try {
        JsonGenerator out = generator(response);
        out.writeStartObject().writeName("results").writeStartArray();
        begun = out;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void write(ItemView item) {
      json.writeValue(out(), item);
      switch (item.status()) {
        case 201 -> accepted++;
        case 200 -> replayed++;
        default -> refused++;
      }
    }

    @Override
    public void send() {
      out().flush();
    }

    void end() {
      out()
          .writeEndArray()
          .writeNumberProperty("accepted", accepted)
          .writeNumberProperty("replayed", replayed)
          .writeNumberProperty("refused", refused)
          .writeEndObject()
          .close();
    }

    private JsonGenerator out() {
      return Objects.requireNonNull(begun, "begun when the body was found to be well formed");
    }
  }
}
