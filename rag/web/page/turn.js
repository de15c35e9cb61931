// One question and its answer on the page. Sentences are appended when they come and left alone
// afterwards, so that a focused marker or an opened note survives the next one.

import { actions } from "./actions.js";
import { byline, count, fill, h, icon } from "./dom.js";
import { abstained, conflict, failed, leftOpen, removed, stopped, summary } from "./notes.js";
import { Steps } from "./steps.js";

export class TurnView {
  /** `desk` has `cite(turn, number, from)`, `ask(question)`, `say(text)` and `call(name, data)`. */
  constructor(turn, desk) {
    this.turn = turn;
    this.desk = desk;
    this.rows = [];
    this.said = 0;
    this.scope = h("div", { class: "gw-scope-note" });
    this.steps = new Steps();
    this.sentences = h("div", { class: "gw-sentences" });
    this.notes = h("div", { class: "gw-notes" });
    this.element = h(
      "article",
      { class: "gw-turn", id: `turn-${turn.id}`, "aria-label": "Question and answer", tabindex: -1 },
      h("h2", { class: "gw-question" }, turn.question),
      this.scope,
      this.steps.element,
      this.sentences,
      this.notes,
    );
    this.update(turn, true);
  }

  /** Show a newer state. `quiet` says nothing aloud (a turn from before the reload). */
  update(turn, quiet = false) {
    this.turn = turn;
    this.#updateScope();
    this.steps.update(turn);
    this.#updateSentences(quiet);
    if (turn.phase !== "running") this.#finish(quiet);
    this.element.dataset.phase = turn.phase;
  }

  /** Now and then while the turn runs: the elapsed time. */
  tick() {
    this.steps.tick();
  }

  /** Mark the sentences that cite `number`, or none. */
  light(number) {
    for (const row of this.rows) {
      const lit = number !== null && row.sentence.citations.includes(number);
      row.element.classList.toggle("gw-lit", lit);
    }
  }

  marker(number) {
    const source = this.turn.sources.find((item) => item.number === number);
    if (!source) return null;
    const where = [byline(source), source.title].filter(Boolean).join(": ");
    const link = h(
      "a",
      {
        class: "gw-marker",
        href: `#src-${this.turn.id}-${number}`,
        "aria-label": `Source ${number}, ${where}`,
        title: where,
        onclick: (event) => {
          event.preventDefault();
          this.desk.cite(this.turn, number, link);
        },
      },
      `[${number}]`,
    );
    return link;
  }

  #updateScope() {
    const { searched_for, question, scope, preferred } = this.turn;
    const other = searched_for && searched_for.trim() !== question.trim();
    fill(this.scope, [
      other ? `Searched for: ${searched_for}` : null,
      scope ? `Within: ${scope}` : null,
      preferred ? `Looked first at: ${preferred}` : null,
    ].filter(Boolean).map((text) => h("p", { dir: "auto" }, text)));
    this.scope.hidden = !this.scope.textContent;
  }

  #updateSentences(quiet) {
    this.turn.sentences.forEach((sentence, index) => {
      const key = JSON.stringify(sentence);
      const old = this.rows[index];
      if (old?.key === key) return;
      const row = { key, sentence, element: this.#sentence(sentence) };
      if (old) old.element.replaceWith(row.element);
      else this.sentences.append(row.element);
      this.rows[index] = row;
    });
    for (const row of this.rows.splice(this.turn.sentences.length)) row.element.remove();
    if (!quiet) {
      for (const sentence of this.turn.sentences.slice(this.said)) this.desk.say(sentence.text);
    }
    this.said = this.turn.sentences.length;
  }

  #sentence(sentence) {
    const state = sentence.disputed ? "disputed" : "verified";
    const label = sentence.disputed ? "Sources disagree" : "Verified";
    const element = h(
      "p",
      { class: `gw-sentence gw-${state}` },
      h(
        "button",
        {
          type: "button",
          class: "gw-state",
          title: `${label}: show the quotes`,
          "aria-label": `${label}: show the quotes of this sentence`,
          onclick: (event) =>
            this.desk.cite(this.turn, sentence.citations[0], event.currentTarget, sentence.citations),
        },
        icon(sentence.disputed ? "disputed" : "check"),
      ),
      h("span", { class: "gw-text", dir: "auto" }, sentence.text),
      " ",
      sentence.citations.map((number) => this.marker(number)),
      sentence.disputed ? [" ", h("span", { class: "gw-label gw-doubt" }, "Sources disagree")] : null,
      sentence.verbatim ? [" ", h("span", { class: "gw-label" }, "Quoted word for word")] : null,
      sentence.origins ? [" ", h("span", { class: "gw-label" }, sentence.origins)] : null,
    );
    return element;
  }

  #finish(quiet) {
    const { turn, desk } = this;
    const marker = (number) => this.marker(number);
    this.element.classList.add("gw-finished");
    fill(
      this.notes,
      turn.phase === "abstained" ? abstained(turn, marker) : null,
      turn.phase === "partial" && turn.abstention ? leftOpen(turn.abstention) : null,
      turn.phase === "failed" ? failed(turn, desk) : null,
      turn.phase === "stopped" ? stopped(turn, desk) : null,
      turn.conflicts.map((found) => conflict(turn, found, marker)),
      summary(turn),
      removed(turn),
      actions(turn, desk),
    );
    const how = this.steps.folded(turn.seconds);
    if (how) this.element.append(how);
    if (!quiet) desk.say(outcome(turn));
  }
}

function outcome(turn) {
  if (turn.phase === "abstained") return `No answer. ${turn.abstention?.reason ?? ""}`;
  if (turn.phase === "failed") return `${turn.error?.problem}. ${turn.error?.fix}`;
  if (turn.phase === "stopped") return "Stopped.";
  return `Answer complete: ${count(turn.sentences.length, "sentence")}.`;
}

/** A turn of which only the question is known, with every field that the server fills. */
export function begun(id, question) {
  return {
    id, question, scope: "", searched_for: "", phase: "running", steps: [], sentences: [], sources: [],
    read: [], removed: [], conflicts: [], abstention: null, seconds: 0, answer: null, error: null,
  };
}
