// The source panel: the cited quotes of one turn, each marked in its surroundings, and whole
// articles. Everything in it is article text, so everything in it is a text node.

import { byline, calm, fill, h, icon, marked } from "./dom.js";
import { original, passages, sourceCard } from "./source_card.js";

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
      ...(turn.abstention?.related ?? []).flatMap((sentence) => sentence.citations),
    ]);
    this.drawn = drawn(turn);
    this.element.dataset.view = "list";
    this.back.hidden = true;
    const sources = turn.sources.filter((source) => cited.has(source.number));
    const ended = ["failed", "stopped"].includes(turn.phase) && !sources.length;
    const near = turn.phase === "abstained" && !turn.abstention?.related?.length;
    this.title.textContent = ended ? "Passages found" : near ? "Nearest passages" : "Sources";
    const read = turn.read.filter((passage) => !sources.some((source) => inside(source, passage)));
    fill(
      this.body,
      h("ol", { class: "gw-cards" }, sources.map((source) => sourceCard(source, turn, this))),
      sources.length || ended || turn.phase === "running" ? null : h("p", { class: "gw-empty" }, "Nothing was cited."),
      read.length ? passages(read, this, ended ? "Found" : turn.phase === "running" && !sources.length ? "Being read" : null) : null,
    );
    if (focus) (this.#card(this.last) ?? this.title).focus();
  }

  light(number) {
    this.desk.light(this.turn, number);
  }

  #card(number) {
    return this.body.querySelector(`#${CSS.escape(`src-${this.turn.id}-${number}`)}`);
  }

  /** Show a whole article, scrolled to the span. */
  async article(where) {
    this.element.dataset.view = "article";
    this.back.hidden = false;
    this.title.textContent = "Article";
    fill(this.body, h("p", { class: "gw-empty" }, "Opening the article…"));
    const { article_id, start, end, sha256, runs } = where;
    const article = (await this.desk.article({ article_id, start, end, sha256 }))
      ?? { problem: "The server did not answer. Is it still running?" };
    if (this.element.dataset.view !== "article") return;
    if (article.problem) {
      fill(this.body, h("p", { class: "gw-empty" }, article.problem));
      return;
    }
    const same = runs?.join("") === article.quote;
    const mark = article.quote ? h("mark", { tabindex: -1 }, marked(same ? runs : [article.quote])) : null;
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

function inside(source, passage) {
  return source.article_id === passage.article_id
    && source.start >= passage.start && source.end <= passage.end;
}

// Scrolls only the panel: the answer being read stays where it is.
function reveal(body, element) {
  const box = body.getBoundingClientRect();
  const at = element.getBoundingClientRect();
  body.scrollBy({ top: at.top - box.top - 24, behavior: calm() });
}
