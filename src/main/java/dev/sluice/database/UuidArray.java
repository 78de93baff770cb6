package dev.sluice.database;

import java.io.Serial;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.Oid;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/**
 * A {@code uuid[]} parameter that the driver sends in binary if the connection allows it, which the
 * pool's do: reading 36 characters costs the server more than anything else that it does with an
 * identifier's sixteen bytes. The driver's own arrays of UUIDs are text.
 *
 * <p>The layout is that of PostgreSQL's {@code array_recv}: dimensions, whether there are nulls,
 * the element's type, the length and lower bound of the one dimension; then each element after its
 * length, -1 for a null. An array without elements has no dimension.
 */
final class UuidArray extends PGobject implements PGBinaryObject {
  @Serial private static final long serialVersionUID = 1;

  private static final int BYTES = 16;
  private static final int NULL = -1;

  private final transient Collection<@Nullable UUID> elements;

  UuidArray(Collection<@Nullable UUID> elements) {
    this.elements = elements;
    setType("_uuid");
  }

  @Override
  public int lengthInBytes() {
    int length = (elements.isEmpty() ? 3 : 5) * Integer.BYTES;
    for (UUID element : elements) {
      length += Integer.BYTES + (element == null ? 0 : BYTES);
    }
    return length;
  }

  @Override
  public void toBytes(byte[] target, int offset) {
    ByteBuffer bytes = ByteBuffer.wrap(target, offset, target.length - offset);
    bytes.putInt(elements.isEmpty() ? 0 : 1);
    bytes.putInt(elements.contains(null) ? 1 : 0);
    bytes.putInt(Oid.UUID);
    if (!elements.isEmpty()) {
      bytes.putInt(elements.size()).putInt(1);
    }
    for (UUID element : elements) {
      if (element == null) {
        bytes.putInt(NULL);
      } else {
        bytes.putInt(BYTES);
        bytes.putLong(element.getMostSignificantBits()).putLong(element.getLeastSignificantBits());
      }
    }
  }

  @Override
  public void setByteValue(byte[] value, int offset) {
    throw new UnsupportedOperationException("only ever sent");
  }

  /** The same as text, for a connection that doesn't allow binary arrays of this type. */
  @Override
  public String getValue() {
    return elements.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof UuidArray array && elements.equals(array.elements);
  }

  @Override
  public int hashCode() {
    return elements.hashCode();
  }

  @Override
  public Object clone() {
    return new UuidArray(elements);
  }
}
