// Builds pages from elements and text. Text never becomes markup: it is only ever set as text.

/** An element: a property for each of `set`, a listener for each that begins with "on". */
export function h(tag, set = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(set)) {
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else if (name in element) {
      element[name] = value;
    } else {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

/** A table; a column is `{title, of, number}`, where `of` makes a row's cell. */
export function table(columns, rows, empty) {
  if (rows.length === 0) {
    return h("p", {}, empty);
  }
  const kind = (column) => ({ className: column.number ? "number" : "" });
  return h("div", { className: "wide" },
    h("table", {},
      h("thead", {}, h("tr", {},
        columns.map((column) => h("th", { scope: "col", ...kind(column) }, column.title)))),
      h("tbody", {}, rows.map((row) => h("tr", {},
        columns.map((column) => h("td", kind(column), column.of(row) ?? "")))))));
}

export const mark = (state) => h("span", { className: "mark " + state }, state);

export const notice = (text, well = false) =>
  h("article", { className: well ? "well" : "alert", role: well ? "status" : "alert" }, text);

/** 1234567.50 as 1,234,567.50, digit by digit: amounts are no floating-point numbers. */
export const grouped = (number) => {
  const [whole, decimals] = String(number).split(".");
  const groups = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return decimals === undefined ? groups : groups + "." + decimals;
};

export const time = (instant) => new Date(instant).toLocaleString();

export const age = (seconds) =>
  seconds >= 172800 ? Math.floor(seconds / 86400) + " d"
    : seconds >= 7200 ? Math.floor(seconds / 3600) + " h" : Math.floor(seconds / 60) + " min";
