// Check my draft: each sentence of someone's text held against the articles.

import { count, fill, h, icon } from "./dom.js";
import { Panel } from "./panel.js";

const LONGEST = 20_000;

const VERDICTS = {
  supported: ["check", "Supported", "gw-verified"],
  contradicted: ["disputed", "Contradicted", "gw-wrong"],
  not_found: ["none", "Not found", "gw-unfound"],
  in_part: ["disputed", "Supported in part", "gw-unfound"],
};

const verdictOf = (sentence) => (sentence.outcome === "in_part" ? "in_part" : sentence.verdict);

export class Draft {
  /** `desk` has `call(name, data)` and `article(where)`. */
  constructor(desk) {
    this.desk = desk;
    this.cameFrom = null;
    this.turn = null;
    this.panel = new Panel({
      article: desk.article,
      light: (turn, number) => this.#light(number),
      leave: () => this.#leave(),
    });
    this.field = h("textarea", { id: "gw-draft", class: "gw-draft-field", rows: 8, maxlength: LONGEST,
      placeholder: "Paste a paragraph", "aria-label": "Your draft" });
    this.model = h("input", { type: "checkbox" });
    this.button = h("button", { type: "submit", class: "gw-send" }, icon("check"), "Check");
    this.summary = h("p", { class: "gw-card-line", role: "status" });
    this.result = h("div", { class: "gw-sentences" });
    const asks = h("label", { class: "gw-draft-model" }, this.model,
      "Also ask the model about reworded sentences: surer, a second or two for each");
    const form = h("form", { class: "gw-draft-form" }, this.field, asks, this.button);
    form.addEventListener("submit", (event) => { event.preventDefault(); this.check(); });
    this.layout = h("div", { class: "gw-layout" },
      h("section", { class: "gw-chat gw-draft", "aria-label": "Check a draft" },
        h("h2", { class: "gw-lead", tabindex: -1 }, "Check a draft"),
        h("p", { class: "gw-card-line" }, "Each sentence is held against the articles."),
        form, this.summary, this.result),
      this.panel.element);
    this.element = h("div", { class: "gw-page", hidden: true }, this.layout);
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.panel.element.hidden) return;
      event.preventDefault();
      if (this.panel.element.dataset.view === "article") this.panel.list(true);
      else this.#leave();
    });
  }

  async check() {
    const text = this.field.value.trim();
    if (!text) {
      this.field.focus();
      return;
    }
    this.button.disabled = true;
    this.summary.textContent = this.model.checked ? "Checking, with the model…" : "Checking…";
    fill(this.result);
    const found = await this.desk.call("check", { text, with_model: this.model.checked });
    this.button.disabled = false;
    if (!found || found.problem) {
      this.summary.textContent = found ? `${found.problem} ${found.fix}` : "The server does not answer.";
      return;
    }
    const { sentences, sources, notes } = found;
    this.turn = { id: "draft", phase: "answered", sentences, sources, read: [], conflicts: [], abstention: null };
    this.rows = sentences.map((sentence) => this.#row(sentence));
    fill(this.result, this.rows);
    const of = (verdict) => sentences.filter((sentence) => verdictOf(sentence) === verdict).length;
    const inPart = of("in_part") ? `${of("in_part")} in part, ` : "";
    this.summary.textContent = `${count(sentences.length, "sentence")}: ${of("supported")} supported, `
      + `${inPart}${of("contradicted")} contradicted, ${of("not_found")} not found`
      + notes.map((note) => `. ${note}`).join("");
  }

  #row(sentence) {
    const [name, label, style] = VERDICTS[verdictOf(sentence)];
    return h("p", { class: `gw-sentence ${style}` },
      h("span", { class: "gw-state" }, icon(name)),
      h("span", { class: "gw-text", dir: "auto" }, sentence.text), " ",
      sentence.citations.map((number) => this.#marker(number)),
      " ", h("span", { class: "gw-label" }, label),
      sentence.note ? [" ", h("span", { class: "gw-note", dir: "auto" }, sentence.note)] : []);
  }

  #marker(number) {
    const source = this.turn.sources.find((item) => item.number === number);
    const link = h("a", {
      class: "gw-marker", href: `#src-draft-${number}`, "aria-label": `Source ${number}, ${source.title}`,
      onclick: (event) => {
        event.preventDefault();
        this.cameFrom = link;
        this.panel.element.hidden = false;
        this.layout.classList.add("gw-with-panel");
        if (!matchMedia("(min-width: 900px)").matches) link.closest(".gw-sentence").scrollIntoView({ block: "start" });
        this.panel.open(this.turn, number);
        this.#light(number);
      },
    }, `[${number}]`);
    return link;
  }

  #light(number) {
    this.rows?.forEach((row, index) =>
      row.classList.toggle("gw-lit", this.turn.sentences[index].citations.includes(number)));
  }

  #leave() {
    this.panel.element.hidden = true;
    this.layout.classList.remove("gw-with-panel");
    this.#light(null);
    (this.cameFrom?.isConnected ? this.cameFrom : this.field).focus();
  }
}
