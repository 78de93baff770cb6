package dev.sluice.channel.bankfile;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reads the bank's files, each once: a file that keeps its name, length and time keeps its content,
 * so what it told is remembered, within bounds.
 */
final class StatusFiles {
  private static final int MAX_REMEMBERED_FILES = 5_000;
  private static final int MAX_REMEMBERED_ITEMS = 100_000;

  /** How many new files one call reads; with more, it says that it hasn't seen all. */
  static final int MAX_READ_AT_ONCE = 100;

  /** How far the server's clock may be behind ours. */
  private static final Duration CLOCK_SKEW = Duration.ofHours(1);

  private final BankMessages messages;
  private final int maxFileBytes;
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final LinkedHashMap<Identity, Seen> remembered = new LinkedHashMap<>(64, 0.75f, true);
  private int rememberedItems;

  StatusFiles(BankFileSettings settings, Clock clock) {
    this.clock = clock;
    this.messages = new BankMessages(settings.debtor());
    this.maxFileBytes = settings.maxFileBytes();
  }

  /** What makes two sightings one file; the directory doesn't: files move when they are done. */
  private record Identity(String name, long bytes, Instant modified) {}

  private record Seen(Told told, Instant first) {}

  /**
   * A file and what it tells.
   *
   * @param firstSeen since when it has been as it is, as far as this instance knows
   */
  record Read(SftpLink.Entry file, Told told, Instant firstSeen) {}

  /**
   * Files that were read.
   *
   * @param isAll false if there were more than one call reads
   */
  record Reading(List<Read> files, boolean isAll) {}

  /** Reads the files of a directory that may tell of something at or after a time. */
  Reading read(SftpLink link, String directory, @Nullable Instant since) throws IOException {
    List<Read> read = new ArrayList<>();
    int fetched = 0;
    for (SftpLink.Entry file : link.list(directory)) {
      if (since != null && file.modified().isBefore(since.minus(CLOCK_SKEW))) {
        continue;
      }
      Identity identity = new Identity(file.name(), file.bytes(), file.modified());
      Seen seen = recall(identity);
      if (seen == null) {
        if (fetched == MAX_READ_AT_ONCE) {
          return new Reading(read, false);
        }
        fetched++;
        Told told = fetch(link, file);
        if (told == null) {
          continue; // moved away meanwhile, by another instance of ours
        }
        seen = new Seen(told, clock.instant());
        remember(identity, seen);
      }
      read.add(new Read(file, seen.told(), seen.first()));
    }
    return new Reading(read, true);
  }

  private @Nullable Told fetch(SftpLink link, SftpLink.Entry file) throws IOException {
    if (file.bytes() > maxFileBytes) {
      return Told.unreadable("longer than %d bytes".formatted(maxFileBytes));
    }
    byte[] bytes = link.read(file.path(), maxFileBytes);
    return bytes == null ? null : messages.read(bytes);
  }

  private @Nullable Seen recall(Identity identity) {
    lock.lock();
    try {
      return remembered.get(identity);
    } finally {
      lock.unlock();
    }
  }

  private void remember(Identity identity, Seen seen) {
    lock.lock();
    try {
      if (remembered.put(identity, seen) == null) {
        rememberedItems += seen.told().items().size();
      }
      var oldest = remembered.entrySet().iterator();
      while (oldest.hasNext()
          && (remembered.size() > MAX_REMEMBERED_FILES || rememberedItems > MAX_REMEMBERED_ITEMS)) {
        Map.Entry<Identity, Seen> gone = oldest.next();
        rememberedItems -= gone.getValue().told().items().size();
        oldest.remove();
      }
    } finally {
      lock.unlock();
    }
  }
}
