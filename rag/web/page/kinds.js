// What a question was taken for, and the way to have it taken for something else.

import { h, icon } from "./dom.js";
import { menu } from "./menu.js";

/** The chip that says the kind of a turn; another one asks the same question again. */
export function kindChip(turn, desk) {
  const { kinds } = desk;
  if (!kinds[turn.kind]) return null;
  const summary = h("summary", { class: "gw-kind-chip", title: "Ask again as another kind of question" },
    h("span", {}, "Taken for: ", h("strong", {}, kinds[turn.kind].label), icon("open")));
  // Nobody asks to be greeted.
  const offered = Object.entries(kinds).filter(([kind]) => kind !== "small_talk" || kind === turn.kind);
  return menu("gw-kind", summary, offered.map(([kind, { label }]) => ({
    text: label[0].toUpperCase() + label.slice(1),
    current: kind === turn.kind,
    choose: () => desk.again(turn, kind),
  })));
}
