// What one may do with an answer: copy it, take it away, say what is wrong with it.

import { fill, h, icon } from "./dom.js";

const FORMATS = { markdown: "Markdown", html: "Web page", json: "JSON" };

const REASONS = {
  wrong_citation: "Wrong citation",
  wrong_answer: "Wrong answer",
  not_in_corpus: "It is not in the articles",
  outdated: "Outdated",
  other: "Something else",
};

/** The row of actions under a finished turn. `desk` has `call(name, data)` and `say(text)`. */
export function actions(turn, desk) {
  const { answer } = turn;
  if (!answer) return null;
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

  const menu = h("details", { class: "gw-menu" },
    h("summary", { class: "gw-action" }, icon("save"), "Export"),
    h("div", { class: "gw-menu-items" }, Object.entries(FORMATS).map(([format, text]) =>
      h("button", { type: "button", class: "gw-menu-item", onclick: () => { menu.open = false; save(format); } }, text))));
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  menu.addEventListener("focusout", (event) => {
    if (!menu.contains(event.relatedTarget)) menu.open = false;
  });

  return h("div", { class: "gw-actions" },
    h("div", { class: "gw-action-row" },
      button("copy", "Copy", copy),
      menu,
      button("again", "Ask again", () => desk.ask(turn.question)),
      button("good", "Useful", () => judge("useful"), true),
      button("bad", "Not useful", () => { reasons.hidden = !reasons.hidden; reasons.scrollIntoView({ block: "nearest" }); }, true),
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
