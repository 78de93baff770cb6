package dev.sluice.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * One service per data directory: a lock of the operating system, so that it ends with its holder
 * however that one ends.
 */
final class DataDirectoryLock implements AutoCloseable {
  private final FileChannel channel;

  private DataDirectoryLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @throws EmbeddedException if another service holds it
   */
  static DataDirectoryLock take(Path data) {
    Path file = data.resolve("lock");
    try {
      PrivateFiles.createDirectories(data);
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (tryLock(channel) == null) {
        channel.close();
        throw new EmbeddedException(inUse(data, Files.readString(file)));
      }
      channel.truncate(0);
      String pid = Long.toString(ProcessHandle.current().pid());
      channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)));
      return new DataDirectoryLock(channel);
    } catch (IOException e) {
      throw new EmbeddedException("The data directory " + data + " can't be used: " + e, e);
    }
  }

  /** Gives the lock back. */
  @Override
  public void close() throws IOException {
    channel.close();
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private static String inUse(Path data, String pid) {
    return "The data directory %s is in use by another Sluice%s. Stop that one, or set SLUICE_EMBEDDED_DATA to another directory."
        .formatted(data, pid.matches("\\d{1,10}") ? " (process " + pid + ")" : "");
  }
}
