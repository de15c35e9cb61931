// What a question was taken for, and the way to have it taken for something else.

import { h, icon } from "./dom.js";
import { menu } from "./menu.js";

/** A reader's words for each kind of question in `rag.answer.Kind`. */
export const KINDS = {
  fact: "single fact",
  list: "list",
  count: "number",
  who: "who",
  what: "what",
  why: "reasons",
  how: "how",
  positions: "what people say",
  timeline: "timeline",
  yes_no: "yes or no",
  comparison: "comparison",
  overview: "overview",
  summary: "summary",
  about_corpus: "the collection",
  small_talk: "small talk",
};

/** The chip that says the kind of a turn; another one asks the same question again. */
export function kindChip(turn, desk) {
  if (!KINDS[turn.kind]) return null;
  const summary = h("summary", { class: "gw-kind-chip", title: "Ask again as another kind of question" },
    h("span", {}, "Taken for: ", h("strong", {}, KINDS[turn.kind]), icon("open")));
  // Nobody asks to be greeted.
  const offered = Object.entries(KINDS).filter(([kind]) => kind !== "small_talk" || kind === turn.kind);
  return menu("gw-kind", summary, offered.map(([kind, text]) => ({
    text: text[0].toUpperCase() + text.slice(1),
    current: kind === turn.kind,
    choose: () => desk.again(turn, kind),
  })));
}
