package dev.sluice.channel.bankfile;

import dev.sluice.channel.CallbackVerdict;
import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.ChannelLimits;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.Outcome.Unknown;
import dev.sluice.channel.Outcome.Why;
import dev.sluice.channel.PayoutInstruction;
import dev.sluice.channel.Polled;
import dev.sluice.channel.RawCallback;
import dev.sluice.money.Ids;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Pays through files on a bank's SFTP server: a pain.001 per payment out, pain.002 and camt.054 in.
 * What proves a status is the server's pinned host key; nobody else can leave files there.
 */
public final class BankFileChannel implements Channel, AutoCloseable {
  /** A first connection exchanges keys and logs in. */
  private static final Duration LONGEST_HEALTH_CHECK = Duration.ofSeconds(5);

  private static final Pattern FILE_NAME = Pattern.compile("[^/\\p{Cntrl}]{1,255}");

  /** How long a bank takes to write a file that it doesn't rename. */
  private static final Duration TIME_TO_WRITE = Duration.ofMinutes(1);

  /** How many files one poll hands over. */
  private static final int MAX_DELIVERIES = 100;

  private final BankFileSettings settings;
  private final Clock clock;
  private final Pain001 payments;
  private final Outbox outbox;
  private final StatusFiles files;
  private final SftpLinks links;

