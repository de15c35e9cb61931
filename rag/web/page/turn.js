// One question and its answer on the page.

import { actions } from "./actions.js";
import { byline, count, fill, h } from "./dom.js";
import {
  abstained, conflict, failed, followUps, leftOpen, opening, removed, stopped, summary,
} from "./notes.js";
import { Sentences } from "./sentences.js";
import { Steps } from "./steps.js";

export class TurnView {
  /** `desk` has `kinds`, `cite(turn, number, from)`, `ask(question)`, `again(turn, kind)`,
   * `say(text)` and `call(name, data)`. */
  constructor(turn, desk) {
    this.turn = turn;
    this.desk = desk;
    this.said = 0;
    this.opened = "";
    this.scope = h("div", { class: "gw-scope-note" });
    this.steps = new Steps();
    this.opening = h("div", { class: "gw-openings" });
    this.sentences = new Sentences({
      cite: (number, from, all) => desk.cite(this.turn, number, from, all),
      marker: (number) => this.marker(number),
    });
    this.notes = h("div", { class: "gw-notes" });
    this.next = h("div", {});
    this.element = h(
      "article",
      { class: "gw-turn", id: `turn-${turn.id}`, "aria-label": "Question and answer", tabindex: -1 },
      h("h2", { class: "gw-question" }, turn.question),
      this.scope,
      this.steps.element,
      this.opening,
      this.sentences.element,
      this.notes,
      this.next,
    );
    this.update(turn, true);
  }

  /** Show a newer state. `quiet` says nothing aloud (a turn from before the reload). */
  update(turn, quiet = false) {
    this.turn = { ...begun(turn.id, turn.question), ...turn }; // one kept by an older page lacks some
    this.#updateScope();
    this.steps.update(this.turn);
    this.#open(quiet);
    this.sentences.update(this.turn);
    if (!quiet) this.#say();
    this.said = this.turn.sentences.length;
    if (turn.phase !== "running") this.#finish(quiet);
    this.element.dataset.phase = turn.phase;
  }

  /** Now and then while the turn runs: the elapsed time. */
  tick() {
    this.steps.tick();
  }

  /** Mark the sentences that cite `number`, or none. */
  light(number) {
    this.sentences.light(number);
    for (const item of this.notes.querySelectorAll("[data-cites]")) {
      item.classList.toggle("gw-lit", number !== null && item.dataset.cites.split(" ").includes(String(number)));
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
    const { searched_for, question, scope, preferred, asked_as } = this.turn;
    const other = searched_for && searched_for.trim() !== question.trim();
    fill(this.scope, [
      asked_as ? `Taken for: ${this.desk.kinds[asked_as]?.label ?? asked_as}, as you chose` : null,
      other ? `Searched for: ${searched_for}` : null,
      scope ? `Within: ${scope}` : null,
      preferred ? `Looked first at: ${preferred}` : null,
    ].filter(Boolean).map((text) => h("p", { dir: "auto" }, text)));
    this.scope.hidden = !this.scope.textContent;
  }

  // What the program says first is said as soon as it is known, and again only where it changed.
  #open(quiet) {
    const running = this.turn.phase === "running";
    const opened = openingText(this.turn);
    if (running && opened === this.opened) return;
    fill(this.opening, opening(this.turn));
    if (!running) return; // its end is said with the outcome
    this.opened = opened;
    if (!quiet) this.desk.say(opened);
  }

  // Each sentence is said once it is there, under its name or day where that is a new one.
  #say() {
    const { sentences } = this.turn;
    sentences.slice(this.said).forEach(({ text, group, when }, index) => {
      const before = sentences[this.said + index - 1];
      const under = [group !== before?.group && group, when !== before?.when && when].filter(Boolean);
      this.desk.say([...under, text].join(": "));
    });
  }

  #finish(quiet) {
    const { turn, desk } = this;
    const marker = (number) => this.marker(number);
    const asking = followUps(turn, desk);
    const none = turn.phase === "abstained";
    this.element.classList.add("gw-finished");
    this.sentences.arrange(desk.kinds[turn.kind]);
    fill(
      this.notes,
      none ? abstained(turn, marker, asking) : null,
      turn.phase === "partial" && turn.abstention ? leftOpen(turn, marker) : null,
      turn.phase === "failed" ? failed(turn, desk) : null,
      turn.phase === "stopped" ? stopped(turn, desk) : null,
      turn.conflicts.map((found) => conflict(turn, found, marker)),
      summary(turn),
      removed(turn),
      actions(turn, desk),
    );
    this.how ??= this.steps.folded(turn.seconds);
    if (turn.kind === "small_talk") this.how?.remove();
    fill(this.next, turn.kind === "small_talk" ? null : this.how, none ? null : asking);
    const end = outcome(turn, this.opened);
    if (end && !quiet) desk.say(end);
  }
}

function openingText({ verdict, lead }) {
  return [verdict?.text, lead].filter(Boolean).join(". ");
}

// `said` is what was said of the opening already.
function outcome(turn, said) {
  const opened = openingText(turn) === said ? "" : openingText(turn);
  if (turn.phase === "abstained") return `No answer. ${turn.abstention?.reason ?? ""}`;
  if (turn.phase === "failed") return `${turn.error?.problem}. ${turn.error?.fix}`;
  if (turn.phase === "stopped") return "Stopped.";
  if (!turn.sentences.length) return opened;
  return [opened, `Answer complete: ${count(turn.sentences.length, "sentence")}.`].filter(Boolean).join(" ");
}

/** A turn of which only the question is known, with every field that the server fills. */
export function begun(id, question, kind = null) {
  return {
    id, question, asked_as: kind, kind: null, verdict: null, lead: "", coverage: null, follow_ups: [],
    scope: "", searched_for: "", phase: "running", steps: [], sentences: [], sources: [],
    read: [], removed: [], conflicts: [], abstention: null, seconds: 0, answer: null, error: null,
  };
}
