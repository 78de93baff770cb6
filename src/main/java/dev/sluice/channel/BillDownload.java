package dev.sluice.channel;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** A channel whose provider keeps bills to download. */
public interface BillDownload {

  /** What came of it. */
  sealed interface Bill {
    /**
     * It is in the file, whole, as the provider vouches for it.
     *
     * @param name what the provider calls it, for people
     */
    record Fetched(String name) implements Bill {}

    /** Not there now; it may be later. The code is the provider's, or ours for what broke. */
    record NotNow(String code) implements Bill {}
  }

  /**
   * Fetches a day's bill; network, bounded in time and size.
   *
   * @param kind which bill, in the provider's words; null for the usual one
   * @param into a file to write to, over whatever is there
   * @param maxBytes the largest that it may be
   * @throws IOException if the file can't be written
   */
  Bill bill(LocalDate day, @Nullable String kind, Path into, long maxBytes) throws IOException;
}
