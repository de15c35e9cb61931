// The source panel: the cited quotes of one turn, each marked in its surroundings, and whole
// articles. Everything in it is article text, so everything in it is a text node.

import { byline, fill, h, icon } from "./dom.js";

export class Panel {
  /** `desk` has `article(where)`, `light(turn, number)` and `leave()`. */
  constructor(desk) {
    this.desk = desk;
    this.turn = null;
    this.title = h("h2", { class: "gw-panel-title", tabindex: -1 }, "Sources");
    this.back = h(
      "button",
      { type: "button", class: "gw-icon-button", "aria-label": "Back to the sources", hidden: true, onclick: () => this.list(true) },
      icon("back"),
    );
    this.body = h("div", { class: "gw-panel-body" });
    this.element = h(
      "aside",
      { class: "gw-panel", "aria-label": "Sources", hidden: true },
      h(
        "div",
        { class: "gw-panel-top" },
        this.back,
        this.title,
        h(
          "button",
          { type: "button", class: "gw-icon-button gw-close", "aria-label": "Close the sources", onclick: () => desk.leave() },
          icon("close"),
        ),
      ),
      this.body,
    );
  }

  /** Show the sources of a turn without moving the focus. */
  show(turn) {
    const same = this.turn?.id === turn.id;
    this.turn = turn;
    if (same && this.element.dataset.view === "article") return;
    if (same && this.drawn === drawn(turn)) return;
    this.list();
  }

  /** Show one source: scroll to it, mark it, give it the focus. */
  open(turn, number, others = [number]) {
    this.turn = turn;
    this.list();
    for (const other of others) this.#card(other)?.classList.add("gw-lit");
    const card = this.#card(number);
    if (!card) return;
    this.last = number;
    card.setAttribute("aria-current", "true");
    card.focus({ preventScroll: true });
    reveal(this.body, card);
  }

  /** Show the passages of a turn that has no sources, and give them the focus. */
  passages(turn) {
    this.turn = turn;
    this.list();
    this.title.focus();
  }

  list(focus = false) {
    const turn = this.turn;
    const cited = new Set([
      ...turn.sentences.flatMap((sentence) => sentence.citations),
      ...turn.conflicts.flatMap((c) => c.positions.flatMap((p) => p.citations)),
      ...(turn.abstention?.nearest ?? []),
    ]);
    this.drawn = drawn(turn);
    this.element.dataset.view = "list";
    this.back.hidden = true;
    const sources = turn.sources.filter((source) => cited.has(source.number));
    const ended = ["failed", "stopped"].includes(turn.phase) && !sources.length;
    this.title.textContent = ended ? "Passages found" : turn.phase === "abstained" ? "Nearest passages" : "Sources";
    const read = turn.read.filter((passage) => !sources.some((source) => inside(source, passage)));
    fill(
      this.body,
      h("ol", { class: "gw-cards" }, sources.map((source) => this.#source(source))),
      sources.length || ended || turn.phase === "running" ? null : h("p", { class: "gw-empty" }, "Nothing was cited."),
      read.length ? this.#alsoRead(read, ended ? "Found" : turn.phase === "running" && !sources.length ? "Being read" : null) : null,
    );
    if (focus) (this.#card(this.last) ?? this.title).focus();
  }

  #card(number) {
    return this.body.querySelector(`#${CSS.escape(`src-${this.turn.id}-${number}`)}`);
  }

  #source(source) {
    const light = () => this.desk.light(this.turn, source.number);
    return h(
      "li",
      {
        class: "gw-card",
        id: `src-${this.turn.id}-${source.number}`,
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
        h("mark", {}, source.quote),
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
          { type: "button", class: "gw-link", onclick: (event) => { event.stopPropagation(); this.article(source); } },
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
                { type: "button", class: "gw-link", onclick: (event) => { event.stopPropagation(); this.article(also); } },
                also.title,
              ),
            ]),
          )
        : null,
    );
  }

  // `alone` is the heading when there is nothing else to show.
  #alsoRead(read, alone) {
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
            h("button", { type: "button", class: "gw-link", onclick: () => this.article(passage) }, "Open article"),
          ),
        ),
      ),
    );
  }

  /** Show a whole article, scrolled to the span. */
  async article(where) {
    this.element.dataset.view = "article";
    this.back.hidden = false;
    this.title.textContent = "Article";
    fill(this.body, h("p", { class: "gw-empty" }, "Opening the article…"));
    const { article_id, start, end, sha256 } = where;
    const article = (await this.desk.article({ article_id, start, end, sha256 }))
      ?? { problem: "The server did not answer. Is it still running?" };
    if (this.element.dataset.view !== "article") return;
    if (article.problem) {
      fill(this.body, h("p", { class: "gw-empty" }, article.problem));
      return;
    }
    const mark = article.quote ? h("mark", { tabindex: -1 }, article.quote) : null;
    fill(
      this.body,
      h(
        "div",
        { class: "gw-article" },
        h("h3", { dir: "auto" }, article.title),
        h("p", { class: "gw-byline" }, byline(article)),
        original(article),
        h("div", { class: "gw-article-text", dir: "auto" }, article.before, mark, article.after),
      ),
    );
    (mark ?? this.title).focus({ preventScroll: true });
    if (mark) reveal(this.body, mark);
    else this.body.scrollTop = 0;
  }
}

// What a drawn list depends on.
function drawn(turn) {
  return JSON.stringify([turn.phase, turn.read.length, turn.sources, turn.sentences.map((one) => one.citations)]);
}

function original(item) {
  if (!item.url) return null;
  return h(
    "a",
    { class: "gw-link", href: item.url, target: "_blank", rel: "noopener noreferrer nofollow" },
    "Original",
    icon("out"),
  );
}

function inside(source, passage) {
  return source.article_id === passage.article_id
    && source.start >= passage.start && source.end <= passage.end;
}

// Scrolls only the panel: the answer being read stays where it is.
function reveal(body, element) {
  const box = body.getBoundingClientRect();
  const at = element.getBoundingClientRect();
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  body.scrollBy({ top: at.top - box.top - 24, behavior: still ? "auto" : "smooth" });
}
