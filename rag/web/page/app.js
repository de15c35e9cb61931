// The page: questions go in below, answers stand above, their sources beside them.

import { Articles } from "./articles.js";
import { fill, h, icon } from "./dom.js";
import { Draft } from "./draft.js";
import { Panel } from "./panel.js";
import { Scope } from "./scope.js";
import { load, save } from "./store.js";
import { TurnView } from "./turn.js";

const LONGEST = 2000;
const HISTORY = 4;
const SILENCE_MS = 8000;

export function mount({ element, trigger, props, server, watch }) {
  const views = new Map();
  let turns = load();
  let running = null;
  let cameFrom = null;
  let polling = null;
  let heard = 0;
  let run = null;

  const live = h("div", { class: "gw-spoken", "aria-live": "polite", "aria-atomic": "false" });
  const start = h("section", { class: "gw-start", "aria-label": "What you can ask" });
  const list = h("div", { class: "gw-turns" });
  const field = h("textarea", {
    id: "gw-question", rows: 1, maxlength: LONGEST, placeholder: "Ask about the articles",
    "aria-label": "Your question", "aria-describedby": "gw-hint",
  });
  const button = h("button", { type: "submit", class: "gw-send" });
  const hint = h("p", { class: "gw-hint", id: "gw-hint" }, "Enter to ask, Shift and Enter for a new line");
  const scope = new Scope();
  const form = h(
    "form", { class: "gw-ask" },
    h("div", { class: "gw-field" }, field, button),
    h("div", { class: "gw-under" }, scope.element, hint),
  );
  const fresh = h(
    "button", { type: "button", class: "gw-button gw-new", hidden: true, onclick: clear },
    icon("add"), h("span", {}, "New chat"),
  );

  const desk = {
    cite(turn, number, from, all = [number]) {
      cameFrom = from;
      openPanel();
      // On a phone the sources cover what is below: keep the sentence in sight above them.
      if (!wide()) from.closest(".gw-sentence, li")?.scrollIntoView({ block: "start" });
      panel.open(turn, number, all);
      light(turn, number);
    },
    light,
    ask,
    say(text) {
      live.append(h("p", {}, text));
      while (live.children.length > 12) live.firstChild.remove();
    },
    call: (name, data) => call(server[name], data),
    article: (where) => call(server.article, where),
    changed: () => poll(),
    leave() {
      closePanel();
      light(null, null);
      (cameFrom?.isConnected ? cameFrom : field).focus();
    },
  };
  const panel = new Panel(desk);
  const articles = new Articles(desk);
  const draft = new Draft(desk);
  const tabs = ["Ask", "Check", "Articles"].map((name) =>
    h("button", { type: "button", class: "gw-tab", onclick: () => go(name) }, name));
  const layout = h(
    "div", { class: "gw-layout" },
    h("section", { class: "gw-chat", "aria-label": "Questions and answers" }, start, list, form),
    panel.element,
  );
  fill(
    element,
    h("div", { class: "gw" },
      h("header", { class: "gw-top" },
        h("div", { class: "gw-brand" },
          h("h1", {}, "Groundwire"),
          h("p", {}, "Answers from the articles, each sentence checked against its source")),
        h("nav", { class: "gw-nav", "aria-label": "Pages" }, fresh, tabs)),
      layout, draft.element, articles.element, live),
  );

  function go(name) {
    for (const tab of tabs) {
      if (tab.textContent === name) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
    layout.hidden = name !== "Ask";
    draft.element.hidden = name !== "Check";
    articles.element.hidden = name !== "Articles";
    scrollTo(0, 0);
    if (name === "Articles") {
      articles.show();
      articles.element.querySelector("h2").focus();
    } else {
      (name === "Check" ? draft.field : field).focus();
    }
  }

  // Turns

  function show(turn, quiet) {
    const view = views.get(turn.id);
    if (view) {
      view.update(turn, quiet);
    } else {
      const made = new TurnView(turn, desk);
      views.set(turn.id, made);
      list.append(made.element);
    }
    element.firstChild.classList.toggle("gw-talking", turns.length > 0);
    fresh.hidden = turns.length === 0;
  }

  function put(turn) {
    const index = turns.findIndex((item) => item.id === turn.id);
    if (index < 0) turns.push(turn);
    else turns[index] = turn;
    show(turn, false);
    if (turn.phase === "running") {
      if ((turn.sources.length || turn.read.length) && wide()) showSources(turn);
      return;
    }
    if (running === turn.id) running = null;
    if (panel.turn?.id === turn.id || (turn.sources.length && wide())) showSources(turn);
    save(turns);
    drawButton();
  }

  function ask(question) {
    const text = question.trim();
    if (!text || running) return;
    const id = Math.random().toString(36).slice(2, 10);
    const history = turns.map((turn) => turn.answer).filter(Boolean).slice(-HISTORY);
    running = id;
    heard = Date.now();
    if (!wide()) closePanel();
    turns.push(empty(id, text));
    show(turns.at(-1), false);
    field.value = "";
    grow();
    drawButton();
    views.get(id).element.scrollIntoView({ block: "start", behavior: calm() });
    trigger("ask", { turn: id, question: text, history, filters: scope.value });
  }

  function stop() {
    trigger("stop", {});
    const turn = turns.find((item) => item.id === running);
    running = null;
    if (turn) put({ ...turn, phase: "stopped", seconds: views.get(turn.id).turn.seconds });
    field.focus();
  }

  function clear() {
    if (running) stop();
    turns = [];
    save(turns);
    views.clear();
    fill(list);
    closePanel();
    element.firstChild.classList.remove("gw-talking");
    fresh.hidden = true;
    field.focus();
  }

  function light(turn, number) {
    for (const view of views.values()) view.light(view.turn.id === turn?.id ? number : null);
  }

  // The panel

  function openPanel() {
    panel.element.hidden = false;
    layout.classList.add("gw-with-panel");
  }

  function showSources(turn) {
    if (turn.sources.length || turn.read.length) openPanel();
    panel.show(turn);
  }

  function closePanel() {
    panel.element.hidden = true;
    layout.classList.remove("gw-with-panel");
  }

  // The question field

  function grow() {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, 200)}px`;
    const left = LONGEST - field.value.length;
    hint.textContent = left < 200
      ? `${left.toLocaleString("en")} characters left`
      : "Enter to ask, Shift and Enter for a new line";
  }

  function drawButton() {
    form.classList.toggle("gw-busy", running !== null);
    button.setAttribute("aria-label", running ? "Stop" : "Ask");
    fill(button, icon(running ? "stop" : "send"), h("span", {}, running ? "Stop" : "Ask"));
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (running) stop();
    else ask(field.value);
  });
  field.addEventListener("input", grow);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (!running) ask(field.value);
  });
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.element.hidden) {
      event.preventDefault();
      if (panel.element.dataset.view === "article") panel.list(true);
      else desk.leave();
    }
  });

  // The start: what is being prepared, what the corpus holds, what one may ask

  async function poll() {
    const status = (await askStatus()) ?? {
      ready: false,
      steps: [],
      error: { problem: "The server does not answer", fix: "Start it again; this page goes on by itself." },
    };
    drawStart(status);
    clearTimeout(polling);
    if (!status.ready) polling = setTimeout(poll, status.error ? 3000 : 700);
  }

  // A writing model may be silent for long; a server that is gone or new will never answer.
  async function lookAfter(id) {
    heard = Date.now();
    const before = run;
    const status = await askStatus();
    if (running !== id || (status && status.run === before)) return;
    const turn = turns.find((item) => item.id === id);
    put({
      ...turn,
      phase: "failed",
      error: status
        ? { problem: "The server was started again in the meantime", fix: "Ask again." }
        : { problem: "The server does not answer", fix: "Start it again, then ask again." },
    });
  }

  async function askStatus() {
    const status = await call(server.status);
    if (status) run = status.run;
    return status;
  }

  function drawStart(status) {
    const { corpus, examples, steps, error, ready } = status;
    const key = JSON.stringify(status);
    if (start.dataset.key === key) return;
    start.dataset.key = key;
    if (corpus) scope.offer(corpus);
    fill(
      start,
      h("p", { class: "gw-lead" }, "What do you want to know?"),
      corpus ? card(corpus) : null,
      corpus?.articles === 0
        ? h("button", { type: "button", class: "gw-button gw-first", onclick: () => go("Articles") }, icon("add"), "Add articles")
        : null,
      examples?.length
        ? h("ul", { class: "gw-examples" }, examples.map((question) =>
            h("li", {}, h("button", { type: "button", class: "gw-example", onclick: () => ask(question) }, question))))
        : null,
      error ? failed(error) : ready ? null : starting(steps),
    );
  }

  function failed(error) {
    return h("section", { class: "gw-failed", role: "alert" },
      h("h3", {}, icon("warning"), error.problem),
      h("p", {}, error.fix),
      h("button", { type: "button", class: "gw-button", onclick: () => call(server.reopen).then(poll) }, icon("again"), "Try again"));
  }

  props.value = null;
  watch("value", () => {
    const turn = props.value;
    if (turn && turn.id && turn.id === running) {
      heard = Date.now();
      put(turn);
    }
  });
  setInterval(() => {
    views.get(running)?.tick();
    if (running && Date.now() - heard > SILENCE_MS) lookAfter(running);
  }, 500);
  for (const turn of turns) show(turn, true);
  tabs[0].setAttribute("aria-current", "page");
  drawButton();
  poll();
  field.focus({ preventScroll: true });
  if (turns.length) views.get(turns.at(-1).id).element.scrollIntoView({ block: "start" });
}

function starting(steps) {
  return h("div", { class: "gw-starting", role: "status" },
    h("p", {}, "Getting ready. You can ask already; the answer comes when this is done."),
    h("ol", { class: "gw-steps" }, steps.map((step) => {
      const done = step.seconds !== null;
      return h("li", { class: done ? "gw-step" : "gw-step gw-step-running" },
        done ? icon("check") : h("span", { class: "gw-spinner", "aria-hidden": "true" }),
        h("span", { class: "gw-step-name" }, step.detail ? `${step.name}: ${step.detail}` : step.name),
        h("span", { class: "gw-seconds" }, done ? `${step.seconds.toFixed(1)} s` : ""));
    })));
}

function card(corpus) {
  const parts = [`${corpus.articles.toLocaleString("en")} ${corpus.articles === 1 ? "article" : "articles"}`];
  if (corpus.publishers.length) {
    const named = corpus.publishers.slice(0, 3).join(", ");
    const more = corpus.publishers.length - 3;
    parts.push(more > 0 ? `${named} and ${more} more` : named);
  }
  if (corpus.from) parts.push(corpus.from === corpus.to ? corpus.from : `${corpus.from} to ${corpus.to}`);
  if (corpus.indexed) parts.push(`indexed on ${corpus.indexed}`);
  return h("p", { class: "gw-card-line" }, parts.join(" · "));
}

function empty(id, question) {
  return {
    id, question, scope: "", searched_for: "", phase: "running", steps: [], sentences: [], sources: [],
    read: [], removed: [], conflicts: [], abstention: null, seconds: 0, answer: null, error: null,
  };
}

// What a function of the server gives, or undefined when it cannot be reached.
async function call(remote, data = null) {
  try {
    return await remote(data);
  } catch {
    return undefined;
  }
}

function wide() {
  return matchMedia("(min-width: 900px)").matches;
}

function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
}
