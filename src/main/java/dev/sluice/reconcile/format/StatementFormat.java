package dev.sluice.reconcile.format;

import java.io.IOException;
import java.io.InputStream;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * Reads one kind of statement as a stream, in bounded memory. It checks what the file says of
 * itself (template, counts, totals, balances) to its very end, and throws {@link StatementRefused}
 * if anything is not as it must be; only after it has returned may the lines be believed.
 */
@FunctionalInterface
public interface StatementFormat {

  /** Takes each line in the order of the file. */
  @FunctionalInterface
  interface Lines {
    /** Takes the next line. */
    void take(StatementLine line) throws IOException;
  }

  /**
   * What the file says it covers; null where it doesn't say.
   *
   * @param account whose account at the channel
   * @param from first day, in the channel's zone
   * @param to last day
   */
  record Coverage(@Nullable String account, @Nullable LocalDate from, @Nullable LocalDate to) {
    /** A file that says nothing. */
    public static final Coverage UNSAID = new Coverage(null, null, null);
  }

  /** Reads all of a file. The caller closes it. */
  Coverage read(InputStream file, Lines lines) throws IOException;
}
