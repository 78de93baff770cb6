// A run's report: what the statement says, what our books say, and what differs.

import { get, save } from "./api.js";
import { age, grouped, h, mark, table } from "./dom.js";
import { plot } from "./plot.js";

const TREND_DAYS = 31;

export async function runPage(id) {
  const base = "/v1/statement-runs/" + id;
  const report = await get(base);
  const run = report.run;
  const trend = await get("/v1/statement-sources/" + encodeURIComponent(run.source) + "/trend");
  return h("div", {},
    h("h1", {}, run.source + ", " + run.businessDate),
    h("p", {}, `Channel ${run.channel}, version ${run.version}: `
      + (run.current ? "the day's current one." : "a later one took its place.")),
    tiles(report),
    h("h2", {}, "Totals"), totals(report.currencies),
    h("h2", {}, "Differences by kind"), kinds(report.breaks),
    h("h2", {}, "Differences by day"),
    plot(trend.items.slice(-TREND_DAYS), run.businessDate),
    h("p", {}, h("span", { className: "key" }, "found"), h("span", { className: "key open" }, "still open")),
    h("h2", {}, "Each difference"), await breaks(id),
    h("h2", {}, "Take with you"), downloads(base, id));
}

function tiles(report) {
  const tile = (value, what) => h("article", {}, h("strong", {}, value), h("span", {}, what));
  const sum = (of) => report.currencies.reduce((all, c) => all + of(c), 0);
  return h("div", { className: "tiles" },
    tile(grouped(sum((c) => c.paidLines)), "lines paid"),
    tile(grouped(sum((c) => c.matchedLines)), "lines matched"),
    tile(grouped(report.openBreaks), "open differences"
      + (report.openBreaks > 0 ? ", the oldest for " + age(report.oldestOpenSeconds) : "")),
    report.currencies.map((c) => tile(grouped(c.atRisk) + " " + c.currency, "at risk")));
}

function totals(currencies) {
  const amount = (title, of) => ({ title, number: true, of: (c) => grouped(of(c)) });
  return table([
    { title: "Currency", of: (c) => c.currency },
    amount("Lines paid", (c) => c.paidLines), amount("Paid", (c) => c.paid),
    amount("Our payouts", (c) => c.ourPayouts), amount("Ours", (c) => c.ours),
    amount("Matched", (c) => c.matchedLines), amount("Moved to bank", (c) => c.matched),
    amount("Returned", (c) => c.returned), amount("Fees", (c) => c.fees),
    amount("At risk", (c) => c.atRisk),
  ], currencies, "Nothing was paid, there and here.");
}

function kinds(kinds) {
  return table([
    { title: "Kind", of: (k) => k.kind },
    { title: "Found", number: true, of: (k) => grouped(k.count) },
    { title: "Closed", number: true, of: (k) => grouped(k.closed) },
  ], kinds, "None: both sides agree.");
}

async function breaks(id) {
  const page = await get("/v1/breaks?limit=200&runId=" + id);
  const shown = table([
    { title: "Kind", of: (b) => b.kind },
    { title: "State", of: (b) => mark(b.state) },
    { title: "Line", number: true, of: (b) => b.line },
    { title: "Ours", number: true, of: (b) => b.ours && grouped(b.ours) },
    { title: "Theirs", number: true, of: (b) => b.theirs && grouped(b.theirs) },
    { title: "At risk", number: true, of: (b) => grouped(b.atRisk) + " " + b.currency },
    { title: "What", of: (b) => [b.detail, b.reason ? h("small", {}, b.decision + ": " + b.reason) : null] },
  ], page.items, "None.");
  return page.next ? [shown, h("p", {}, "The first 200; the CSV has them all.")] : shown;
}

function downloads(base, id) {
  const button = (what, path, name) => h("button", {
    className: "secondary outline",
    onclick: () => save(path, name),
  }, what);
  return h("div", { className: "downloads" },
    button("Report, CSV", base + "/report.csv", "report-" + id + ".csv"),
    button("Differences, CSV", base + "/breaks.csv", "breaks-" + id + ".csv"),
    button("Report, JSON", base, "report-" + id + ".json"));
}
