// One question and its answer on the page. Sentences are appended when they come and left alone
// afterwards, so that a focused marker or an opened note survives the next one.

import { actions } from "./actions.js";
import { byline, count, fill, h, icon } from "./dom.js";
import { abstained, conflict, failed, leftOpen, removed, stopped, summary } from "./notes.js";

const STEPS = {
  waiting: "Waiting",
  rewriting: "Understanding the question",
  searching: "Searching",
  reading: "Reading",
  writing: "Writing",
  checking: "Checking",
};

export class TurnView {
  /** `desk` has `cite(turn, number, from)`, `ask(question)`, `say(text)` and `call(name, data)`. */
  constructor(turn, desk) {
    this.turn = turn;
    this.desk = desk;
    this.began = performance.now();
    this.rows = [];
    this.said = 0;
    this.scope = h("div", { class: "gw-scope-note" });
    this.steps = h("ol", { class: "gw-steps" });
    this.sentences = h("div", { class: "gw-sentences" });
    this.notes = h("div", { class: "gw-notes" });
    this.element = h(
      "article",
      { class: "gw-turn", id: `turn-${turn.id}`, "aria-label": "Question and answer", tabindex: -1 },
      h("h2", { class: "gw-question" }, turn.question),
      this.scope,
      this.steps,
      this.sentences,
      this.notes,
    );
    this.update(turn, true);
  }

  /** Show a newer state. `quiet` says nothing aloud (a turn from before the reload). */
  update(turn, quiet = false) {
    this.turn = turn;
    this.#updateScope();
    this.#updateSteps();
    this.#updateSentences(quiet);
    if (turn.phase !== "running") this.#finish(quiet);
    this.element.dataset.phase = turn.phase;
  }

  /** Once a second while the turn runs: the elapsed time. */
  tick() {
    const running = this.steps.querySelector(".gw-step-running .gw-seconds");
    const last = this.turn.steps.at(-1);
    if (!running) return;
    const seconds = (performance.now() - this.began) / 1000 - (last?.began ?? 0);
    running.textContent = `${Math.max(0, Math.round(seconds))} s`;
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

  #updateSteps() {
    const { steps, phase } = this.turn;
    const shown = steps.length
      ? steps
      : phase === "running" ? [{ step: "sending", detail: "", began: 0, took: null }] : [];
    fill(
      this.steps,
      shown.map((step, index) => {
        const running = phase === "running" && index === shown.length - 1;
        return h(
          "li",
          { class: running ? "gw-step gw-step-running" : "gw-step" },
          running ? h("span", { class: "gw-spinner", "aria-hidden": "true" }) : icon("check"),
          h("span", { class: "gw-step-name" }, stepText(step)),
          h("span", { class: "gw-seconds" }, step.took === null ? "" : `${step.took} s`),
        );
      }),
    );
    this.tick();
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
      sentence.disputed ? h("span", { class: "gw-label gw-doubt" }, "Sources disagree") : null,
      sentence.verbatim ? h("span", { class: "gw-label" }, "Quoted word for word") : null,
      sentence.origins ? h("span", { class: "gw-label" }, sentence.origins) : null,
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
    this.#foldSteps();
    if (!quiet) desk.say(outcome(turn));
  }

  #foldSteps() {
    if (this.steps.children.length === 0 || this.steps.parentElement?.tagName === "DETAILS") return;
    const details = h("details", { class: "gw-how" });
    this.element.append(details);
    details.append(h("summary", {}, `How this was answered, ${this.turn.seconds} s`), this.steps);
  }
}

function stepText(step) {
  if (step.step === "sending") return "Sending the question";
  const name = STEPS[step.step] ?? step.step;
  if (!step.detail) return name;
  // "Writing with …", "Understanding the question to stand alone", but "Searching: 12 articles".
  return /^(with|to) /.test(step.detail) ? `${name} ${step.detail}` : `${name}: ${step.detail}`;
}

function outcome(turn) {
  if (turn.phase === "abstained") return `No answer. ${turn.abstention?.reason ?? ""}`;
  if (turn.phase === "failed") return `${turn.error?.problem}. ${turn.error?.fix}`;
  if (turn.phase === "stopped") return "Stopped.";
  return `Answer complete: ${count(turn.sentences.length, "sentence")}.`;
}
