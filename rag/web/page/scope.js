// Which articles an answer may come from: dates and publishers. Shown where there is a choice.

import { fill, h, icon } from "./dom.js";

export class Scope {
  constructor() {
    this.from = h("input", { type: "date" });
    this.to = h("input", { type: "date" });
    this.publishers = h("div", { class: "gw-publishers", role: "group", "aria-label": "Publishers" });
    this.dates = h("div", { class: "gw-dates" },
      h("label", {}, "Published from", this.from), h("label", {}, "until", this.to));
    this.summary = h("summary", { class: "gw-action" });
    this.element = h("details", { class: "gw-scope", hidden: true }, this.summary,
      h("div", { class: "gw-scope-body" }, this.dates, this.publishers,
        h("button", { type: "button", class: "gw-link", onclick: () => this.#reset() }, "All articles")));
    this.element.addEventListener("change", () => this.#draw());
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.element.open) return;
      event.stopPropagation();
      this.element.open = false;
      this.summary.focus();
    });
    this.#draw();
  }

  /** Take over what the corpus offers. */
  offer(corpus) {
    const key = JSON.stringify([corpus.publishers, corpus.first_day, corpus.last_day]);
    if (this.offered === key) return;
    this.offered = key;
    this.dates.hidden = !corpus.first_day || corpus.first_day === corpus.last_day;
    for (const field of [this.from, this.to]) {
      field.min = corpus.first_day ?? "";
      field.max = corpus.last_day ?? "";
    }
    const chosen = new Set(this.#chosen());
    this.publishers.hidden = corpus.publishers.length < 2;
    fill(this.publishers, this.publishers.hidden ? [] : corpus.publishers.map((name) =>
      h("label", { class: "gw-check" }, h("input", { type: "checkbox", value: name, checked: chosen.has(name) }), name)));
    this.element.hidden = this.dates.hidden && this.publishers.hidden;
    this.#draw();
  }

  /** What to send with a question; null for everything. */
  get value() {
    const fields = {
      published_from: this.from.value, published_to: this.to.value, publishers: this.#chosen(),
    };
    const filled = Object.entries(fields).filter(([, given]) => given.length);
    return filled.length ? Object.fromEntries(filled) : null;
  }

  #chosen() {
    return [...this.publishers.querySelectorAll("input:checked")].map((input) => input.value);
  }

  #reset() {
    this.from.value = "";
    this.to.value = "";
    for (const input of this.publishers.querySelectorAll("input")) input.checked = false;
    this.#draw();
  }

  #draw() {
    const { value } = this;
    const [from, to] = [day(value?.published_from), day(value?.published_to)];
    const when = from && to ? `${from} to ${to}` : from ? `from ${from}` : to ? `until ${to}` : "";
    const who = value?.publishers?.join(", ") ?? "";
    fill(this.summary, icon("filter"), h("span", {}, [when, who].filter(Boolean).join(" · ") || "All articles"));
    this.element.classList.toggle("gw-narrowed", value !== null);
  }
}

// "2016-10-20" as readers write it.
function day(text) {
  return text ? new Date(`${text}T00:00`).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" }) : "";
}
