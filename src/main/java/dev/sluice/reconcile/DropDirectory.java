package dev.sluice.reconcile;

import dev.sluice.reconcile.Reconciliation.Receipt;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Takes files from a directory, once they have lain there unchanged for a while: whoever brings
 * them may still be writing. What is kept is moved to {@code taken}, the rest to {@code rejected}.
 */
final class DropDirectory {
  private static final Duration SETTLED_AFTER = Duration.ofSeconds(10);
  private static final int MOST_AT_ONCE = 50;

  private final Receiving receiving;
  private final Rejections rejections;
  private final Clock clock;

  DropDirectory(Receiving receiving, Rejections rejections, Clock clock) {
    this.receiving = receiving;
    this.rejections = rejections;
    this.clock = clock;
  }

  /** Takes what is there; returns how many files. */
  int take(Source source) throws IOException {
    Path directory = source.drop();
    if (directory == null || !Files.isDirectory(directory)) {
      return 0;
    }
    int taken = 0;
    for (Path file : settled(directory)) {
      taken += take(source, directory, file) ? 1 : 0;
    }
    return taken;
  }

  private List<Path> settled(Path directory) throws IOException {
    Instant before = clock.instant().minus(SETTLED_AFTER);
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(directory, file -> isWhole(file, before))) {
      for (Path file : all) {
        found.add(file);
        if (found.size() == MOST_AT_ONCE) {
          break;
        }
      }
    }
    found.sort(null);
    return found;
  }

  /** No links: they lead elsewhere. */
  private static boolean isWhole(Path file, Instant before) throws IOException {
    String name = file.getFileName().toString();
    return !name.startsWith(".")
        && !name.endsWith(".part")
        && !name.endsWith(".tmp")
        && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && Files.getLastModifiedTime(file).toInstant().isBefore(before);
  }

  private boolean take(Source source, Path directory, Path file) throws IOException {
    String name = file.getFileName().toString();
    Receipt receipt;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      receipt =
          receiving.receive(
              source.name(),
              name,
              in,
              source.dayIn(name),
              StatementFile.Origin.DIRECTORY,
              "directory");
    } catch (NoSuchFileException e) {
      return false; // another instance has it
    }
    switch (receipt) {
      case Receipt.Stored ignored -> move(file, directory.resolve("taken"));
      case Receipt.Known ignored -> move(file, directory.resolve("taken"));
      case Receipt.Rejected(String reason, String detail) -> {
        rejections.open(source.name(), name, reason, detail);
        move(file, directory.resolve("rejected"));
      }
      case Receipt.NoSuchSource() -> throw new IllegalStateException("it is this source");
    }
    return true;
  }

  /** Never over another of the same name. */
  private static void move(Path file, Path into) throws IOException {
    Files.createDirectories(into);
    String name = file.getFileName().toString();
    Path target = into.resolve(name);
    if (Files.exists(target)) {
      target = into.resolve(name + "." + UUID.randomUUID());
    }
    try {
      Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(file, target);
    } catch (NoSuchFileException e) {
      // another instance has moved it
    }
  }
}
