// What stands under the sentences of a turn: what is open, what differs, what was removed, what
// went wrong. `marker(number)` gives the link to a source of the turn, or null.

import { byline, count, h, icon } from "./dom.js";

const TRY = [
  "Name the person, place or event as a report would.",
  "Ask for one thing at a time.",
  "Add articles that report on it.",
];

/** No answer: what is missing, what comes nearest, what to try. */
export function abstained(turn, marker) {
  const { abstention } = turn;
  const nearest = (abstention?.nearest ?? []).map((number) => source(turn, number)).filter(Boolean);
  return h(
    "section",
    { class: "gw-abstained", "aria-label": "No answer" },
    h("h3", {}, icon("none"), "The articles do not answer this"),
    abstention?.reason ? h("p", { class: "gw-reason", dir: "auto" }, abstention.reason) : null,
    nearest.length
      ? [
          h("h4", {}, "Nearest passages"),
          h(
            "ul",
            { class: "gw-nearest" },
            nearest.map((one) =>
              h("li", {},
                h("p", { class: "gw-byline" }, byline(one) || one.title),
                h("q", { dir: "auto" }, one.quote), " ", marker(one.number)),
            ),
          ),
        ]
      : null,
    h("h4", {}, "What to try"),
    h(
      "ul",
      {},
      turn.scope ? h("li", {}, "Widen the dates or publishers you chose.") : null,
      TRY.map((text) => h("li", {}, text)),
    ),
  );
}

/** The part of the question that the articles do not answer. */
export function leftOpen(abstention) {
  return h("p", { class: "gw-open" }, icon("none"),
    h("span", {}, h("strong", {}, "Left open: "), abstention.reason));
}

/** Sources that give different values, each with its publisher and day, the later one marked. */
export function conflict(turn, found, marker) {
  const about = found.about.trim();
  const said = about && about !== turn.question.trim() ? `Sources disagree: ${about}` : "Sources disagree";
  return h(
    "section",
    { class: "gw-conflict", "aria-label": "Sources disagree" },
    h("h3", {}, icon("disputed"), said),
    h(
      "ul",
      {},
      found.positions.map((side) => {
        const from = source(turn, side.citations[0]);
        return h("li", {},
          h("p", { class: "gw-byline" },
            from ? byline(from) || from.title : "",
            side.later ? [" ", h("span", { class: "gw-label gw-doubt" }, "Later report")] : null),
          h("span", { dir: "auto" }, side.text), " ",
          side.citations.map(marker));
      }),
    ),
  );
}

/** What was drafted and may not stand, closed at first. */
export function removed(turn) {
  if (!turn.removed.length) return null;
  return h(
    "details",
    { class: "gw-removed" },
    h("summary", {}, `${count(turn.removed.length, "sentence")} removed: not supported`),
    h(
      "ul",
      {},
      turn.removed.map((item) =>
        h("li", {}, h("s", { dir: "auto" }, item.text), h("span", { class: "gw-why" }, ` Removed because ${item.reason}.`)),
      ),
    ),
  );
}

/** How much was checked, from how many articles, up to which day. */
export function summary(turn) {
  const { sentences, sources, as_of } = turn;
  if (!sentences.length) return null;
  const cited = new Set(sentences.flatMap((sentence) => sentence.citations));
  const articles = new Set(sources.filter((one) => cited.has(one.number)).map((one) => one.article_id));
  const from = `${count(sentences.length, "sentence")} from ${count(articles.size, "article")}`;
  const each = sentences.length === 1 ? "checked against its source" : "each checked against its source";
  return h("p", { class: "gw-summary" }, icon("check"),
    h("span", {}, [from, as_of ? `as of ${as_of}` : null, each].filter(Boolean).join(", ")));
}

/** What went wrong, what mends it, and a way to go on. */
export function failed(turn, desk) {
  const { error } = turn;
  return h(
    "section",
    { class: "gw-failed", role: "alert" },
    h("h3", {}, icon("warning"), error?.problem ?? "Something went wrong"),
    h("p", {}, error?.fix ?? "Try again."),
    h("div", { class: "gw-buttons" },
      h("button", { type: "button", class: "gw-button", onclick: () => desk.ask(turn.question) }, icon("again"), "Ask again"),
      found(turn, desk)),
  );
}

/** The reader ended it. */
export function stopped(turn, desk) {
  return h("div", { class: "gw-open" }, icon("stop"), h("span", {}, "You stopped this answer."), found(turn, desk));
}

// Without an answer, what was found for it may still help.
function found(turn, desk) {
  if (!turn.read.length || turn.sentences.length) return null;
  return h("button", { type: "button", class: "gw-link", onclick: (event) => desk.passages(turn, event.currentTarget) },
    `Show the ${count(turn.read.length, "passage")} found`);
}

function source(turn, number) {
  return turn.sources.find((item) => item.number === number);
}
