package dev.sluice.reconcile.format;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What a statement may cost.
 *
 * @param maxBytes bytes of the file, and of what it unpacks to
 * @param maxLines entries
 * @param maxLineChars characters of one line
 * @param maxRatio unpacked bytes for each packed byte
 * @param maxMembers members of an archive
 */
public record Limits(
    @DefaultValue("4294967296") long maxBytes,
    @DefaultValue("20000000") int maxLines,
    @DefaultValue("8192") int maxLineChars,
    @DefaultValue("100") int maxRatio,
    @DefaultValue("8") int maxMembers) {

  /** The defaults. */
  public static final Limits DEFAULT = new Limits(4L << 30, 20_000_000, 8192, 100, 8);
}
