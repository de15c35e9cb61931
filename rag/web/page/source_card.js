// What the panel lists: cited quotes, each marked in its surroundings, and passages that were read.
// Everything in them is article text, so everything in them is a text node.

import { byline, h, icon, marked } from "./dom.js";

/** A cited quote, marked in its surroundings. `panel` has `light(number)` and `article(where)`. */
export function sourceCard(source, turn, panel) {
  const light = () => panel.light(source.number);
  return h(
    "li",
    {
      class: "gw-card",
      id: `src-${turn.id}-${source.number}`,
      tabindex: -1,
      "aria-label": `Source ${source.number}`,
      onclick: light,
      onfocus: light,
    },
    h(
      "div",
      { class: "gw-card-head" },
      h("span", { class: "gw-number", "aria-hidden": "true" }, String(source.number)),
      h(
        "div",
        {},
        h("h3", { dir: "auto" }, source.title),
        h("p", { class: "gw-byline" }, byline(source) || "Publisher and date not given"),
      ),
    ),
    h(
      "blockquote",
      { dir: "auto" },
      source.cut_before ? "…\u00a0" : "",
      source.before,
      h("mark", {}, marked(source.runs ?? [source.quote])),
      source.after,
      source.cut_after ? "\u00a0…" : "",
    ),
    source.changed
      ? h("p", { class: "gw-changed" }, icon("warning"), "The article has changed or gone since; this is what it said.")
      : null,
    h(
      "div",
      { class: "gw-card-actions" },
      h(
        "button",
        { type: "button", class: "gw-link", onclick: (event) => { event.stopPropagation(); panel.article(source); } },
        "Open article",
      ),
      original(source),
    ),
    source.also_in.length
      ? h(
          "p",
          { class: "gw-also" },
          "Also in: ",
          source.also_in.map((also, index) => [
            index ? ", " : "",
            h(
              "button",
              { type: "button", class: "gw-link", onclick: (event) => { event.stopPropagation(); panel.article(also); } },
              also.title,
            ),
          ]),
        )
      : null,
  );
}

/** Passages that were read; `alone` is the heading when there is nothing else to show. */
export function passages(read, panel, alone) {
  return h(
    "details",
    { class: alone ? "gw-read gw-reading" : "gw-read", open: alone !== null },
    h("summary", {}, `${alone ?? "Read, not cited"} (${read.length})`),
    h(
      "ul",
      {},
      read.map((passage) =>
        h(
          "li",
          {},
          h("p", { class: "gw-byline" }, [passage.title, byline(passage)].filter(Boolean).join(" · ")),
          h("p", { dir: "auto" }, passage.text),
          h("button", { type: "button", class: "gw-link", onclick: () => panel.article(passage) }, "Open article"),
        ),
      ),
    ),
  );
}

/** A link to where the article was published, if the server let its address through. */
export function original(item) {
  if (!item.url) return null;
  return h(
    "a",
    { class: "gw-link", href: item.url, target: "_blank", rel: "noopener noreferrer nofollow" },
    "Original",
    icon("out"),
  );
}
