// A button that opens a few choices. Tab and the arrows go through them, Esc closes and leads back.

import { h } from "./dom.js";

const MARGIN = 8;

/** `items` have `text`, `choose()` and perhaps `current`. */
export function menu(style, summary, items) {
  const list = h("div", { class: "gw-menu-items" }, items.map(({ text, choose, current }) =>
    h("button", {
      type: "button", class: "gw-menu-item", "aria-pressed": current === undefined ? null : String(current),
      onclick: () => { element.open = false; choose(); },
    }, text)));
  const element = h("details", { class: `gw-menu ${style}` }, summary, list);
  element.addEventListener("toggle", () => element.open && place(summary, list));
  element.addEventListener("keydown", (event) => {
    if (!element.open) return;
    const buttons = [...list.children];
    const at = buttons.indexOf(document.activeElement);
    if (event.key === "Escape") {
      element.open = false;
      summary.focus();
    } else if (event.key === "ArrowDown") {
      buttons[(at + 1) % buttons.length].focus();
    } else if (event.key === "ArrowUp") {
      buttons[(Math.max(at, 0) + buttons.length - 1) % buttons.length].focus();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
  element.addEventListener("focusout", (event) => {
    if (!element.contains(event.relatedTarget)) element.open = false;
  });
  return element;
}

// Over the button, or under it where there is more room; never past what can be seen.
function place(summary, list) {
  const at = summary.getBoundingClientRect();
  const top = document.querySelector(".gw-top")?.getBoundingClientRect().bottom ?? 0;
  const bottom = document.querySelector(".gw-ask")?.getBoundingClientRect().top ?? innerHeight;
  const above = at.top - top - MARGIN;
  const below = bottom - at.bottom - MARGIN;
  list.style.maxHeight = "";
  const under = list.offsetHeight > above && below > above;
  list.classList.toggle("gw-under-button", under);
  list.style.maxHeight = `${Math.max(under ? below : above, 100)}px`;
}
