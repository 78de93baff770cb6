package dev.sluice.reconcile;

import dev.sluice.reconcile.format.StatementRefused;
import dev.sluice.vault.Vault;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * Keeps statement files as they came, encrypted in pieces, so that none is held in memory. Each
 * piece is bound to its file and place: one that is changed, moved or cut off doesn't open.
 */
final class EvidenceFiles {
  /**
   * Small, for the virtual machine encrypts with the processor's own instructions only in what it
   * was asked for some thousand times. In pieces of a megabyte that was never, and 70 % of the
   * service's own time with a day's million lines.
   */
  private static final int PIECE_BYTES = 1 << 14;

  /** What was kept before has pieces of this size. */
  private static final int LONGEST_PIECE_BYTES = 1 << 20;

  private final Path directory;
  private final Vault vault;
  private final long maxBytes;

  EvidenceFiles(Path directory, Vault vault, long maxBytes) {
    this.directory = directory;
    this.vault = vault;
    this.maxBytes = maxBytes;
  }

  /** What a kept file is known by. */
  record Kept(UUID id, byte[] sha256, long bytes) {}

  /** Keeps what comes, durably; it is whole on disk when this returns. */
  Kept keep(UUID id, InputStream content) throws IOException {
    Files.createDirectories(directory);
    Path part = directory.resolve(id + ".part");
    MessageDigest sha256 = sha256();
    long bytes = 0;
    try (FileOutputStream file = new FileOutputStream(part.toFile());
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(file, 1 << 16))) {
      byte[] piece = content.readNBytes(PIECE_BYTES);
      for (int i = 0; ; i++) {
        byte[] next = piece.length < PIECE_BYTES ? new byte[0] : content.readNBytes(PIECE_BYTES);
        bytes += piece.length;
        if (bytes > maxBytes) {
          throw new StatementRefused(
              StatementRefused.Reason.TOO_LARGE, "more than %d bytes".formatted(maxBytes));
        }
        sha256.update(piece);
        byte[] sealed = vault.seal(piece, context(id, i, next.length == 0));
        out.writeInt(sealed.length);
        out.writeByte(next.length == 0 ? 1 : 0);
        out.write(sealed);
        if (next.length == 0) {
          break;
        }
        piece = next;
      }
      out.flush();
      file.getFD().sync();
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(part);
      throw e;
    }
    Files.move(part, path(id), StandardCopyOption.ATOMIC_MOVE);
    return new Kept(id, sha256.digest(), bytes);
  }

  /** Forgets a file that turned out to be kept already. */
  void drop(UUID id) throws IOException {
    Files.deleteIfExists(path(id));
  }

  /** The content as it came. The caller closes it. */
  InputStream open(UUID id) throws IOException {
    return new Pieces(id, Files.newInputStream(path(id)));
  }

  private Path path(UUID id) {
    return directory.resolve(id + ".sealed");
  }

  private static String context(UUID id, int piece, boolean last) {
    return "statement-file:%s:%d:%s".formatted(id, piece, last ? "last" : "more");
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is not available", e);
    }
  }

  /** Opens one piece after another. */
  private final class Pieces extends InputStream {
    private final UUID id;
    private final DataInputStream in;
    private byte[] piece = new byte[0];
    private int at;
    private int number;
    private boolean last;

    Pieces(UUID id, InputStream file) {
      this.id = id;
      this.in = new DataInputStream(new BufferedInputStream(file, 1 << 16));
    }

    @Override
    public int read() throws IOException {
      return fill() ? piece[at++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (!fill()) {
        return -1;
      }
      int count = Math.min(length, piece.length - at);
      System.arraycopy(piece, at, into, offset, count);
      at += count;
      return count;
    }

    private boolean fill() throws IOException {
      while (at == piece.length) {
        if (last) {
          return false;
        }
        int length = in.readInt();
        last = in.readByte() == 1;
        // A piece and what sealing adds to it.
        if (length < 0 || length > LONGEST_PIECE_BYTES + 1024) {
          throw new IllegalStateException("kept file " + id + " was changed");
        }
        byte[] sealed = in.readNBytes(length);
        if (sealed.length < length) {
          throw new EOFException("kept file " + id + " was cut off");
        }
        piece = vault.open(sealed, context(id, number++, last));
        at = 0;
      }
      return true;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
