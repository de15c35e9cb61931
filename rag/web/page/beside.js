// Where the sources stand: beside the answers, or over them on a phone; and the way back from them.

import { wide } from "./dom.js";

export class Beside {
  /** `light(turn, number)` marks sentences; `fallback` gets the focus where nothing else is left. */
  constructor(layout, panel, { light, fallback }) {
    this.layout = layout;
    this.panel = panel;
    this.light = light;
    this.fallback = fallback;
    this.cameFrom = null;
  }

  /** Show a source, and remember whence. */
  cite(turn, number, from, all = [number]) {
    this.cameFrom = from;
    this.#open();
    // On a phone the sources cover what is below: keep the sentence in sight above them.
    if (!wide()) from.closest(".gw-sentence, li")?.scrollIntoView({ block: "start" });
    this.panel.open(turn, number, all);
    this.light(turn, number);
  }

  /** Show the passages of a turn that has no sources. */
  passages(turn, from) {
    this.cameFrom = from;
    this.#open();
    this.panel.passages(turn);
  }

  /** Show what a turn rests on so far, without moving the focus. */
  show(turn) {
    if (turn.sources.length || turn.read.length) this.#open();
    this.panel.show(turn);
  }

  /** One step back: from an article to the sources, from these to where the reader came from. */
  back() {
    if (this.panel.element.dataset.view === "article") this.panel.list(true);
    else this.leave();
  }

  leave() {
    this.close();
    this.light(null, null);
    (this.cameFrom?.isConnected ? this.cameFrom : this.fallback).focus();
  }

  close() {
    this.panel.element.hidden = true;
    this.layout.classList.remove("gw-with-panel");
  }

  #open() {
    this.panel.element.hidden = false;
    this.layout.classList.add("gw-with-panel");
  }
}
