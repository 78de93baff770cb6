// Where statements come from, how far each is, and a form to bring one.

import { get, post, upload } from "./api.js";
import { age, grouped, h, mark, notice, table, time } from "./dom.js";

const POLL_MILLIS = 1000;
const underWay = (file) => file.state === "RECEIVED" || file.state === "COMPARED";

export async function statementsPage(left) {
  const sources = (await get("/v1/statement-sources")).items;
  const list = h("div", { id: "statements" });
  let timer = 0;
  let shown = [];
  let questions = 0;

  /** Leaves rows alone that say what they said: a row that is replaced under the mouse loses the click. */
  const draw = (files) => {
    const fresh = statements(files, refresh);
    const rows = list.querySelectorAll("tbody tr");
    if (rows.length === 0 || files.length !== shown.length || files.some((f, i) => f.id !== shown[i].id)) {
      list.replaceChildren(fresh);
    } else {
      fresh.querySelectorAll("tbody tr").forEach((row, i) => {
        if (JSON.stringify(files[i]) !== JSON.stringify(shown[i])) {
          rows[i].replaceWith(row);
        }
      });
    }
    shown = files;
  };

  const refresh = async () => {
    clearTimeout(timer);
    const asked = ++questions;
    const files = (await get("/v1/statements?limit=50")).items;
    if (asked !== questions) {
      return; // whoever asked later draws: an older answer must not take its place
    }
    draw(files);
    if (files.some(underWay) && !left.aborted) {
      timer = setTimeout(() => refresh().catch((p) => list.replaceChildren(notice(p.message))), POLL_MILLIS);
    }
  };
  left.addEventListener("abort", () => clearTimeout(timer));
  await refresh();

  return h("div", {},
    h("h1", {}, "Statements"),
    sourcesTable(sources),
    h("h2", {}, "Bring a statement"),
    form(sources, refresh),
    h("h2", {}, "The latest"),
    list);
}

function sourcesTable(sources) {
  return table([
    { title: "Source", of: (s) => s.name },
    { title: "Open differences", number: true, of: (s) => grouped(s.openBreaks) },
    { title: "Oldest", number: true, of: (s) => (s.openBreaks > 0 ? age(s.oldestOpenSeconds) : "") },
    { title: "Missing statements", of: (s) => s.missing.slice(0, 5).join(", ") + (s.missing.length > 5 ? " …" : "") },
  ], sources, "No source is configured: see sluice.reconcile.sources.");
}

function form(sources, refresh) {
  const source = h("select", { id: "source", required: true }, sources.map((s) => h("option", {}, s.name)));
  const day = h("input", { id: "day", type: "date" });
  const file = h("input", { id: "file", type: "file", required: true });
  const send = h("button", { id: "send", type: "submit" }, "Upload");
  const said = h("div", { id: "said" });

  const bring = async (event) => {
    event.preventDefault();
    const query = new URLSearchParams({ source: source.value, name: file.files[0].name });
    if (day.value) {
      query.set("businessDate", day.value);
    }
    const sent = h("progress", { max: 1, value: 0 });
    said.replaceChildren(h("label", {}, "Sending", sent));
    send.disabled = true;
    try {
      const receipt = await upload("/v1/statements?" + query, file.files[0], (bytes, all) => {
        sent.value = all > 0 ? bytes / all : 0;
      });
      const name = receipt.statement.name;
      said.replaceChildren(notice(receipt.again
        ? name + " was brought before: nothing changes."
        : name + " is kept, and being compared.", true));
      await refresh();
    } catch (problem) {
      said.replaceChildren(notice([problem.message, ...(problem.fields ?? [])].join(" ")));
    } finally {
      send.disabled = false;
    }
  };

  return h("form", { onsubmit: bring },
    h("div", { className: "grid" },
      h("label", {}, "Source", source),
      h("label", {}, "Business day, if the file doesn't say it", day),
      h("label", {}, "File", file)),
    send, said);
}

function statements(files, refresh) {
  return table([
    { title: "Received", of: (f) => time(f.receivedAt) },
    { title: "Source", of: (f) => f.source },
    { title: "File", of: (f) => [f.name, h("small", {}, f.origin + " by " + f.receivedBy)] },
    { title: "Day", of: (f) => f.businessDate ?? "" },
    { title: "State", of: (f) => [mark(f.state), progress(f)] },
    { title: "", of: (f) => action(f, refresh) },
  ], files, "None has come yet.");
}

/** How far it is; the reading shows by bytes, what comes after it has no measure. */
function progress(file) {
  if (file.state === "REFUSED") {
    return h("small", {}, file.refusal + ": it " + file.detail);
  }
  if (!underWay(file)) {
    return null;
  }
  const read = file.bytesRead ?? 0;
  const reading = file.state === "RECEIVED" && read < file.bytes;
  const bar = reading && read > 0 ? h("progress", { max: file.bytes, value: read }) : h("progress");
  const what = reading ? grouped(file.linesRead ?? 0) + " lines read" : "comparing with our books";
  return [bar, h("small", {}, what)];
}

function action(file, refresh) {
  if (file.state === "REFUSED") {
    const again = async (event) => {
      event.target.disabled = true;
      await post("/v1/statements/" + file.id + "/rerun").then(refresh, () => refresh());
    };
    return h("button", { className: "secondary outline", onclick: again }, "Read again");
  }
  return file.runId ? h("a", { href: "#/runs/" + file.runId }, "Report") : null;
}
