package dev.sluice.api;

import dev.sluice.api.BatchViews.ItemView;
import dev.sluice.api.Views.WithdrawalView;
import dev.sluice.queue.GroupCommit.Submitted;
import dev.sluice.withdrawal.AcceptResult;
import dev.sluice.withdrawal.Withdrawal;
import dev.sluice.withdrawal.WithdrawalRequest;
import dev.sluice.withdrawal.Withdrawals;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Works through batches in bounded memory: some orders are read, committed together, and answered
 * before the next are read. Each order stands alone; whoever breaks off sends the batch again under
 * the same keys, and what was accepted is answered as a replay.
 */
final class Batches {
  /** Two committers' lanes take about half each, which then fits into one commit each. */
  private static final int AT_ONCE = 1_800;

  private static final int LONGEST_LINE = 8_192;

  private final ApiSettings settings;
  private final WithdrawalReader reader;
  private final Withdrawals withdrawals;
  private final Semaphore places;

  Batches(ApiSettings settings, WithdrawalReader reader, Withdrawals withdrawals) {
    this.settings = settings;
    this.reader = reader;
    this.withdrawals = withdrawals;
    this.places = new Semaphore(settings.batchesAtOnce());
  }

  /**
   * Where a batch's answers go, in its order. What was written last is sent by whoever ends them,
   * without the place: a caller who has all answers finds one free.
   */
  interface Answers {
    void write(ItemView item);

    /** Lets the caller have what was written so far. */
    void send();
  }

  /**
   * Takes one of the few places for batches; the caller closes it.
   *
   * @throws ApiException OVERLOADED if none is free
   */
  Place place() {
    if (!places.tryAcquire()) {
      throw new ApiException(
          ProblemCode.OVERLOADED,
          "%d batches are being worked on already; nothing was done, send it again in a moment."
              .formatted(settings.batchesAtOnce()));
    }
    return places::release;
  }

  /** One of the few places. */
  interface Place extends AutoCloseable {
    @Override
    void close();
  }

  /** Works through a JSON body's array. */
  void json(byte[] body, Runnable wellFormed, Answers answers, String requestId) {
    Part part = new Part(answers, requestId);
    Bodies.elements(body, "orders", settings.maxBatch(), wellFormed, part::add);
    part.commit();
  }

  /**
   * Works through lines of JSON (NDJSON). A line that can't be read is answered as such, and the
   * lines after it are read; a line that is too long, or one too many, ends the batch.
   */
  void lines(InputStream in, Answers answers, String requestId) {
    Part part = new Part(answers, requestId);
    Lines lines = new Lines(in, LONGEST_LINE);
    try {
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        byte[] text = checked(line, part.next);
        part.add(() -> Bodies.parse(text));
      }
    } catch (ApiException e) {
      part.refuse(e);
    } catch (IOException e) {
      part.refuse(
          new ApiException(
              ProblemCode.REQUEST_TIMEOUT,
              "The body ended early or came too slowly; nothing from here on was read."));
    }
    part.commit();
  }

  private byte[] checked(byte[] line, int before) {
    if (line.length > LONGEST_LINE) {
      throw new ApiException(
          ProblemCode.PAYLOAD_TOO_LARGE,
          "A line may have %,d bytes at most; nothing from here on was read."
              .formatted(LONGEST_LINE));
    }
    if (before == settings.maxBatch()) {
      throw new ApiException(
          ProblemCode.PAYLOAD_TOO_LARGE,
          "A batch may have %,d orders at most; nothing from here on was read."
              .formatted(settings.maxBatch()));
    }
    return line;
  }

  /** Reads the fields of an order, if they can be read. */
  private interface Source {
    Fields read();
  }

  /** The orders that are committed together. */
  private final class Part {
    private final Answers answers;
    private final String requestId;
    private final List<@Nullable ItemView> items = new ArrayList<>(AT_ONCE);
    private final List<WithdrawalRequest> requests = new ArrayList<>(AT_ONCE);
    private int next;

    Part(Answers answers, String requestId) {
      this.answers = answers;
      this.requestId = requestId;
    }

    void add(Fields fields) {
      add(() -> fields);
    }

    void add(Source source) {
      try {
        requests.add(reader.readKeyed(source.read()));
        items.add(null);
        next++;
      } catch (ApiException e) {
        refuse(e);
      }
      if (items.size() == AT_ONCE) {
        commit();
        answers.send();
      }
    }

    void refuse(ApiException why) {
      items.add(refused(next, why));
      next++;
    }

    void commit() {
      List<Submitted<AcceptResult>> outcomes = withdrawals.acceptAll(requests);
      int index = next - items.size();
      int outcome = 0;
      for (ItemView item : items) {
        answers.write(item != null ? item : view(index, outcomes.get(outcome++)));
        index++;
      }
      items.clear();
      requests.clear();
    }

    private ItemView view(int index, Submitted<AcceptResult> submitted) {
      return switch (submitted) {
        case Submitted.Answered<AcceptResult>(AcceptResult result) -> view(index, result);
        case Submitted.NotTaken<AcceptResult> ignored ->
            refused(
                index,
                new ApiException(
                    ProblemCode.OVERLOADED, "Nothing was done; send it again in a moment."));
        case Submitted.Unknown<AcceptResult> ignored ->
            refused(
                index,
                new ApiException(
                    ProblemCode.OUTCOME_UNKNOWN,
                    "It may or may not have been done; send it again with the same key."));
      };
    }

    private ItemView view(int index, AcceptResult result) {
      return switch (result) {
        case AcceptResult.Accepted(Withdrawal order) ->
            new ItemView(index, 201, WithdrawalView.of(order), null);
        case AcceptResult.Replayed(Withdrawal order) ->
            new ItemView(index, 200, WithdrawalView.of(order), null);
        case AcceptResult.Refused refused ->
            refused(index, WithdrawalsController.refusal(refused, "bankAccount or beneficiaryId"));
      };
    }

    private ItemView refused(int index, ApiException why) {
      return new ItemView(
          index,
          why.code().status().value(),
          null,
          Problem.of(why.code(), why.detail(), why.fields(), requestId));
    }
  }
}
