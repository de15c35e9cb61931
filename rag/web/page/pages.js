// The pages of the chat, of which one is shown, and the tabs that lead to them.

import { h } from "./dom.js";

export class Pages {
  /** `pages` by the name on their tab: `element`, and `enter()` once it is shown. The first shows. */
  constructor(pages) {
    this.pages = pages;
    this.tabs = Object.keys(pages).map((name) =>
      h("button", { type: "button", class: "gw-tab", onclick: () => this.go(name) }, name));
    this.#mark(Object.keys(pages)[0]);
  }

  go(name) {
    this.#mark(name);
    scrollTo(0, 0);
    this.pages[name].enter();
  }

  #mark(name) {
    for (const tab of this.tabs) {
      if (tab.textContent === name) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
    for (const [key, { element }] of Object.entries(this.pages)) element.hidden = key !== name;
  }
}
