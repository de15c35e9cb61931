// The question field with its button, which asks or stops, and the scope under it.

import { fill, h, icon } from "./dom.js";
import { Scope } from "./scope.js";

const LONGEST = 2000;
const HINT = "Enter to ask, Shift and Enter for a new line";

export class QuestionField {
  /** `desk` has `ask(question)` and `stop()`. */
  constructor(desk) {
    this.desk = desk;
    this.running = false;
    this.field = h("textarea", {
      id: "gw-question", rows: 1, maxlength: LONGEST, placeholder: "Ask about the articles",
      "aria-label": "Your question", "aria-describedby": "gw-hint",
    });
    this.button = h("button", { type: "submit", class: "gw-send" });
    this.hint = h("p", { class: "gw-hint", id: "gw-hint" }, HINT);
    this.scope = new Scope();
    this.element = h(
      "form", { class: "gw-ask" },
      h("div", { class: "gw-field" }, this.field, this.button),
      h("div", { class: "gw-under" }, this.scope.element, this.hint),
    );
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.running) desk.stop();
      else desk.ask(this.field.value);
    });
    this.field.addEventListener("input", () => this.#grow());
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      if (!this.running) desk.ask(this.field.value);
    });
    this.draw(false);
  }

  /** Show whether a question is being answered. */
  draw(running) {
    this.running = running;
    this.element.classList.toggle("gw-busy", running);
    this.button.setAttribute("aria-label", running ? "Stop" : "Ask");
    fill(this.button, icon(running ? "stop" : "send"), h("span", {}, running ? "Stop" : "Ask"));
  }

  /** Make room for the next question; what was not the one asked stays. */
  asked(question) {
    if (this.field.value.trim() === question) this.field.value = "";
    this.#grow();
  }

  focus(options) {
    this.field.focus(options);
  }

  #grow() {
    const { field } = this;
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, 200)}px`;
    const left = LONGEST - field.value.length;
    this.hint.textContent = left < 200 ? `${left.toLocaleString("en")} characters left` : HINT;
  }
}
