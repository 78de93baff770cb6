package dev.sluice.reconcile;

import dev.sluice.reconcile.format.AlipayBillFormat;
import dev.sluice.reconcile.format.Camt053Format;
import dev.sluice.reconcile.format.CsvFormat;
import dev.sluice.reconcile.format.CsvMapping;
import dev.sluice.reconcile.format.Limits;
import dev.sluice.reconcile.format.Mt940Format;
import dev.sluice.reconcile.format.StatementFormat;
import dev.sluice.reconcile.format.StatementLine;
import dev.sluice.reconcile.format.UnionPayFormat;
import dev.sluice.reconcile.format.WechatBillFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of reconciliation.
 *
 * @param directory where statement files are kept as evidence, encrypted; every instance must see
 *     it
 * @param enabled whether this instance fetches files and works on them
 * @param pollPause how often it looks for files to take up
 * @param longestRun the longest that comparing one file may take
 * @param workMemoryMb memory of the database for one sort or join of a run, in MiB
 * @param maxDifferences a file with more differences than this is refused as not the channel's
 * @param alarmDifferences a run with more open breaks than this raises an alarm
 * @param matchDays how many days a line without our number may lie from the payout it is matched to
 * @param expectAfter how long after a business day's end its statement is missed
 * @param limits what a file may cost
 * @param sources by name, {@code [a-z0-9-]{1,32}}: one per list that a channel keeps of what it
 *     paid
 */
@ConfigurationProperties("sluice.reconcile")
public record ReconcileSettings(
    @DefaultValue("data/statements") Path directory,
    @DefaultValue("true") boolean enabled,
    @DefaultValue("5s") Duration pollPause,
    @DefaultValue("30m") Duration longestRun,
    @DefaultValue("128") int workMemoryMb,
    @DefaultValue("100000") int maxDifferences,
    @DefaultValue("100") int alarmDifferences,
    @DefaultValue("5") int matchDays,
    @DefaultValue("12h") Duration expectAfter,
    @DefaultValue Limits limits,
    @DefaultValue Map<String, Source> sources) {

  /** How a file is written. */
  public enum Format {
    /** Any CSV file, by {@code csv}. */
    CSV,
    /** Alipay's account bill: a ZIP archive with detail and summary, in GBK. */
    ALIPAY,
    /** WeChat Pay's fund-flow bill, packed by gzip or not. */
    WECHAT,
    /** UnionPay's settlement file: a ZIP archive with records of fixed width. */
    UNIONPAY,
    /** ISO 20022 camt.053, one statement in a file. */
    CAMT053,
    /** SWIFT MT940. */
    MT940
  }

  /**
   * One list that a channel keeps of what it paid.
   *
   * @param channel its channel; the source's own name if not set
   * @param format how its files are written: {@code CSV, ALIPAY, WECHAT, UNIONPAY, CAMT053, MT940}
   * @param account whose account: a file of another one is refused; any if not set
   * @param currency of amounts, where the file doesn't say it
   * @param onlyCurrency true if only payouts in that currency stand on this list
   * @param zone of its times and days
   * @param cutOff when its business day ends; midnight is the end of the day itself
   * @param grace how far across a day's end an entry may lie
   * @param worksWeekends whether Saturdays and Sundays are business days
   * @param holidays days without business
   * @param workdays days with business that would be none
   * @param since first day of which a statement is expected; none is missed if not set
   * @param kinds what further words for an entry's business mean: {@code PAID, REFUSED, RETURNED,
   *     FEE, OTHER} by the word, as the format has it
   * @param csv how a CSV file is read
   * @param drop a directory from which files are taken; none if not set
   * @param dateInName how a file's name gives its business day, such as {@code yyyyMMdd}, where the
   *     file itself doesn't say it
   * @param fetch from where and when files are fetched
   */
  public record Source(
      @Nullable String channel,
      @DefaultValue("CSV") Format format,
      @Nullable String account,
      @DefaultValue("CNY") String currency,
      @DefaultValue("false") boolean onlyCurrency,
      @DefaultValue("Asia/Shanghai") ZoneId zone,
      @DefaultValue("00:00") LocalTime cutOff,
      @DefaultValue("30m") Duration grace,
      @DefaultValue("true") boolean worksWeekends,
      @DefaultValue List<LocalDate> holidays,
      @DefaultValue List<LocalDate> workdays,
      @Nullable LocalDate since,
      @DefaultValue Map<String, StatementLine.Kind> kinds,
      @DefaultValue CsvMapping csv,
      @Nullable Path drop,
      @Nullable String dateInName,
      @DefaultValue FetchSettings fetch) {

    BusinessCalendar calendar() {
      return new BusinessCalendar(zone, cutOff, worksWeekends, holidays, workdays);
    }

    StatementFormat reader(Limits limits) {
      return switch (format) {
        case CSV -> new CsvFormat(csv, limits, currency, zone);
        case ALIPAY -> new AlipayBillFormat(limits, zone, kinds);
        case WECHAT -> new WechatBillFormat(limits, zone, kinds);
        case UNIONPAY -> new UnionPayFormat(limits, zone, kinds);
        case CAMT053 -> new Camt053Format(limits, zone, kinds);
        case MT940 -> new Mt940Format(limits, zone, kinds);
      };
    }
  }
}
