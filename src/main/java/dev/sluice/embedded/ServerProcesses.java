package dev.sluice.embedded;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes of a PostgreSQL on our directory. One may run although nobody holds the directory's
 * lock: its service was killed. It may run with other settings, so it is stopped, never used.
 */
final class ServerProcesses {
  private static final Logger log = LoggerFactory.getLogger(ServerProcesses.class);
  private static final Path PROC = Path.of("/proc");
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Path cluster;

  /** What runs on this directory. The caller holds the data directory's lock. */
  ServerProcesses(Path cluster) {
    this.cluster = cluster;
  }

  /**
   * Stops it, as PostgreSQL's "fast" shutdown does: transactions under way are rolled back, what
   * was committed is written down.
   *
   * @throws EmbeddedException if it doesn't end in time
   */
  void stopLeftBehind(Duration timeout) {
    Path pidFile = cluster.resolve("postmaster.pid");
    Optional<ProcessHandle> postmaster = postmaster();
    if (postmaster.isPresent()) {
      long pid = postmaster.get().pid();
      log.warn("A PostgreSQL (process {}) was left behind on {}; stopping it", pid, cluster);
      interrupt(pid);
    }
    if (!awaitEnd(postmaster, timeout)) {
      throw new EmbeddedException(
          "A PostgreSQL left behind by an earlier start still runs on %s and did not stop within %d s: processes %s. Stop it with \"kill -INT\" of the first of them, then start again."
              .formatted(cluster, timeout.toSeconds(), left(postmaster)));
    }
    removeReusedPid(pidFile);
  }

  /**
   * Waits until none of them is left.
   *
   * @param postmaster the server's first process, if it is known
   * @return false if some still run after that time
   */
  boolean awaitEnd(Optional<ProcessHandle> postmaster, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!left(postmaster).isEmpty()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    return true;
  }

  /** The server's first process, if it runs. */
  Optional<ProcessHandle> postmaster() {
    return recordedPid(cluster.resolve("postmaster.pid")).filter(this::isOurs);
  }

  /** The first line of {@code postmaster.pid}, if such a process runs. */
  private static Optional<ProcessHandle> recordedPid(Path pidFile) {
    if (!Files.exists(pidFile)) {
      return Optional.empty();
    }
    try (var lines = Files.lines(pidFile)) {
      return lines.findFirst().map(String::strip).map(Long::valueOf).flatMap(ProcessHandle::of);
    } catch (IOException | NumberFormatException e) {
      log.warn("{} can't be read: {}", pidFile, e.toString());
      return Optional.empty();
    }
  }

  /**
   * Whether this process is a PostgreSQL of our directory, and not one that merely got an old
   * number.
   */
  private boolean isOurs(ProcessHandle process) {
    if (Files.isDirectory(PROC)) {
      return isPostgresIn(PROC.resolve(Long.toString(process.pid())));
    }
    ProcessHandle.Info info = process.info();
    return info.command().orElse("").endsWith("postgres")
        && List.of(info.arguments().orElse(new String[0])).contains(cluster.toString());
  }

  /** PostgreSQL's processes all work in their data directory. */
  private boolean isPostgresIn(Path process) {
    try {
      return Files.readString(process.resolve("comm")).startsWith("postgres")
          && Files.isSameFile(process.resolve("cwd"), cluster);
    } catch (IOException e) {
      return false; // it ended, perhaps unnoticed by its parent, or belongs to somebody else
    }
  }

  /** The server's processes; backends outlive a killed postmaster for a moment. */
  private List<Long> left(Optional<ProcessHandle> postmaster) {
    List<Long> pids = new ArrayList<>();
    postmaster.filter(this::isOurs).map(ProcessHandle::pid).ifPresent(pids::add);
    if (Files.isDirectory(PROC)) {
      try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
        for (Path process : processes) {
          Long pid = Long.valueOf(process.getFileName().toString());
          if (!pids.contains(pid) && isPostgresIn(process)) {
            pids.add(pid);
          }
        }
      } catch (IOException e) {
        log.warn("{} can't be listed: {}", PROC, e.toString());
      }
    }
    return pids;
  }

  /**
   * PostgreSQL itself removes a stale file, unless its process number belongs to another program by
   * now, as is common in containers: then it would refuse to start for ever.
   */
  private void removeReusedPid(Path pidFile) {
    if (recordedPid(pidFile).isEmpty()) {
      return;
    }
    try {
      log.warn("{} names a process that is no PostgreSQL of ours; removing the file", pidFile);
      Files.delete(pidFile);
    } catch (IOException e) {
      throw new EmbeddedException("The stale file " + pidFile + " can't be removed: " + e);
    }
  }

  /** Sends SIGINT, which asks PostgreSQL for a fast shutdown; Java itself can't send it. */
  private void interrupt(long pid) {
    try {
      Process kill = new ProcessBuilder("sh", "-c", "kill -INT " + pid).inheritIO().start();
      if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
        log.warn("Process {} could not be told to stop", pid);
      }
    } catch (IOException e) {
      throw new EmbeddedException(
          "A PostgreSQL (process %d) left behind on %s can't be stopped from here. End it, then start again."
              .formatted(pid, cluster),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EmbeddedException("interrupted while stopping a PostgreSQL left behind", e);
    }
  }
}
