// Elements from plain data. Invariant: text enters the page through text nodes only, and an
// address through `href` only after the server let it through as http(s).

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  check: "M4 12.5l5 5L20 6.5",
  disputed: "M5 9h14M5 15h14M16 4L8 20",
  removed: "M6 12h12",
  yes: "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M8 12.5l3 3l5-6",
  no: "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M9 9l6 6M15 9l-6 6",
  not_said: "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M8 12h8",
  open: "M7 10l5 5l5-5",
  next: "M5 5v6a3 3 0 0 0 3 3h11M14 9l5 5l-5 5",
  none: "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M5.6 5.6l12.8 12.8",
  warning: "M12 4L2.5 20h19zM12 10v5M12 17.5v.5",
  close: "M6 6l12 12M18 6L6 18",
  back: "M14 5l-7 7l7 7",
  out: "M9 5H5v14h14v-4M13 5h6v6M19 5l-9 9",
  again: "M20 5v5h-5M19.5 10A8 8 0 1 0 20 14",
  stop: "M7 7h10v10H7z",
  copy: "M9 9h10v11H9zM15 9V4H5v11h4",
  save: "M12 4v11M7 11l5 5l5-5M5 20h14",
  good: "M7 11v9H4v-9zM7 11l4-7a2.2 2.2 0 0 1 2.2 2.6L12.6 10H19a1.6 1.6 0 0 1 1.6 2l-1.7 6.6A2 2 0 0 1 17 20H7",
  bad: "M7 13V4H4v9zM7 13l4 7a2.2 2.2 0 0 0 2.2-2.6L12.6 14H19a1.6 1.6 0 0 0 1.6-2l-1.7-6.600A2 2 0 0 0 17 4H7",
  filter: "M4 6h16M7 12h10M10 18h4",
  add: "M12 5v14M5 12h14",
  send: "M12 19V5M6 11l6-6l6 6",
};

/** An element: `h("a", {class: "x", href: "#y", onclick: f}, "text", node, null)`. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  fill(element, ...children);
  return element;
}

/** Replace what is in an element. */
export function fill(element, ...children) {
  element.replaceChildren(
    ...children.flat(Infinity)
      .filter((child) => child !== null && child !== undefined && child !== "")
      .map((child) => (typeof child === "string" ? child.replaceAll("\f", "") : child)), // a page's end shows as a box
  );
  return element;
}

/** A line drawing that screen readers pass over. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({
    viewBox: "0 0 24 24", "aria-hidden": "true", class: `gw-icon gw-icon-${name}`,
  })) svg.setAttribute(key, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** A text from its runs (plain, marked, plain, …), the answering words set off. */
export function marked(runs) {
  return runs.map((text, index) => (index % 2 ? h("b", { class: "gw-key" }, text) : text));
}

/** "1 sentence", "3 sentences". */
export function count(number, one, many = `${one}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

/** "Publisher · 20 October 2016 · page 3", whatever of it is known. */
export function byline(item) {
  return [item.publisher, item.day, item.page ? `page ${item.page}` : null].filter(Boolean).join(" · ");
}

/** How to scroll: smoothly, unless the reader asked for less motion. */
export function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
}

/** Whether there is room for the sources beside the answers, as in style.css. */
export function wide() {
  return matchMedia("(min-width: 900px)").matches;
}
