package dev.sluice.api;

import dev.sluice.api.StatementViews.CurrencyView;
import dev.sluice.api.StatementViews.KindView;
import dev.sluice.api.StatementViews.ReportView;
import dev.sluice.reconcile.Reports.TrendDay;
import java.util.List;
import org.springframework.web.util.HtmlUtils;

/** A run's report as a page, with the trend of its source as a plot; no script, nothing fetched. */
final class StatementPage {
  private static final int WIDTH = 720;
  private static final int HEIGHT = 180;
  private static final int MARGIN = 24;

  private StatementPage() {}

  static String of(ReportView report, List<TrendDay> trend) {
    StringBuilder page = new StringBuilder(8192);
    String title =
        "%s, %s, version %d"
            .formatted(report.run().source(), report.run().businessDate(), report.run().version());
    page.append(
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>%1$s</title>
        <style>body{font:15px system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem}
        table{border-collapse:collapse;margin:1rem 0}td,th{padding:.25rem .75rem;text-align:right;
        border-bottom:1px solid #ccc}td:first-child,th:first-child{text-align:left}</style></head>
        <body><h1>Statement %1$s</h1>
        """
            .formatted(text(title)));
    page.append(
        "<p>Channel %s. %s. Open differences: %d%s.</p>\n"
            .formatted(
                text(report.run().channel()),
                report.run().current() ? "The day's current version" : "Replaced by a later one",
                report.openBreaks(),
                report.openBreaks() == 0
                    ? ""
                    : ", the oldest open for %d h".formatted(report.oldestOpenSeconds() / 3600)));
    totals(page, report.currencies());
    kinds(page, report.breaks());
    page.append("<h2>Differences by day</h2>\n");
    plot(page, trend);
    return page.append("</body></html>\n").toString();
  }

  private static void totals(StringBuilder page, List<CurrencyView> currencies) {
    page.append(
        "<table><tr><th>Currency</th><th>Lines paid</th><th>Paid</th><th>Payouts of ours</th>"
            + "<th>Ours</th><th>Matched</th><th>Moved to bank</th><th>Returned</th><th>Fees</th>"
            + "<th>At risk</th></tr>\n");
    for (CurrencyView c : currencies) {
      cells(
          page,
          c.currency(),
          c.paidLines(),
          c.paid(),
          c.ourPayouts(),
          c.ours(),
          c.matchedLines(),
          c.matched(),
          c.returned(),
          c.fees(),
          c.atRisk());
    }
    page.append("</table>\n");
  }

  private static void kinds(StringBuilder page, List<KindView> kinds) {
    page.append("<table><tr><th>Difference</th><th>Found</th><th>Closed</th></tr>\n");
    for (KindView k : kinds) {
      cells(page, k.kind(), k.count(), k.closed());
    }
    page.append("</table>\n");
  }

  private static void cells(StringBuilder page, Object... cells) {
    page.append("<tr>");
    for (Object cell : cells) {
      page.append("<td>").append(text(cell.toString())).append("</td>");
    }
    page.append("</tr>\n");
  }

  /** Bars: all differences of a day, and in front those that are still open. */
  private static void plot(StringBuilder page, List<TrendDay> trend) {
    long most = Math.max(1, trend.stream().mapToLong(TrendDay::breaks).max().orElse(1));
    page.append(
        ("<svg role=\"img\" aria-label=\"Differences by day, found and open\" width=\"%d\""
                + " height=\"%d\" viewBox=\"0 0 %d %d\">\n")
            .formatted(WIDTH, HEIGHT, WIDTH, HEIGHT));
    int floor = HEIGHT - MARGIN;
    int room = floor - MARGIN;
    int step = Math.max(1, (WIDTH - 2 * MARGIN) / Math.max(1, trend.size()));
    for (int i = 0; i < trend.size(); i++) {
      TrendDay day = trend.get(i);
      int x = MARGIN + i * step;
      bar(page, x, step, floor, (int) (room * day.breaks() / most), "#9bb8d3", day);
      bar(page, x, step, floor, (int) (room * day.open() / most), "#c0392b", day);
    }
    page.append(
        "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#333\"/>\n"
            .formatted(MARGIN, floor, WIDTH - MARGIN, floor));
    label(page, MARGIN, MARGIN - 8, most + " differences");
    if (!trend.isEmpty()) {
      label(page, MARGIN, HEIGHT - 6, trend.getFirst().day().toString());
      label(page, WIDTH - MARGIN - 80, HEIGHT - 6, trend.getLast().day().toString());
    }
    page.append("</svg>\n<p>Light: found. Dark: still open.</p>\n");
  }

  private static void bar(
      StringBuilder page, int x, int step, int floor, int height, String color, TrendDay day) {
    page.append(
        ("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"><title>%s: %d lines, %d"
                + " differences, %d open</title></rect>\n")
            .formatted(
                x,
                floor - height,
                Math.max(1, step - 2),
                height,
                color,
                day.day(),
                day.lines(),
                day.breaks(),
                day.open()));
  }

  private static void label(StringBuilder page, int x, int y, String label) {
    page.append(
        "<text x=\"%d\" y=\"%d\" font-size=\"12\">%s</text>\n".formatted(x, y, text(label)));
  }

  private static String text(String raw) {
    return HtmlUtils.htmlEscape(raw);
  }
}
