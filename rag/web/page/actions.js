// What one may do with an answer: copy it, take it away, say what is wrong with it.

import { fill, h, icon } from "./dom.js";
import { kindChip } from "./kinds.js";
import { menu } from "./menu.js";

const FORMATS = { markdown: "Markdown", html: "Web page", json: "JSON" };

const REASONS = {
  wrong_citation: "Wrong citation",
  wrong_answer: "Wrong answer",
  not_in_corpus: "It is not in the articles",
  outdated: "Outdated",
  other: "Something else",
};

/** The row of actions under a finished turn. `desk` has `call(name, data)` and `again(turn, kind)`. */
export function actions(turn, desk) {
  const { answer } = turn;
  if (!answer) return null;
  // There is nothing to take along of a greeting, or to judge.
  if (turn.kind === "small_talk") {
    return h("div", { class: "gw-actions" }, h("div", { class: "gw-action-row" }, kindChip(turn, desk)));
  }
  const said = h("span", { class: "gw-said", role: "status" });
  const reasons = h("div", { class: "gw-reasons", role: "group", "aria-label": "What is wrong?", hidden: true });

  async function copy() {
    const file = await desk.call("export", { answer, format: "text" });
    said.textContent = file?.text && (await toClipboard(file.text)) ? "Copied with footnotes" : "Could not copy";
  }

  async function save(format) {
    const file = await desk.call("export", { answer, format });
    if (file?.text === undefined) {
      said.textContent = file?.problem ?? "The server did not answer";
      return;
    }
    const address = URL.createObjectURL(new Blob([file.text], { type: `${file.type};charset=utf-8` }));
    h("a", { href: address, download: file.name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
    said.textContent = `Saved ${file.name}`;
  }

  async function judge(verdict) {
    const kept = await desk.call("feedback", { verdict, answer });
    reasons.hidden = true;
    said.textContent = kept?.kept ? "Noted on this machine. Thank you" : (kept?.problem ?? "The server did not answer");
  }

  fill(reasons, "What is wrong? ", Object.entries(REASONS).map(([verdict, text]) =>
    h("button", { type: "button", class: "gw-chip", onclick: () => judge(verdict) }, text)));

  const exports = menu("gw-export", h("summary", { class: "gw-action" }, icon("save"), "Export"),
    Object.entries(FORMATS).map(([format, text]) => ({ text, choose: () => save(format) })));

  return h("div", { class: "gw-actions" },
    h("div", { class: "gw-action-row" },
      button("copy", "Copy", copy),
      exports,
      button("again", "Ask again", () => desk.again(turn)),
      button("good", "Useful", () => judge("useful"), true),
      button("bad", "Not useful", () => { reasons.hidden = !reasons.hidden; reasons.scrollIntoView({ block: "nearest" }); }, true),
      kindChip(turn, desk),
      said),
    reasons);
}

function button(name, label, onclick, bare = false) {
  return h(
    "button",
    { type: "button", class: "gw-action", onclick, "aria-label": bare ? label : null, title: bare ? label : null },
    icon(name),
    bare ? null : label,
  );
}

// Browsers offer the clipboard only on loopback and https; elsewhere the old way still works.
async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = h("textarea", { class: "gw-spoken", "aria-hidden": "true" }, text);
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}
