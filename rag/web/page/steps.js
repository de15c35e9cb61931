// The steps of an answer in the making, each with its time; folded away once it is there.

import { fill, h, icon } from "./dom.js";

const STEPS = {
  waiting: "Waiting",
  searching: "Searching",
  reading: "Reading",
  checking: "Checking",
};

export class Steps {
  constructor() {
    this.began = performance.now();
    this.element = h("ol", { class: "gw-steps" });
  }

  /** Show how far a turn is. */
  update({ steps, phase }) {
    const shown = steps.length
      ? steps
      : phase === "running" ? [{ step: "sending", detail: "", began: 0, took: null }] : [];
    this.lastBegan = steps.at(-1)?.began ?? 0;
    fill(this.element, shown.map((step, index) => {
      const running = phase === "running" && index === shown.length - 1;
      return h(
        "li",
        { class: running ? "gw-step gw-step-running" : "gw-step" },
        running ? h("span", { class: "gw-spinner", "aria-hidden": "true" }) : icon("check"),
        h("span", { class: "gw-step-name" }, stepText(step)),
        h("span", { class: "gw-seconds" }, step.took === null ? "" : `${step.took} s`),
      );
    }));
    this.tick();
  }

  /** The seconds of the step that goes on. */
  tick() {
    const running = this.element.querySelector(".gw-step-running .gw-seconds");
    if (!running) return;
    const seconds = (performance.now() - this.began) / 1000 - this.lastBegan;
    running.textContent = `${Math.max(0, Math.round(seconds))} s`;
  }

  /** The steps put away under a line that opens; null where there are none, or they are already. */
  folded(seconds) {
    const { element } = this;
    if (element.children.length === 0 || element.parentElement?.tagName === "DETAILS") return null;
    return h("details", { class: "gw-how" },
      h("summary", {}, `How this was answered, ${seconds} s`), element);
  }
}

function stepText(step) {
  if (step.step === "sending") return "Sending the question";
  const name = STEPS[step.step] ?? step.step;
  if (!step.detail) return name;
  // "Writing with …", "Understanding the question to stand alone", but "Searching: 12 articles".
  return /^(with|to) /.test(step.detail) ? `${name} ${step.detail}` : `${name}: ${step.detail}`;
}
