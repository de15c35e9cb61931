// The sentences of an answer: in groups where they stand under a name, dated where they have a day.
// They are appended when they come and left alone afterwards, so that a focused marker survives the
// next one.

import { byline, h, icon, marked } from "./dom.js";

const BOTH = /^both\b/i;
const ONLY = /^only\s+/i;

export class Sentences {
  /** `cite(number, from, all)` opens a source, `marker(number)` gives the link to it. */
  constructor({ cite, marker }) {
    this.cite = cite;
    this.marker = marker;
    this.rows = [];
    this.groups = new Map();
    this.body = h("div", { class: "gw-sentences" });
    this.element = h("div", { class: "gw-answer" }, this.body);
  }

  /** Show those of a newer state of the turn. */
  update(turn) {
    turn.sentences.forEach((sentence, index) => {
      const key = JSON.stringify(sentence);
      const old = this.rows[index];
      if (old?.key === key) return;
      const row = this.#row(sentence, turn.sentences[index - 1]);
      this.rows[index] = { key, sentence, ...row };
      if (old && old.sentence.group === sentence.group) old.element.replaceWith(row.element);
      else {
        old?.element.remove();
        this.#group(sentence, turn).append(row.element);
      }
    });
    for (const row of this.rows.splice(turn.sentences.length)) row.element.remove();
  }

  /** Give the sentences the form of their kind: items, and what they stand under. */
  arrange(kind) {
    if (!kind) return;
    const { items, under } = kind;
    this.body.dataset.form = under ?? (items ? "items" : "text");
    this.body.classList.toggle("gw-verbatim", this.rows.every(({ sentence }) => sentence.verbatim));
    if (items) {
      for (const { list } of this.groups.values()) list.setAttribute("role", "list");
      for (const { element } of this.rows) element.setAttribute("role", "listitem");
    }
    if (under === "report") this.#sides();
  }

  /** Mark the sentences that cite `number`, or none. */
  light(number) {
    for (const { sentence, said } of this.rows) {
      said.classList.toggle("gw-lit", number !== null && sentence.citations.includes(number));
    }
  }

  // What two reports say stands side by side, what both say across.
  #sides() {
    const names = [...this.groups.keys()].filter((name) => !BOTH.test(name));
    const sides = [...new Set(names.map((name) => name.replace(ONLY, "")))];
    if (sides.length < 2) return;
    for (const [name, { section }] of this.groups) {
      section.dataset.side = BOTH.test(name) ? "both" : String(1 + (sides.indexOf(name.replace(ONLY, "")) % 2));
    }
  }

  #group(sentence, turn) {
    const name = sentence.group ?? "";
    if (!this.groups.has(name)) {
      const list = h("div", { class: "gw-group-list" });
      const from = turn.sources.find((source) => source.number === sentence.citations[0]);
      const section = h("div", { class: "gw-group", role: name ? "group" : null, "aria-label": name || null },
        name
          ? h("div", { class: "gw-group-head" }, h("h3", { class: "gw-group-name", dir: "auto" }, name),
              from?.title === name && byline(from) ? h("p", { class: "gw-byline" }, byline(from)) : null)
          : null,
        list);
      this.groups.set(name, { section, list });
      this.body.append(section);
    }
    return this.groups.get(name).list;
  }

  #row(sentence, before) {
    const state = sentence.disputed ? "disputed" : "verified";
    const label = sentence.disputed ? "Sources disagree" : "Verified";
    const said = h(
      "p",
      { class: `gw-sentence gw-${state}` },
      h(
        "button",
        {
          type: "button",
          class: "gw-state",
          title: `${label}: show the quotes`,
          "aria-label": `${label}: show the quotes of this sentence`,
          onclick: (event) => this.cite(sentence.citations[0], event.currentTarget, sentence.citations),
        },
        icon(sentence.disputed ? "disputed" : "check"),
      ),
      h("span", { class: "gw-text", dir: "auto" }, marked(sentence.runs ?? [sentence.text])),
      " ",
      sentence.citations.map((number) => this.marker(number)),
      sentence.disputed ? [" ", h("span", { class: "gw-label gw-doubt" }, "Sources disagree")] : null,
      sentence.verbatim ? [" ", h("span", { class: "gw-label gw-quoted" }, "Quoted word for word")] : null,
      sentence.origins ? [" ", h("span", { class: "gw-label" }, sentence.origins)] : null,
    );
    if (!sentence.when) return { element: said, said };
    const again = before?.when === sentence.when && before?.group === sentence.group;
    const when = h("span", { class: again ? "gw-when gw-again" : "gw-when", dir: "auto" }, sentence.when);
    return { element: h("div", { class: "gw-dated" }, when, said), said };
  }
}
