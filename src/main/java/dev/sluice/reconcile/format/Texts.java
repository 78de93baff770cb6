package dev.sluice.reconcile.format;

import dev.sluice.reconcile.format.StatementRefused.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.util.zip.ZipException;

/** Decodes strictly: what isn't in the encoding is refused, not replaced. */
final class Texts {
  private Texts() {}

  static Reader strict(InputStream in, Charset charset) {
    return new InputStreamReader(
        in,
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT));
  }

  /** What kept a file from being read, as a refusal if it is the file's own fault. */
  static IOException refused(IOException e) {
    return switch (e) {
      case StatementRefused refused -> refused;
      case CharacterCodingException ignored ->
          new StatementRefused(Reason.UNREADABLE, "is not in the expected encoding");
      case EOFException ignored -> new StatementRefused(Reason.TRUNCATED, "ends in the middle");
      case ZipException ignored -> new StatementRefused(Reason.UNREADABLE, "can't be unpacked");
      default -> {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
          if (cause instanceof StatementRefused refused) {
            yield refused;
          }
        }
        yield e;
      }
    };
  }
}
