package dev.sluice.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a service's heap holds, asked from outside. */
final class Heap {
  /** A line per generation: {@code ParOldGen total 349696K, used 54810K}. */
  private static final Pattern USED =
      Pattern.compile("(?m)^\\s*(?:PSYoungGen|ParOldGen)\\s+total \\d+K, used (\\d+)K");

  private final Server server;

  Heap(Server server) {
    this.server = server;
  }

  /** Bytes that are still in use after a full collection. */
  long liveBytes() {
    ask("GC.run");
    Matcher used = USED.matcher(ask("GC.heap_info"));
    long bytes = 0;
    while (used.find()) {
      bytes += Long.parseLong(used.group(1)) * 1024;
    }
    if (bytes == 0) {
      throw new IllegalStateException("no heap found");
    }
    return bytes;
  }

  private String ask(String what) {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    try {
      Process process =
          new ProcessBuilder(jcmd, "" + server.pid(), what).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor();
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
