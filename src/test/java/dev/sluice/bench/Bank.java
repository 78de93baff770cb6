package dev.sluice.bench;

import dev.sluice.channel.simulator.SimulatorMain;
import dev.sluice.support.ChildProcess;
import dev.sluice.support.FreePorts;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The simulated bank as a process of its own, and the settings that reach it. */
final class Bank {
  private static final String MERCHANT = "bench";
  private static final String REQUEST_SECRET = "request-secret-of-the-bench";
  private static final String REPLY_SECRET = "reply-secret-of-the-bench-00";

  private final String name;
  private final Path directory;
  private final int port = FreePorts.next();

  Bank(String name, Path directory) {
    this.name = name;
    this.directory = directory;
  }

  /** Starts it; each payment is decided, and called back, so long after it was taken. */
  void start(String callbacksTo, int settleMillis) {
    ChildProcess process = launch(callbacksTo, settleMillis);
    if (!Health.await(process, "http://127.0.0.1:" + port + "/health")) {
      throw new IllegalStateException(name + " did not start");
    }
  }

  private ChildProcess launch(String callbacksTo, int settleMillis) {
    return ChildProcess.java(
        name,
        directory.resolve(name + ".log"),
        Map.of(
            "SLUICE_BANK_REQUEST_SECRET", REQUEST_SECRET,
            "SLUICE_BANK_REPLY_SECRET", REPLY_SECRET),
        List.of("-Xmx512m", "-XX:+UseParallelGC"),
        SimulatorMain.class.getName(),
        List.of(
            "--port",
            "" + port,
            "--journal",
            directory.resolve(name + ".jsonl").toString(),
            "--merchant",
            MERCHANT,
            "--settle-millis",
            "" + settleMillis,
            "--callback-url",
            callbacksTo + "/v1/callbacks/bank"));
  }

  /** What a service needs to be told. */
  List<String> settings() {
    return List.of(
        "--sluice.channels.bank.url=http://127.0.0.1:" + port,
        "--sluice.channels.bank.merchant-id=" + MERCHANT,
        "--sluice.channels.bank.request-secret=" + REQUEST_SECRET,
        "--sluice.channels.bank.reply-secret=" + REPLY_SECRET);
  }
}
