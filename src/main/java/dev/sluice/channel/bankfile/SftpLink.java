package dev.sluice.channel.bankfile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClient.Attributes;
import org.apache.sshd.sftp.client.SftpClient.CloseableHandle;
import org.apache.sshd.sftp.client.SftpClient.DirEntry;
import org.apache.sshd.sftp.client.SftpClient.OpenMode;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;
import org.jspecify.annotations.Nullable;

/** One connection to the file server, used by one call at a time. */
final class SftpLink {
  private static final int CHUNK_BYTES = 16 * 1024;
  private static final int MAX_ENTRIES = 20_000;

  private final ClientSession session;
  private final SftpClient sftp;
  private volatile long lastUsedNanos = System.nanoTime();

  SftpLink(ClientSession session, SftpClient sftp) {
    this.session = session;
    this.sftp = sftp;
  }

  /**
   * A file in a directory.
   *
   * @param modified to the second, by the server's clock
   */
  record Entry(String directory, String name, long bytes, Instant modified) {

    String path() {
      return directory + "/" + name;
    }
  }

  boolean isOpen() {
    return session.isOpen() && sftp.isOpen();
  }

  long idleNanos() {
    return System.nanoTime() - lastUsedNanos;
  }

  void used() {
    lastUsedNanos = System.nanoTime();
  }

  /** Hangs up at once, whatever is under way. */
  void hangUp() {
    var _ = session.close(true);
  }

  boolean exists(String path) throws IOException {
    return attributes(path) != null;
  }

  /** A file's length, or -1 if there is no such file. */
  long length(String path) throws IOException {
    Attributes attributes = attributes(path);
    return attributes == null ? -1 : attributes.getSize();
  }

  /** Writes a file, over one that may be there. */
  void write(String path, byte[] bytes) throws IOException {
    write(path, bytes, EnumSet.of(OpenMode.Write, OpenMode.Create, OpenMode.Truncate));
  }

  /** Writes a file that isn't there yet; false if it is, and then it stays as it is. */
  boolean writeNew(String path, byte[] bytes) throws IOException {
    try {
      write(path, bytes, EnumSet.of(OpenMode.Write, OpenMode.Create, OpenMode.Exclusive));
      return true;
    } catch (SftpException e) {
      if (exists(path)) {
        return false; // servers have several codes for that
      }
      throw e;
    }
  }

  /**
   * A whole file, or null if there is no such file.
   *
   * @throws FileTooLongException if it has more bytes than the bound
   */
  byte @Nullable [] read(String path, int maxBytes) throws IOException {
    try (CloseableHandle handle = sftp.open(path, EnumSet.of(OpenMode.Read))) {
      byte[] buffer = new byte[CHUNK_BYTES];
      int length = 0;
      while (true) {
        if (buffer.length - length < CHUNK_BYTES) {
          buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
        int read = sftp.read(handle, length, buffer, length, CHUNK_BYTES);
        if (read <= 0) {
          return Arrays.copyOf(buffer, length);
        }
        length += read;
        if (length > maxBytes) {
          throw new FileTooLongException();
        }
      }
    } catch (SftpException e) {
      if (isMissing(e)) {
        return null;
      }
      throw e;
    }
  }

  /**
   * The visible files in a directory, oldest first.
   *
   * @throws IOException also if there are more than 20,000: then somebody must tidy up
   */
  List<Entry> list(String directory) throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (CloseableHandle handle = sftp.openDir(directory)) {
      for (DirEntry entry : sftp.listDir(handle)) {
        Attributes attributes = entry.getAttributes();
        if (attributes.isRegularFile() && !entry.getFilename().startsWith(".")) {
          entries.add(
              new Entry(
                  directory,
                  entry.getFilename(),
                  attributes.getSize(),
                  attributes.getModifyTime().toInstant()));
        }
        if (entries.size() > MAX_ENTRIES) {
          throw new IOException("more files in the directory than we look through");
        }
      }
    } catch (UncheckedIOException e) {
      // An iterator can't throw the other kind, as when a file goes away while it is listed.
      throw e.getCause();
    }
    entries.sort(
        (a, b) -> {
          int byTime = a.modified().compareTo(b.modified());
          return byTime == 0 ? a.name().compareTo(b.name()) : byTime;
        });
    return entries;
  }

  /** Renames a file; false if there is no such file. Never over another that is there. */
  boolean rename(String from, String to) throws IOException {
    try {
      sftp.rename(from, to);
      return true;
    } catch (SftpException e) {
      if (isMissing(e)) {
        return false;
      }
      throw e;
    }
  }

  void remove(String path) throws IOException {
    try {
      sftp.remove(path);
    } catch (SftpException e) {
      if (!isMissing(e)) {
        throw e;
      }
    }
  }

  private void write(String path, byte[] bytes, Set<OpenMode> modes) throws IOException {
    try (CloseableHandle handle = sftp.open(path, modes)) {
      for (int at = 0; at < bytes.length; at += CHUNK_BYTES) {
        sftp.write(handle, at, bytes, at, Math.min(CHUNK_BYTES, bytes.length - at));
      }
    }
  }

  private @Nullable Attributes attributes(String path) throws IOException {
    try {
      return sftp.stat(path);
    } catch (SftpException e) {
      if (isMissing(e)) {
        return null;
      }
      throw e;
    }
  }

  private static boolean isMissing(SftpException e) {
    return e.getStatus() == SftpConstants.SSH_FX_NO_SUCH_FILE
        || e.getStatus() == SftpConstants.SSH_FX_NO_SUCH_PATH;
  }

  /** More than any file of the bank's has. */
  static final class FileTooLongException extends IOException {
    private static final long serialVersionUID = 1L;
  }
}
