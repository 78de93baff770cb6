package dev.sluice.channel.bankfile;

import dev.sluice.channel.Outcome;
import dev.sluice.channel.Outcome.Unknown;
import dev.sluice.channel.Outcome.Why;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Sends a payment's file once. It is written under a temporary name of its own, noted in the
 * directory of what was sent, and renamed to its request number. The note is made by whoever comes
 * first, names the temporary file and its hash, and stays: the file was handed over exactly if
 * there is a note and its temporary file is gone. So a crash, a lost answer or two senders at once
 * leave no doubt, though the bank takes files away as it likes.
 */
final class Outbox {
  private static final int MAX_NOTE_BYTES = 512;
  private static final Pattern NOTE =
      Pattern.compile("(\\.[0-9a-f]{32}\\.[0-9a-f]{16}\\.part) ([0-9a-f]{64})\n");

  private final String upload;
  private final @Nullable String sent;
  private final SecureRandom random = new SecureRandom();

  Outbox(BankFileSettings.Directories directories) {
    this.upload = directories.upload();
    this.sent = directories.sent();
  }

  /** How far a file has got. */
  enum Progress {
    /** It was never handed over, and nothing but a sender of ours can change that. */
    NOT_SENT,
    /** It was handed over. */
    SENT,
    /** There is no trace of it, and no place where a trace would be. */
    NO_TRACE,
    /** There is a note that can't be read: its writer is at it, or has died at it. */
    IN_DOUBT
  }

  /** Hands a file over, unless that was done before. */
  Outcome send(SftpLink link, String requestNumber, byte[] file) throws IOException {
    String target = upload + "/" + requestNumber + ".xml";
    String hash = sha256(file);
    if (sent != null) {
      byte[] bytes = link.read(notePath(sent, requestNumber), MAX_NOTE_BYTES);
      if (bytes != null) {
        return sendAsNoted(link, target, requestNumber, bytes, hash);
      }
    }
    if (link.exists(target)) {
      return new Outcome.Accepted(null);
    }
    String temporary = ".%s.%016x.part".formatted(requestNumber, random.nextLong());
    link.write(upload + "/" + temporary, file);
    if (link.length(upload + "/" + temporary) != file.length) {
      return new Unknown(Why.CHANNEL_ERROR, "UPLOAD_INCOMPLETE");
    }
    if (sent != null) {
      byte[] note = (temporary + " " + hash + "\n").getBytes(StandardCharsets.US_ASCII);
      if (!link.writeNew(notePath(sent, requestNumber), note)) {
        link.remove(upload + "/" + temporary);
        return new Unknown(Why.CHANNEL_ERROR, "BEING_SENT");
      }
    }
    return handOver(link, temporary, target);
  }

  /** How far the file of a request number has got. */
  Progress progress(SftpLink link, String requestNumber) throws IOException {
    if (link.exists(upload + "/" + requestNumber + ".xml")) {
      return Progress.SENT;
    }
    if (sent == null) {
      return Progress.NO_TRACE;
    }
    byte[] bytes = link.read(notePath(sent, requestNumber), MAX_NOTE_BYTES);
    if (bytes == null) {
      return Progress.NOT_SENT;
    }
    Matcher note = note(bytes, requestNumber);
    if (note == null) {
      return Progress.IN_DOUBT;
    }
    return link.exists(upload + "/" + note.group(1)) ? Progress.NOT_SENT : Progress.SENT;
  }

  private Outcome sendAsNoted(
      SftpLink link, String target, String requestNumber, byte[] bytes, String hash)
      throws IOException {
    Matcher note = note(bytes, requestNumber);
    if (note == null) {
      return new Unknown(Why.CHANNEL_ERROR, "NOTE_ILLEGIBLE");
    }
    if (!note.group(2).equals(hash)) {
      return new Unknown(Why.CHANNEL_ERROR, "NUMBER_USED");
    }
    return handOver(link, note.group(1), target);
  }

  /** A temporary file that is gone has been handed over. */
  private Outcome handOver(SftpLink link, String temporary, String target) throws IOException {
    boolean renamed = link.rename(upload + "/" + temporary, target);
    return renamed || sent != null
        ? new Outcome.Accepted(null)
        : new Unknown(Why.CHANNEL_ERROR, "UPLOAD_LOST");
  }

  private static String notePath(String sent, String requestNumber) {
    return sent + "/" + requestNumber;
  }

  private static @Nullable Matcher note(byte[] bytes, String requestNumber) {
    Matcher note = NOTE.matcher(new String(bytes, StandardCharsets.US_ASCII));
    return note.matches() && note.group(1).startsWith("." + requestNumber + ".") ? note : null;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing from this Java", e);
    }
  }
}
