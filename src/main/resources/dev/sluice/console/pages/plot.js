// The trend of a source: differences by day, and in front of them those that are still open.

const NAMESPACE = "http://www.w3.org/2000/svg";
const WIDTH = 900;
const HEIGHT = 220;
const MARGIN = 28;

function draw(tag, set, ...children) {
  const element = document.createElementNS(NAMESPACE, tag);
  Object.entries(set).forEach(([name, value]) => element.setAttribute(name, value));
  element.append(...children);
  return element;
}

/** @param here the day that the page is about */
export function plot(days, here) {
  const floor = HEIGHT - MARGIN;
  const most = Math.max(1, ...days.map((day) => day.breaks));
  const step = (WIDTH - 2 * MARGIN) / Math.max(1, days.length);
  const bar = (day, i, count, kind) => {
    const height = ((floor - MARGIN) * count) / most;
    const width = Math.max(1, Math.min(step - 3, 40));
    const x = MARGIN + i * step + (step - width) / 2;
    return draw("rect", { class: kind, x, y: floor - height, width, height, rx: 2 },
      draw("title", {}, `${day.businessDate}: ${day.lines} lines, ${day.breaks} differences, ${day.open} open`));
  };
  const label = (x, y, anchor, text) => draw("text", { x, y, "text-anchor": anchor }, text);

  const picture = draw("svg", {
    class: "plot", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img",
    "aria-label": "Differences by day, found and open",
  });
  days.forEach((day, i) => {
    picture.append(bar(day, i, day.breaks, "found"), bar(day, i, day.open, "open"));
    if (day.businessDate === here) {
      picture.append(draw("circle", { class: "here", cx: MARGIN + (i + 0.5) * step, cy: floor + 7, r: 3 }));
    }
  });
  picture.append(
    draw("line", { class: "axis", x1: MARGIN, y1: floor, x2: WIDTH - MARGIN, y2: floor }),
    label(MARGIN, MARGIN - 10, "start", most + (most === 1 ? " difference" : " differences")));
  if (days.length > 0) {
    picture.append(label(MARGIN, HEIGHT - 4, "start", days[0].businessDate));
    if (days.length > 1) {
      picture.append(label(WIDTH - MARGIN, HEIGHT - 4, "end", days.at(-1).businessDate));
    }
  }
  return picture;
}
