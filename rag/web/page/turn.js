// One question and its answer on the page. Sentences are appended when they come and left alone
// afterwards, so that a focused marker or an opened note survives the next one.

import { actions } from "./actions.js";
import { byline, count, fill, h, icon } from "./dom.js";

const STEPS = {
  waiting: "Waiting",
  rewriting: "Understanding the question",
  searching: "Searching",
  reading: "Reading",
  writing: "Writing",
  checking: "Checking",
};

const TRY = [
  "Name the person, place or event as a report would.",
  "Ask for one thing at a time.",
  "Add articles that report on it.",
];

export class TurnView {
  /** `desk` has `cite(turn, number, from)`, `ask(question)`, `say(text)` and `call(name, data)`. */
  constructor(turn, desk) {
    this.turn = turn;
    this.desk = desk;
    this.began = performance.now();
    this.rows = [];
    this.said = 0;
    this.scope = h("p", { class: "gw-scope-note" });
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
    fill(this.scope, this.#scopeText());
    this.scope.hidden = !this.scope.textContent;
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

  #scopeText() {
    const { searched_for, question, scope } = this.turn;
    const other = searched_for && searched_for.trim() !== question.trim();
    return [other ? `Searched for: ${searched_for}` : "", scope ? `Within: ${scope}` : ""]
      .filter(Boolean)
      .join(" · ");
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
      sentence.disputed ? h("span", { class: "gw-label" }, "Sources disagree") : null,
      sentence.verbatim ? h("span", { class: "gw-label" }, "Quoted word for word") : null,
    );
    return element;
  }

  #finish(quiet) {
    const { phase, error, abstention, conflicts } = this.turn;
    this.element.classList.add("gw-finished");
    const parts = [];
    if (phase === "abstained") parts.push(this.#abstained(abstention));
    if (phase === "partial" && abstention) {
      parts.push(
        h("p", { class: "gw-open" }, icon("none"), h("span", {}, h("strong", {}, "Left open: "), abstention.reason)),
      );
    }
    if (phase === "failed") parts.push(this.#failed(error));
    if (phase === "stopped") {
      parts.push(h("p", { class: "gw-open" }, icon("stop"), h("span", {}, "You stopped this answer.")));
    }
    parts.push(...conflicts.map((conflict) => this.#conflict(conflict)));
    parts.push(this.#summary(), this.#removed(), actions(this.turn, this.desk));
    fill(this.notes, ...parts);
    this.#foldSteps();
    if (!quiet) this.desk.say(outcome(this.turn));
  }

  #foldSteps() {
    if (this.steps.children.length === 0 || this.steps.parentElement?.tagName === "DETAILS") return;
    const details = h("details", { class: "gw-how" });
    this.element.append(details);
    details.append(h("summary", {}, `How this was answered, ${this.turn.seconds} s`), this.steps);
  }

  #summary() {
    const { sentences, sources } = this.turn;
    if (!sentences.length) return null;
    const cited = new Set(sentences.flatMap((sentence) => sentence.citations));
    const articles = new Set(
      sources.filter((source) => cited.has(source.number)).map((source) => source.article_id),
    );
    const checked = `${count(sentences.length, "sentence")} from ${count(articles.size, "article")}`;
    const text = `${checked}, ${sentences.length === 1 ? "checked against its source" : "each checked against its source"}`;
    return h("p", { class: "gw-summary" }, icon("check"), h("span", {}, text));
  }

  #removed() {
    const { removed } = this.turn;
    if (!removed.length) return null;
    return h(
      "details",
      { class: "gw-removed" },
      h("summary", {}, `${count(removed.length, "sentence")} removed: not supported`),
      h(
        "ul",
        {},
        removed.map((item) =>
          h("li", {}, h("s", { dir: "auto" }, item.text), h("span", { class: "gw-why" }, ` Removed because ${item.reason}.`)),
        ),
      ),
    );
  }

  #conflict(conflict) {
    return h(
      "section",
      { class: "gw-conflict", "aria-label": "Sources disagree" },
      h("h3", {}, icon("disputed"), `Sources disagree: ${conflict.about}`),
      h(
        "ul",
        {},
        conflict.positions.map((position) =>
          h("li", {}, h("span", { dir: "auto" }, position.text), position.later ? " (later report) " : " ", position.citations.map((n) => this.marker(n))),
        ),
      ),
    );
  }

  #abstained(abstention) {
    const nearest = (abstention?.nearest ?? [])
      .map((number) => this.turn.sources.find((source) => source.number === number))
      .filter(Boolean);
    return h(
      "section",
      { class: "gw-abstained", "aria-label": "No answer" },
      h("h3", {}, icon("none"), "The articles do not answer this"),
      abstention?.reason ? h("p", { class: "gw-reason" }, abstention.reason) : null,
      nearest.length
        ? [
            h("h4", {}, "Nearest passages"),
            h(
              "ul",
              { class: "gw-nearest" },
              nearest.map((source) =>
                h("li", {}, h("q", { dir: "auto" }, source.quote), " ", this.marker(source.number)),
              ),
            ),
          ]
        : null,
      h("h4", {}, "What to try"),
      h(
        "ul",
        {},
        this.turn.scope ? h("li", {}, "Widen the dates or publishers you chose.") : null,
        TRY.map((text) => h("li", {}, text)),
      ),
    );
  }

  #failed(error) {
    return h(
      "section",
      { class: "gw-failed", role: "alert" },
      h("h3", {}, icon("warning"), error?.problem ?? "Something went wrong"),
      h("p", {}, error?.fix ?? "Try again."),
      h(
        "button",
        { type: "button", class: "gw-button", onclick: () => this.desk.ask(this.turn.question) },
        icon("again"),
        "Ask again",
      ),
    );
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
