package dev.sluice.channel.simulator;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * An append-only file of JSON lines. {@link #append} returns when the line is on the disk; lines
 * that come while the disk is busy share the next write and force (group commit).
 *
 * <p>A write that fails leaves the end of the file uncertain, so nothing is appended after it: the
 * journal has to be opened again, which cuts off a torn last line.
 */
final class Journal implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Journal.class);
  private static final int MAX_LINE_BYTES = 1 << 20;
  private static final int MAX_WAITING_BYTES = 4 << 20;

  private final FileChannel file;
  private final Thread writer;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Condition work = lock.newCondition();
  private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
  private long appended;
  private long durable;
  private boolean closed;
  private @Nullable IOException failure;

  private Journal(FileChannel file) {
    this.file = file;
    // A thread of its own: an interrupt of a caller in the middle of a write would close the file.
    this.writer = Thread.ofPlatform().name("bank-journal").daemon().unstarted(this::write);
  }

  /**
   * Opens a journal and replays it.
   *
   * @param replay gets each entry in order
   * @throws IllegalStateException if another process has it open, or if a line before the last
   *     can't be read
   * @throws UncheckedIOException if the file can't be read or written
   */
  static Journal open(Path path, Consumer<JournalEntry> replay) {
    try {
      Path folder =
          Objects.requireNonNull(path.toAbsolutePath().getParent(), "the journal is a file");
      Files.createDirectories(folder);
      FileChannel file =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      try {
        own(file, path);
        long end = replay(path, replay);
        if (end < file.size()) {
          log.warn(
              "{} ends in a torn line: {} bytes that nobody was told of are cut off",
              path,
              file.size() - end);
          file.truncate(end);
        }
        file.force(true);
        force(folder);
        file.position(end);
        Journal journal = new Journal(file);
        journal.writer.start();
        return journal;
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the journal " + path + " can't be opened", e);
    }
  }

  /**
   * Writes an entry and waits until it is on the disk.
   *
   * @throws IllegalStateException if the journal is closed
   * @throws UncheckedIOException if it could not be written; whether it was is then unknown
   */
  void append(JournalEntry entry) {
    byte[] line = Json.bytes(entry);
    if (line.length >= MAX_LINE_BYTES) {
      throw new IllegalArgumentException("a journal line of " + line.length + " bytes is too long");
    }
    lock.lock();
    try {
      while (!closed && failure == null && waiting.size() > MAX_WAITING_BYTES) {
        changed.awaitUninterruptibly();
      }
      if (closed) {
        throw new IllegalStateException("the journal is closed");
      }
      requireSound();
      waiting.writeBytes(line);
      waiting.write('\n');
      long mine = ++appended;
      work.signal();
      while (durable < mine) {
        requireSound();
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Writes what is waiting, and ends. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      work.signal();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      writer.join();
      file.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write() {
    lock.lock();
    try {
      while (failure == null) {
        while (waiting.size() == 0 && !closed) {
          work.awaitUninterruptibly();
        }
        if (waiting.size() == 0) {
          return;
        }
        byte[] lines = waiting.toByteArray();
        long upTo = appended;
        waiting.reset();
        IOException failed = writeUnlocked(lines);
        if (failed == null) {
          durable = upTo;
        } else {
          failure = failed;
          log.error("the bank's journal can't be written; the bank takes nothing more", failed);
        }
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private @Nullable IOException writeUnlocked(byte[] lines) {
    lock.unlock();
    try {
      ByteBuffer buffer = ByteBuffer.wrap(lines);
      while (buffer.hasRemaining()) {
        file.write(buffer);
      }
      file.force(false);
      return null;
    } catch (IOException e) {
      return e;
    } finally {
      lock.lock();
    }
  }

  private void requireSound() {
    if (failure != null) {
      throw new UncheckedIOException("the journal can't be written", failure);
    }
  }

  private static void own(FileChannel file, Path path) throws IOException {
    boolean owned;
    try {
      owned = file.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      owned = false;
    }
    if (!owned) {
      throw new IllegalStateException("another simulated bank has " + path + " open");
    }
  }

  /** Replays whole lines and tells where the last of them ends. */
  private static long replay(Path path, Consumer<JournalEntry> replay) throws IOException {
    long end = 0;
    long number = 0;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 16)) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int next = in.read(); next >= 0; next = in.read()) {
        if (next != '\n') {
          line.write(next);
          if (line.size() > MAX_LINE_BYTES) {
            throw unreadable(path, number + 1);
          }
          continue;
        }
        number++;
        JournalEntry entry;
        try {
          entry = Json.MAPPER.readValue(line.toByteArray(), JournalEntry.class);
        } catch (JacksonException e) {
          if (in.read() >= 0) {
            throw unreadable(path, number);
          }
          return end;
        }
        replay.accept(entry);
        end += line.size() + 1L;
        line.reset();
      }
    }
    return end;
  }

  private static IllegalStateException unreadable(Path path, long number) {
    return new IllegalStateException(
        "line %d of %s can't be read, and it isn't the last: the record is damaged"
            .formatted(number, path));
  }

  /** So that the file's name is on the disk as well. */
  private static void force(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
