package dev.sluice.channel.simulator;

import com.sun.net.httpserver.HttpExchange;
import dev.sluice.channel.simulator.Answer.Manner;
import dev.sluice.channel.simulator.Report.Said;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Payments by file: a pain.001 that appears in {@code in} under its final name is taken, and taken
 * away; statuses (pain.002) and advices (camt.054) are left in {@code out}. Nothing is signed, so
 * the faults of replies show in the first status: HTML is a page instead of it, unsigned is one cut
 * short, forged is one about another message.
 */
final class BankFileProtocol implements Protocol {
  static final String NAME = "bankfile";
  private static final Pattern REQUEST_NUMBER = Pattern.compile("[A-Za-z0-9_-]{1,35}");
  private static final Pattern ACCOUNT = Pattern.compile("[A-Za-z0-9]{4,34}");
  private static final long MAX_FILE_BYTES = 1024 * 1024;

  private final BankFileSimulation simulation;
  private final String merchantId;
  private final Clock clock;
  private final PaymentDesk desk;
  private final AtomicLong sequence = new AtomicLong();

  BankFileProtocol(
      BankFileSimulation simulation, String merchantId, Clock clock, PaymentDesk desk) {
    this.simulation = simulation;
    this.merchantId = merchantId;
    this.clock = clock;
    this.desk = desk;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String path() {
    return "/bankfile";
  }

  /** There is nothing to call. */
  @Override
  public void handle(HttpExchange exchange) throws IOException {
    Http.problem(exchange, 404, "NO_SUCH_CALL", "this protocol speaks by files");
  }

  @Override
  public @Nullable Callback callback(Report report) {
    return null;
  }

  @Override
  public boolean isReceipt(int status, byte[] body) {
    return false;
  }

  /** What is about another customer's payment names that one's message and account. */
  @Override
  public boolean deliver(Report report) throws IOException {
    boolean isOurs = report.merchantId().equals(merchantId);
    String account = isOurs ? simulation.account() : report.merchantId();
    if (report.status().equals(Said.RETURNED.name())) {
      leave("camt054", BankFileXml.advice(report, account, true, clock.instant()));
      return true;
    }
    String message = isOurs ? report.requestNo() : report.merchantId();
    leave("pain002", BankFileXml.status(report, message, clock.instant()));
    if (simulation.advises() && report.status().equals(Said.PAID.name())) {
      leave("camt054", BankFileXml.advice(report, account, false, clock.instant()));
    }
    return true;
  }

  BankFileSimulation simulation() {
    return simulation;
  }

  /** Where payments come in. */
  Path incoming() {
    return simulation.folder().resolve("in");
  }

  /** Makes the directories, and takes what was left there when the bank stopped. */
  void resume() throws IOException {
    for (String directory : List.of("in", "out", "done", "sent")) {
      Files.createDirectories(simulation.folder().resolve(directory));
    }
    try (Stream<Path> files = Files.list(incoming())) {
      for (Path file : files.filter(BankFileProtocol::isPayment).sorted().toList()) {
        var _ = take(file);
      }
    }
  }

  static boolean isPayment(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(".xml") && !name.startsWith(".");
  }

  /** Takes a file that has got its final name, and leaves its first status. */
  Answer take(Path file) throws IOException {
    byte[] bytes = Files.size(file) > MAX_FILE_BYTES ? new byte[0] : Files.readAllBytes(file);
    BankFileXml.Order order = BankFileXml.read(bytes);
    if (order == null || !REQUEST_NUMBER.matcher(order.endToEndId()).matches()) {
      Files.delete(file);
      leave("pain002", "<Document/>");
      return new Answer.Fails();
    }
    PaymentKey key = new PaymentKey(NAME, order.endToEndId());
    Answer answer = instruct(key, order, bytes);
    if (answer instanceof Answer.Says || desk.knows(key)) {
      Files.delete(file);
    }
    if (answer instanceof Answer.Says(Report report, Manner manner)) {
      leaveFirst(report, manner);
    }
    return answer;
  }

  private Answer instruct(PaymentKey key, BankFileXml.Order order, byte[] bytes) {
    if (!order.debtor().equals(simulation.account())) {
      return desk.refuseUnread(key, "UNKNOWN_MERCHANT", "No such account");
    }
    return ACCOUNT.matcher(order.creditor()).matches()
        ? desk.instruct(
            new Instruction(
                key,
                Hash.of(new String(bytes, StandardCharsets.UTF_8)),
                order.amount(),
                order.creditor()))
        : desk.refuseUnread(key, "INVALID_REQUEST", "The creditor's account is malformed");
  }

  private void leaveFirst(Report report, Manner manner) throws IOException {
    boolean isKnown =
        Stream.of(Said.ACCEPTED, Said.PROCESSING, Said.REFUSED)
            .anyMatch(said -> said.name().equals(report.status()));
    if (!isKnown) {
      return; // what was paid was told when it was paid
    }
    String status = BankFileXml.status(report, report.requestNo(), clock.instant());
    switch (manner) {
      case AS_IT_SHOULD -> leave("pain002", status);
      case HTML -> leave("pain002", "<html><body><h1>502 Bad Gateway</h1></body></html>");
      case UNSIGNED -> leave("pain002", status.substring(0, status.length() / 2));
      case FORGED ->
          leave(
              "pain002",
              BankFileXml.status(report, "0".repeat(32), clock.instant())
                  .replace("<TxSts>ACCP", "<TxSts>ACSC"));
    }
  }

  /** Under a temporary name first: nobody reads half a file. */
  private void leave(String kind, String content) throws IOException {
    String name = "%s-%d-%06d.xml".formatted(kind, clock.millis(), sequence.incrementAndGet());
    Path out = simulation.folder().resolve("out");
    Path temporary = out.resolve("." + name);
    Files.write(temporary, content.getBytes(StandardCharsets.UTF_8));
    Files.move(temporary, out.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }
}