  /** A channel to one bank. It holds connections: close it. */
  public BankFileChannel(BankFileSettings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
    this.payments = new Pain001(settings);
    this.outbox = new Outbox(settings.directories());
    this.files = new StatusFiles(settings, clock);
    this.links = new SftpLinks(settings);
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public ChannelLimits limits() {
    return settings.limits();
  }

  /** A whole file with this one payment. */
  @Override
  public byte[] prepare(PayoutInstruction instruction) {
    var _ = Ids.fromRequestNumber(instruction.requestNumber());
    return payments.write(instruction);
  }

  /**
   * Hands the file over. One that isn't of the schema is refused here: it was never sent, and never
   * will be.
   */
  @Override
  public Outcome instruct(String requestNumber, byte[] request) {
    var _ = Ids.fromRequestNumber(requestNumber);
    String flaw = Pain001.flaw(request, requestNumber);
    if (flaw != null) {
      return new Outcome.Refused(flaw, "the payment doesn't fit the file's schema", false);
    }
    return outcome(links.call(link -> outbox.send(link, requestNumber, request)));
  }

  /** Looks through the bank's files, those that were acknowledged too, for this payment. */
  @Override
  public Outcome query(String requestNumber) {
    Instant since =
        Instant.ofEpochMilli(Ids.fromRequestNumber(requestNumber).getMostSignificantBits() >>> 16);
    return outcome(links.call(link -> query(link, requestNumber, since)));
  }

  /** There is nobody who calls back. */
  @Override
  public CallbackVerdict verify(RawCallback callback) {
    return new CallbackVerdict.Rejected("this channel has no callbacks: its files are polled");
  }

  /** A file that can't be read may still be being written: it is only delivered after a while. */
  @Override
  public Polled poll() {
    Instant settled = clock.instant().minus(TIME_TO_WRITE);
    String directory = settings.directories().status();
    return switch (links.call(link -> files.read(link, directory, null))) {
      case SftpLinks.Failed<StatusFiles.Reading>(Unknown why) -> new Polled(List.of(), why, false);
      case SftpLinks.Done<StatusFiles.Reading>(StatusFiles.Reading reading) -> {
        List<Polled.Delivery> deliveries =
            reading.files().stream()
                .filter(file -> file.told().flaw() == null || !file.firstSeen().isAfter(settled))
                .limit(MAX_DELIVERIES)
                .map(BankFileChannel::delivery)
                .toList();
        boolean more = !reading.isAll() || deliveries.size() == MAX_DELIVERIES;
        yield new Polled(deliveries, null, more);
      }
    };
  }

  /** Moves the file to those that are done; it stays there to be queried. */
  @Override
  public boolean acknowledge(String token) {
    if (!FILE_NAME.matcher(token).matches() || token.startsWith(".")) {
      throw new IllegalArgumentException("not a token of a delivery");
    }
    BankFileSettings.Directories directories = settings.directories();
    return switch (links.call(
        link -> {
          String done = directories.done() + "/" + token;
          String from = directories.status() + "/" + token;
          // A name that was used before: keep both.
          String to = link.exists(done) ? done + "." + Long.toHexString(System.nanoTime()) : done;
          return link.rename(from, to);
        })) {
      case SftpLinks.Done<Boolean> ignored -> true;
      case SftpLinks.Failed<Boolean> ignored -> false;
    };
  }

  @Override
  public boolean reachable() {
    Duration whole = settings.limits().callTimeout();
    Duration within = whole.compareTo(LONGEST_HEALTH_CHECK) < 0 ? whole : LONGEST_HEALTH_CHECK;
    return switch (links.call(link -> link.exists(settings.directories().upload()), within)) {
      case SftpLinks.Done<Boolean>(Boolean exists) -> exists;
      case SftpLinks.Failed<Boolean> ignored -> false;
    };
  }

  @Override
  public void close() {
    links.close();
  }

  private Outcome query(SftpLink link, String requestNumber, Instant since) throws IOException {
    // How far our file has got is looked up first: the bank's answer can't be older than that.
    Outbox.Progress progress = outbox.progress(link, requestNumber);
    List<Outcome> told = new ArrayList<>();
    boolean isAll = true;
    boolean isReadable = true;
    for (String directory :
        List.of(settings.directories().status(), settings.directories().done())) {
      StatusFiles.Reading reading = files.read(link, directory, since);
      isAll &= reading.isAll();
      for (StatusFiles.Read file : reading.files()) {
        isReadable &= file.told().flaw() == null;
        file.told().items().stream()
            .filter(item -> item.requestNumber().equals(requestNumber))
            .map(item -> outcome(item.event()))
            .forEach(told::add);
      }
    }
    if (!isAll) {
      return new Unknown(Why.CHANNEL_ERROR, "MORE_FILES_TO_READ");
    }
    Outcome decided = decide(told);
    if (decided != null) {
      return decided;
    }
    return switch (progress) {
      case SENT -> new Outcome.Accepted(null);
      case NOT_SENT -> new Unknown(Why.NOT_FOUND, "NOT_FOUND");
      case IN_DOUBT -> new Unknown(Why.CHANNEL_ERROR, "NOTE_ILLEGIBLE");
      case NO_TRACE ->
          new Unknown(Why.CHANNEL_ERROR, isReadable ? "NO_STATUS_YET" : "FILE_UNREADABLE");
    };
  }

  /** What all that was told comes to; null if nothing was. */
  static @Nullable Outcome decide(List<Outcome> told) {
    Outcome last = null;
    Outcome.Paid paid = null;
    Outcome.Refused refused = null;
    Unknown unknown = null;
    for (Outcome outcome : told) {
      switch (outcome) {
        case Outcome.Accepted accepted -> last = accepted;
        case Outcome.Paid p -> {
          if (paid != null
              && (differ(p.amount(), paid.amount())
                  || differ(p.beneficiary(), paid.beneficiary()))) {
            return new Unknown(Why.CHANNEL_ERROR, "CONTRADICTING_FILES");
          }
          // One that gives all details is compared with the order.
          paid = paid == null || (paid.amount() == null && p.amount() != null) ? p : paid;
        }
        case Outcome.Refused r -> refused = r;
        case Unknown u -> unknown = u;
      }
    }
    if (paid != null && refused != null) {
      return new Unknown(Why.CHANNEL_ERROR, "CONTRADICTING_FILES");
    }
    if (paid != null) {
      return paid;
    }
    if (unknown != null) {
      return unknown;
    }
    return refused != null ? refused : last;
  }

  private static boolean differ(@Nullable Object one, @Nullable Object other) {
    return one != null && other != null && !one.equals(other);
  }

  /** Money that came back had been paid. */
  private static Outcome outcome(ChannelEvent event) {
    return switch (event) {
      case ChannelEvent.Reported(Outcome outcome) -> outcome;
      case ChannelEvent.Returned(var ignored, String reference) ->
          new Outcome.Paid(null, null, reference);
    };
  }

  private static Outcome outcome(SftpLinks.Result<Outcome> result) {
    return switch (result) {
      case SftpLinks.Done<Outcome>(Outcome outcome) -> outcome;
      case SftpLinks.Failed<Outcome>(Unknown outcome) -> outcome;
    };
  }

  private static Polled.Delivery delivery(StatusFiles.Read file) {
    String name = file.file().name();
    return new Polled.Delivery(
        name,
        file.told().items().stream().map(item -> item.message(name)).toList(),
        file.told().flaw());
  }
}
