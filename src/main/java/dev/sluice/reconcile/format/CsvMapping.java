package dev.sluice.reconcile.format;

import dev.sluice.reconcile.format.StatementLine.Kind;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How a CSV file is read.
 *
 * @param encoding a charset's name; what isn't in it is refused
 * @param separator between fields, one character
 * @param columns the heading's names of the columns
 * @param amountUnit MAJOR ("12.50") or MINOR ("1250")
 * @param decimalMark before the decimals of an amount
 * @param dateFormat of {@code bookedAt}, with or without a time, as {@code DateTimeFormatter} has
 *     it
 * @param sign what the sign of an amount says
 * @param statuses what each word of the status column means; a word that isn't listed refuses the
 *     file. Without a status column each line is a payout, or what its sign says
 * @param trailer the last record, if the file has one: then a file without it was cut off
 */
public record CsvMapping(
    @DefaultValue("UTF-8") String encoding,
    @DefaultValue(",") char separator,
    @DefaultValue Columns columns,
    @DefaultValue("MAJOR") Unit amountUnit,
    @DefaultValue(".") char decimalMark,
    @DefaultValue("yyyy-MM-dd HH:mm:ss") String dateFormat,
    @DefaultValue("UNSIGNED") Sign sign,
    @DefaultValue Map<String, Kind> statuses,
    @Nullable Trailer trailer) {

  /** Whole units of the currency, or its smallest. */
  public enum Unit {
    MAJOR,
    MINOR
  }

  /** What the sign of an amount says. */
  public enum Sign {
    /** Nothing: a minus is refused. */
    UNSIGNED,
    /** Minus left the account: paid, plus came back. */
    NEGATIVE_IS_PAID,
    /** Plus was paid, minus came back. */
    POSITIVE_IS_PAID
  }

  /**
   * Names of columns, as they stand in the heading; null for what the file hasn't.
   *
   * @param requestNumber our number
   * @param reference the channel's transaction id
   * @param amount what was paid
   * @param currency ISO 4217 code
   * @param status what became of it, by a word that {@code statuses} has
   * @param beneficiary the number that was paid, masked or not
   * @param bookedAt when the channel booked it
   */
  public record Columns(
      @DefaultValue("request_number") @Nullable String requestNumber,
      @Nullable String reference,
      @DefaultValue("amount") String amount,
      @Nullable String currency,
      @Nullable String status,
      @Nullable String beneficiary,
      @Nullable String bookedAt) {}

  /**
   * The last record. Its first field is the marker; the others are counted from 1.
   *
   * @param marker what stands in its first field
   * @param countField which field counts the lines before it, if any
   * @param totalField which field adds up the amounts before it, with their signs, if any
   * @param openingField which field is the balance before the first entry, if any
   * @param closingField which field is the balance after the last entry, if any
   */
  public record Trailer(
      @DefaultValue("TOTAL") String marker,
      @Nullable Integer countField,
      @Nullable Integer totalField,
      @Nullable Integer openingField,
      @Nullable Integer closingField) {}

  /** The defaults. */
  public static final CsvMapping DEFAULT =
      new CsvMapping(
          "UTF-8",
          ',',
          new Columns("request_number", null, "amount", null, null, null, null),
          Unit.MAJOR,
          '.',
          "yyyy-MM-dd HH:mm:ss",
          Sign.UNSIGNED,
          Map.of(),
          null);

  /** The columns that the heading must have. */
  List<String> required() {
    return java.util.stream.Stream.of(
            columns.requestNumber,
            columns.reference,
            columns.amount,
            columns.currency,
            columns.status,
            columns.beneficiary,
            columns.bookedAt)
        .filter(c -> c != null)
        .map(String::valueOf)
        .toList();
  }
}
