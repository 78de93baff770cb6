package dev.sluice.channel.bankfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** The bank as a process of its own, reached with the settings that its help tells. */
class BankFileProcessTest {

  @Test
  void theKeysInTheBanksFolderAreAllThatTheSettingsNeed(@TempDir Path folder) throws Exception {
    int port = freePort();
    Path keys = folder.resolve("bankfile");
    ProcessBuilder start =
        new ProcessBuilder(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.sluice.channel.simulator.SimulatorMain",
                "--port",
                "0",
                "--journal",
                folder.resolve("journal.jsonl").toString(),
                "--bankfile",
                keys.toString(),
                "--bankfile-port",
                Integer.toString(port)));
    start.environment().put("SLUICE_BANK_REQUEST_SECRET", "0123456789abcdef");
    start.environment().put("SLUICE_BANK_REPLY_SECRET", "0123456789abcdef");
    Path log = folder.resolve("log");
    Process process = start.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      Eventually.until("listening", () -> !process.isAlive() || contains(log, "simulated bank on"));
      assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
      new ApplicationContextRunner()
          .withUserConfiguration(BankFileConfiguration.class)
          .withBean(Clock.class, Clock::systemUTC)
          .withPropertyValues(
              "sluice.channels.bankfile.host=127.0.0.1",
              "sluice.channels.bankfile.port=" + port,
              "sluice.channels.bankfile.user=sluice",
              "sluice.channels.bankfile.host-key=" + Files.readString(keys.resolve("host-key.txt")),
              "sluice.channels.bankfile.key-file=" + keys.resolve("user-private.pem"),
              "sluice.channels.bankfile.debtor-name=Sluice GmbH",
              "sluice.channels.bankfile.debtor-account=DE89370400440532013000",
              "sluice.channels.bankfile.debtor-bic=COBADEFFXXX")
          .run(
              context -> {
                assertThat(context).hasNotFailed();
                BankFileChannel channel = context.getBean(BankFileChannel.class);
                Eventually.until("reachable", channel::reachable);
              });
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static boolean contains(Path log, String text) {
    try {
      return Files.readString(log).contains(text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
