package dev.sluice.reconcile.format;

import java.io.IOException;

/** A file that can't be believed; nothing of it is imported. The message never quotes the file. */
public final class StatementRefused extends IOException {
  private static final long serialVersionUID = 1L;

  /** Why, by name. */
  public enum Reason {
    /** More bytes than allowed, compressed or not. */
    TOO_LARGE,
    /** More lines than allowed. */
    TOO_MANY_LINES,
    /** A line or field longer than allowed. */
    LINE_TOO_LONG,
    /** It unpacks to far more than it is: a bomb. */
    RATIO_TOO_HIGH,
    /** An archive of too many members, or with a member that doesn't belong there. */
    BAD_MEMBERS,
    /** Not in the encoding or container of its format. */
    UNREADABLE,
    /** Not of the configured template: columns, headings or tags are missing or others. */
    WRONG_TEMPLATE,
    /** Of another account. */
    WRONG_ACCOUNT,
    /** Of another day, or with entries of another day. */
    WRONG_PERIOD,
    /** The day isn't over yet, so the file can't be whole. */
    PERIOD_NOT_OVER,
    /** Its trailer is missing: it was cut off. */
    TRUNCATED,
    /** Its trailer counts another number of lines. */
    COUNT_DIFFERS,
    /** Its trailer adds up to another total. */
    TOTAL_DIFFERS,
    /** Opening balance and entries don't make the closing balance. */
    BALANCE_DIFFERS,
    /** It brings a document type definition, which may name other files. */
    DTD_FORBIDDEN,
    /** A line that can't be understood. */
    BAD_LINE,
    /** So many differences that it can't be this channel's statement of this day. */
    TOO_MANY_DIFFERENCES
  }

  private final Reason reason;

  /** A refusal; {@code detail} must not hold what stands in the file beyond numbers and names. */
  public StatementRefused(Reason reason, String detail) {
    super(detail);
    this.reason = reason;
  }

  /** A line that can't be understood. */
  public static StatementRefused badLine(long number, String what) {
    return new StatementRefused(Reason.BAD_LINE, "line %d: %s".formatted(number, what));
  }

  /** Why, by name. */
  public Reason reason() {
    return reason;
  }

  /** Why, in words. */
  public String detail() {
    return String.valueOf(getMessage());
  }
}
