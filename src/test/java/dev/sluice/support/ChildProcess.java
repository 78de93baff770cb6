package dev.sluice.support;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A process of ours with all that it started, which can be killed, stopped and let go on. Whatever
 * still runs when this JVM ends, in whatever way it can notice, is killed by its process id.
 */
public final class ChildProcess {
  /** Tests' classes, and what makes the OpenAPI document, which the product has as a file. */
  private static final Pattern OF_TESTS_ALONE = Pattern.compile("/test-classes/?$|/springdoc-");

  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final Duration LONGEST_END = Duration.ofSeconds(20);
  private static final Set<ChildProcess> ALIVE = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(ChildProcess::killAll, "children-stop"));
  }

  private final String name;
  private final Process process;

  private ChildProcess(String name, Process process) {
    this.name = name;
    this.process = process;
    ALIVE.add(this);
  }

  /** Starts a program; what it says is appended to the log. */
  public static ChildProcess start(
      String name, Path log, Map<String, String> environment, List<String> command) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().putAll(environment);
      return new ChildProcess(
          name, builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start());
    } catch (IOException e) {
      throw new UncheckedIOException(name + " can't be started", e);
    }
  }

  /** Starts a main class of the product in a JVM of its own, without the classes of tests. */
  public static ChildProcess java(
      String name,
      Path log,
      Map<String, String> environment,
      List<String> options,
      String mainClass,
      List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-cp");
    command.add(productClassPath());
    command.add(mainClass);
    command.addAll(arguments);
    return start(name, log, environment, command);
  }

  /** The product's classes and libraries, without those of tests. */
  public static String productClassPath() {
    return String.join(
        File.pathSeparator,
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !OF_TESTS_ALONE.matcher(entry).find())
            .toList());
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /**
   * SIGKILL to it and all it started, as when the plug is pulled, and waits until they are gone.
   */
  public void kill() {
    List<ProcessHandle> all = family();
    all.forEach(ProcessHandle::destroyForcibly);
    if (!await(LONGEST_END, () -> all.stream().noneMatch(ProcessHandle::isAlive))) {
      throw new IllegalStateException(name + " can't be killed: " + all);
    }
    ALIVE.remove(this);
  }

  /** SIGKILL to the youngest process that it started, such as one session of a database. */
  public boolean killOneChild() {
    return process
        .descendants()
        .max(Comparator.comparingLong(ProcessHandle::pid))
        .map(ProcessHandle::destroyForcibly)
        .orElse(false);
  }

  /** SIGSTOP to all of it: it stands still, and its connections stay open. */
  public void freeze() {
    signal("-STOP", family());
  }

  /** SIGCONT to all of it. */
  public void thaw() {
    signal("-CONT", family());
  }

  /** Asks it to end, and kills it if it doesn't in time. */
  public void stop(Duration patience) {
    process.destroy();
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        kill();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      kill();
    }
    ALIVE.remove(this);
  }

  /** It and all that it started. */
  public List<ProcessHandle> family() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
  }

  /** Kills whatever still runs. */
  public static void killAll() {
    for (ChildProcess child : ALIVE) {
      child.family().forEach(ProcessHandle::destroyForcibly);
    }
  }

  /** Waits for something to become true. */
  public static boolean await(Duration patience, BooleanSupplier condition) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    return true;
  }

  /** Runs a short command to its end; false if it failed. */
  public static boolean run(List<String> command) {
    try {
      Process run =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return run.waitFor(10, TimeUnit.SECONDS) && run.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void signal(String signal, Collection<ProcessHandle> processes) {
    List<String> command = new ArrayList<>(List.of("kill", signal));
    processes.stream().filter(ProcessHandle::isAlive).forEach(p -> command.add("" + p.pid()));
    if (command.size() > 2) {
      run(command);
    }
  }
}
