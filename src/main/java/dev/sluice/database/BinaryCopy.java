package dev.sluice.database;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyIn;
import org.postgresql.core.Oid;

/**
 * Writes rows in PostgreSQL's binary COPY format (its manual, COPY, "Binary Format"): a third of
 * the work of text, on both sides. Each value has to be of its column's very type, which is mostly
 * what its method is called; null is SQL's.
 */
public final class BinaryCopy {
  private static final byte[] SIGNATURE = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
  };
  private static final int FLUSH_BYTES = 1 << 16;
  private static final int NULL = -1;

  /** PostgreSQL counts microseconds from here. */
  private static final long EPOCH_SECONDS = Instant.parse("2000-01-01T00:00:00Z").getEpochSecond();

  private final CopyIn copy;
  private ByteBuffer buffer = ByteBuffer.allocate(2 * FLUSH_BYTES);

  /** Rows of the statement that was begun, {@code copy ... from stdin (format binary)}. */
  public BinaryCopy(CopyIn copy) {
    this.copy = copy;
    buffer.put(SIGNATURE);
  }

  /** Begins a row; its values follow, one for each column. */
  public BinaryCopy row(int columns) throws SQLException {
    if (buffer.position() >= FLUSH_BYTES) {
      flush();
    }
    buffer.putShort((short) columns);
    return this;
  }

  public BinaryCopy smallint(int value) {
    room(6).putInt(2).putShort((short) value);
    return this;
  }

  public BinaryCopy integer(int value) {
    room(8).putInt(4).putInt(value);
    return this;
  }

  public BinaryCopy bigint(long value) {
    room(12).putInt(8).putLong(value);
    return this;
  }

  /** A {@code "char"}. */
  public BinaryCopy letter(char value) {
    room(5).putInt(1).put((byte) value);
    return this;
  }

  public BinaryCopy uuid(@Nullable UUID value) {
    if (value == null) {
      room(4).putInt(NULL);
    } else {
      room(20)
          .putInt(16)
          .putLong(value.getMostSignificantBits())
          .putLong(value.getLeastSignificantBits());
    }
    return this;
  }

  public BinaryCopy text(@Nullable String value) {
    if (value == null) {
      room(4).putInt(NULL);
      return this;
    }
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    room(4 + bytes.length).putInt(bytes.length).put(bytes);
    return this;
  }

  /** A {@code bytea}. */
  public BinaryCopy bytes(byte[] value) {
    room(4 + value.length).putInt(value.length).put(value);
    return this;
  }

  /** A {@code uuid[]} of one element at least. */
  public BinaryCopy uuids(List<UUID> values) {
    arrayOf(Oid.UUID, 16, values.size());
    values.forEach(this::uuid);
    return this;
  }

  /** A {@code bigint[]} of one element at least. */
  public BinaryCopy bigints(List<Long> values) {
    arrayOf(Oid.INT8, 8, values.size());
    values.forEach(this::bigint);
    return this;
  }

  /** One dimension, without nulls, that begins with 1; its elements follow. */
  private void arrayOf(int type, int bytes, int size) {
    room(24).putInt(20 + size * (4 + bytes)).putInt(1).putInt(0).putInt(type);
    buffer.putInt(size).putInt(1);
  }

  /** A {@code timestamptz}, to the microsecond. */
  public BinaryCopy time(@Nullable Instant value) {
    if (value == null) {
      room(4).putInt(NULL);
    } else {
      room(12)
          .putInt(8)
          .putLong((value.getEpochSecond() - EPOCH_SECONDS) * 1_000_000 + value.getNano() / 1000);
    }
    return this;
  }

  /** Ends the rows. */
  public void end() throws SQLException {
    room(2).putShort((short) -1);
    flush();
    copy.endCopy();
  }

  private ByteBuffer room(int bytes) {
    if (buffer.remaining() < bytes) {
      ByteBuffer larger = ByteBuffer.allocate(2 * (buffer.capacity() + bytes));
      buffer.flip();
      buffer = larger.put(buffer);
    }
    return buffer;
  }

  private void flush() throws SQLException {
    copy.writeToCopy(buffer.array(), 0, buffer.position());
    buffer.clear();
  }
}
