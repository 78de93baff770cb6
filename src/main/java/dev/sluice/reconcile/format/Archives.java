package dev.sluice.reconcile.format;

import dev.sluice.reconcile.format.StatementRefused.Reason;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/** Unpacks archives as streams, within bounds; nothing is ever written under a member's name. */
final class Archives {
  private static final int GZIP_FIRST = 0x1F;
  private static final int GZIP_SECOND = 0x8B;
  private static final int LONGEST_NAME = 200;

  private Archives() {}

  /** Takes each member in the order of the archive. */
  @FunctionalInterface
  interface Members {
    /** Reads what it needs of a member; it isn't closed by the taker. */
    void take(String name, InputStream content) throws IOException;
  }

  /**
   * Reads a ZIP archive to its very end: one that lacks its directory was cut off.
   *
   * @param names the encoding of the members' names where the archive doesn't say
   */
  static void zip(InputStream file, Charset names, Limits limits, Members members)
      throws IOException {
    LimitedInput packed = LimitedInput.plain(file, limits);
    Tail tail = new Tail(packed);
    BufferedInputStream head = new BufferedInputStream(tail);
    head.mark(2);
    if (head.read() != 'P' || head.read() != 'K') {
      throw new StatementRefused(Reason.UNREADABLE, "is not a ZIP archive");
    }
    head.reset();
    // It isn't closed here: whoever opened the file does.
    @SuppressWarnings("resource")
    ZipInputStream zip = new ZipInputStream(head, names);
    Set<String> seen = new HashSet<>();
    try {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        String name = entry.getName();
        if (seen.size() >= limits.maxMembers()) {
          throw new StatementRefused(
              Reason.BAD_MEMBERS, "has more than %d members".formatted(limits.maxMembers()));
        }
        if (isForeign(name) || entry.isDirectory() || !seen.add(name)) {
          throw new StatementRefused(
              Reason.BAD_MEMBERS, "has a member that leads elsewhere, or twice the same");
        }
        InputStream content = LimitedInput.unpacked(zip, limits, packed);
        members.take(name, content);
        content.transferTo(java.io.OutputStream.nullOutputStream());
      }
    } catch (IllegalArgumentException e) {
      throw new StatementRefused(Reason.UNREADABLE, "has names in another encoding");
    }
    head.transferTo(java.io.OutputStream.nullOutputStream());
    Set<String> listed = tail.listedMembers(names);
    if (listed == null) {
      throw new StatementRefused(Reason.TRUNCATED, "ends before the archive's directory");
    }
    // The checksums cover what the members hold, and not what they are called.
    if (!listed.equals(seen)) {
      throw new StatementRefused(Reason.BAD_MEMBERS, "has other members than its directory lists");
    }
  }

  /** Unpacked if it is packed by gzip, within bounds either way. */
  static InputStream gunzipped(InputStream file, Limits limits) throws IOException {
    LimitedInput packed = LimitedInput.plain(file, limits);
    BufferedInputStream head = new BufferedInputStream(packed);
    head.mark(2);
    boolean gzip = head.read() == GZIP_FIRST && head.read() == GZIP_SECOND;
    head.reset();
    return gzip ? LimitedInput.unpacked(new GZIPInputStream(head), limits, packed) : head;
  }

  private static boolean isForeign(String name) {
    return name.isEmpty()
        || name.length() > LONGEST_NAME
        || name.contains("/")
        || name.contains("\\")
        || name.contains("..")
        || name.indexOf(0) >= 0
        || name.indexOf(':') >= 0;
  }

  /**
   * Keeps the last bytes that came through: where a ZIP archive has its directory (PKWARE's
   * APPNOTE, 4.3.12 and 4.3.16).
   */
  private static final class Tail extends FilterInputStream {
    private static final int KEPT = 1 << 15;
    private static final int END_BYTES = 22;
    private static final int ENTRY_BYTES = 46;
    private static final int NAMED_IN_UTF_8 = 1 << 11;

    private final byte[] ring = new byte[KEPT];
    private long count;

    Tail(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int next = super.read();
      if (next >= 0) {
        ring[(int) (count++ % KEPT)] = (byte) next;
      }
      return next;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int read = super.read(into, offset, length);
      for (int i = Math.max(0, read - KEPT); i < read; i++) {
        ring[(int) ((count + i) % KEPT)] = into[offset + i];
      }
      count += Math.max(read, 0);
      return read;
    }

    @Override
    public boolean markSupported() {
      return false;
    }

    /** The members that the archive's directory names; null without a whole directory. */
    @Nullable Set<String> listedMembers(Charset names) {
      long first = Math.max(0, count - KEPT);
      for (long i = count - END_BYTES; i >= first; i--) {
        if (isSignature(i, 5, 6) && i + END_BYTES + two(i + 20) == count) {
          long start = i - (two(i + 12) | (long) two(i + 14) << 16);
          return start < first ? null : entries(start, i, two(i + 10), names);
        }
      }
      return null;
    }

    private @Nullable Set<String> entries(long start, long end, int many, Charset names) {
      Set<String> found = new HashSet<>();
      long at = start;
      for (int n = 0; n < many; n++) {
        if (at + ENTRY_BYTES > end || !isSignature(at, 1, 2)) {
          return null;
        }
        byte[] name = new byte[two(at + 28)];
        for (int i = 0; i < name.length; i++) {
          name[i] = (byte) at(at + ENTRY_BYTES + i);
        }
        boolean utf8 = (two(at + 8) & NAMED_IN_UTF_8) != 0;
        found.add(new String(name, utf8 ? StandardCharsets.UTF_8 : names));
        at += ENTRY_BYTES + name.length + two(at + 30) + two(at + 32);
      }
      return at == end && found.size() == many ? found : null;
    }

    private boolean isSignature(long index, int third, int fourth) {
      return at(index) == 'P'
          && at(index + 1) == 'K'
          && at(index + 2) == third
          && at(index + 3) == fourth;
    }

    private int two(long index) {
      return at(index) | at(index + 1) << 8;
    }

    private int at(long index) {
      return ring[(int) (index % KEPT)] & 0xFF;
    }
  }
}
