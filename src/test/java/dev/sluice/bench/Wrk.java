package dev.sluice.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Load by wrk: one thread, for it competes for the same cores. */
final class Wrk {
  static final int CONNECTIONS = 64;
  private static final Pattern RESULT =
      Pattern.compile(
          "RESULT requests=(\\d+) seconds=([\\d.]+) p50=([\\d.]+) p99=([\\d.]+) status=(\\d+)"
              + " errors=(\\d+)");
  private static final AtomicInteger RUNS = new AtomicInteger();

  private final Path users;

  /**
   * Load by these users.
   *
   * @param users the file of {@link Secrets#usersFile}
   */
  Wrk(Path users) {
    this.users = users;
  }

  /** Withdraws from the first so many users' wallets, each time under a new key. */
  Load withdraw(Server server, int fromUsers, int seconds) {
    return run("withdraw.lua", server, fromUsers, seconds, CONNECTIONS);
  }

  /**
   * Runs a script of {@code bin/support}; it is given the users' file, a prefix that no other run
   * has, and how many users to use.
   */
  Load run(String script, Server server, int fromUsers, int seconds, int connections) {
    String prefix = server.name() + "-" + RUNS.incrementAndGet();
    List<String> command =
        new ArrayList<>(List.of("wrk", "-t1", "-c" + connections, "-d" + seconds + "s"));
    command.addAll(List.of("--timeout", "20s", "-s", "bin/support/" + script));
    command.addAll(List.of(server.url(), "--", users.toString(), prefix, "" + fromUsers));
    String said = output(command);
    Matcher result = RESULT.matcher(said);
    if (!result.find()) {
      throw new IllegalStateException("wrk said: " + said);
    }
    return new Load(
        Long.parseLong(result.group(1)),
        Double.parseDouble(result.group(2)),
        Double.parseDouble(result.group(3)),
        Double.parseDouble(result.group(4)),
        Long.parseLong(result.group(5)) + Long.parseLong(result.group(6)));
  }

  private static String output(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor();
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException("bin/bench needs wrk: apt-get install wrk", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
