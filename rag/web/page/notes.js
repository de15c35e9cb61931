// What stands over and under the sentences of a turn: the verdict, what is open, what differs, what
// was removed, what went wrong, what to ask next. `marker(number)` gives the link to a source of the
// turn, or null. What has a name is a group and no region: several turns may have one.

import { byline, count, h, icon, marked } from "./dom.js";

const TRY = [
  "Name the person, place or event as a report would.",
  "Ask for one thing at a time.",
  "Add articles that report on it.",
];

/** No answer: what is missing, what the articles do say on it, what to ask instead. */
export function abstained(turn, marker, asking) {
  const { abstention } = turn;
  const nearest = (abstention?.nearest ?? []).map((number) => source(turn, number)).filter(Boolean);
  const said = related(turn, marker);
  return h(
    "section",
    { class: "gw-abstained", role: "group", "aria-label": "No answer" },
    h("h3", {}, icon("none"), turn.verdict?.text ?? "The articles do not answer this"),
    abstention?.reason ? h("p", { class: "gw-reason", dir: "auto" }, abstention.reason) : null,
    said,
    nearest.length && !said
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
    asking ?? [
      h("h4", {}, "What to try"),
      h(
        "ul",
        {},
        turn.scope ? h("li", {}, "Widen the dates or publishers you chose.") : null,
        TRY.map((text) => h("li", {}, text)),
      ),
    ],
  );
}

/** The part of the question that the articles do not answer, and what they do say on it. */
export function leftOpen(turn, marker) {
  const said = related(turn, marker);
  return [
    h("p", { class: "gw-open" }, icon("none"),
      h("span", {}, h("strong", {}, "Left open: "), turn.abstention.reason)),
    said ? h("section", { class: "gw-beside", role: "group", "aria-label": "What the articles do say" }, said) : null,
  ];
}

// What the articles say on the subject without answering, each sentence with its source.
function related(turn, marker) {
  const sentences = turn.abstention?.related ?? [];
  if (!sentences.length) return null;
  return [
    h("h4", {}, "What the articles do say"),
    h("ul", { class: "gw-nearest" }, sentences.map((sentence) => {
      const from = source(turn, sentence.citations[0]);
      return h("li", { "data-cites": sentence.citations.join(" ") },
        from ? h("p", { class: "gw-byline" }, byline(from) || from.title) : null,
        h("span", { class: "gw-text", dir: "auto" }, marked(sentence.runs)), " ",
        sentence.citations.map(marker));
    })),
  ];
}

/** Questions that the articles answer, to go on with; null where there are none. */
export function followUps(turn, desk) {
  if (!turn.follow_ups.length) return null;
  return h("section", { class: "gw-follow-ups", role: "group", "aria-label": "Ask next" },
    h("ul", {}, turn.follow_ups.map((question) =>
      h("li", {}, h("button", { type: "button", class: "gw-chip", onclick: () => desk.ask(question) },
        icon("next"), h("span", { dir: "auto" }, question))))));
}

/** What the program says before the sentences: the verdict of a yes-or-no question, and its lead. */
export function opening({ verdict, lead, kind, phase }) {
  return [
    verdict && phase !== "abstained" // there the card says it
      ? h("p", { class: `gw-verdict gw-verdict-${verdict.name}` }, icon(verdict.name), verdict.text)
      : null,
    lead ? h("p", { class: kind === "small_talk" ? "gw-bubble" : "gw-opening", dir: "auto" }, lead) : null,
  ];
}

/** Sources that give different values, each with its publisher and day, the later one marked. */
export function conflict(turn, found, marker) {
  const about = found.about.trim();
  const said = about && about !== turn.question.trim() ? `Sources disagree: ${about}` : "Sources disagree";
  return h(
    "section",
    { class: "gw-conflict", role: "group", "aria-label": "Sources disagree" },
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
  const { sentences, as_of } = turn;
  if (!sentences.length) return null;
  const one = sentences.length === 1;
  const checked = sentences.every((sentence) => sentence.verbatim)
    ? "quoted word for word"
    : one ? "checked against its source" : "each checked against its source";
  const from = `${count(sentences.length, "sentence")} from ${covered(turn)}`;
  return h("p", { class: "gw-summary" }, icon("check"),
    h("span", {}, [from, as_of ? `as of ${as_of}` : null, checked].filter(Boolean).join(", ")));
}

// "4 of 5 articles", of how many origins where some of them say the same.
function covered({ coverage, sentences, sources }) {
  if (!coverage || coverage.articles < 2) {
    const cited = new Set(sentences.flatMap((sentence) => sentence.citations));
    const articles = new Set(sources.filter((one) => cited.has(one.number)).map((one) => one.article_id));
    return count(articles.size, "article");
  }
  const { articles, used, origins } = coverage;
  const how = used < articles
    ? `${used.toLocaleString("en")} of ${count(articles, "article")}`
    : used === 2 ? "both articles" : `all ${count(used, "article")}`;
  return origins < used ? `${how} (${count(origins, "origin")})` : how;
}

/** What went wrong, how to fix it, and a way to go on. */
export function failed(turn, desk) {
  const { error } = turn;
  return h(
    "section",
    { class: "gw-failed", role: "alert" },
    h("h3", {}, icon("warning"), error?.problem ?? "Something went wrong"),
    h("p", {}, error?.fix ?? "Try again."),
    h("div", { class: "gw-buttons" },
      h("button", { type: "button", class: "gw-button", onclick: () => desk.again(turn) }, icon("again"), "Ask again"),
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
