// The page: questions go in below, answers stand above, their sources beside them.

import { Articles } from "./articles.js";
import { fill, h, icon } from "./dom.js";
import { Draft } from "./draft.js";
import { Panel } from "./panel.js";
import { QuestionField } from "./question.js";
import { Start } from "./start.js";
import { Chats } from "./store.js";
import { TurnView } from "./turn.js";
import { Watch } from "./watch.js";

const HISTORY = 4;

export function mount({ element, trigger, props, server, watch }) {
  const chats = new Chats();
  const views = new Map();
  let running = null;
  let cameFrom = null;

  const live = h("div", { class: "gw-spoken", "aria-live": "polite", "aria-atomic": "false" });
  const list = h("div", { class: "gw-turns" });
  const fresh = h(
    "button", { type: "button", class: "gw-button gw-new", hidden: true, onclick: begin },
    icon("add"), h("span", {}, "New chat"),
  );
  const question = new QuestionField({ ask, stop });
  const guard = new Watch(server, {
    told(status) {
      if (status.corpus) question.scope.offer(status.corpus);
      start.draw(status);
    },
    lost: (error) => end({ phase: "failed", error }),
  });

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
    passages(turn, from) {
      cameFrom = from;
      openPanel();
      panel.passages(turn);
    },
    say(text) {
      live.append(h("p", {}, text));
      while (live.children.length > 12) live.firstChild.remove();
    },
    call: (name, data) => guard.call(name, data),
    article: (where) => guard.call("article", where),
    changed: () => guard.poll(),
    leave() {
      closePanel();
      light(null, null);
      (cameFrom?.isConnected ? cameFrom : question).focus();
    },
  };
  const start = new Start({
    ask,
    resume,
    articles: () => go("Articles"),
    reopen: () => guard.call("reopen").then(() => guard.poll()),
    forget(id) {
      chats.remove(id);
      start.list();
    },
  }, chats);
  const panel = new Panel(desk);
  const articles = new Articles(desk);
  const draft = new Draft(desk);
  const tabs = ["Ask", "Check", "Articles"].map((name) =>
    h("button", { type: "button", class: "gw-tab", onclick: () => go(name) }, name));
  const layout = h(
    "div", { class: "gw-layout" },
    h("section", { class: "gw-chat", "aria-label": "Questions and answers" }, start.element, list, question.element),
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
      (name === "Check" ? draft.field : question).focus();
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
    drawTalk();
  }

  function put(turn) {
    const index = chats.turns.findIndex((item) => item.id === turn.id);
    if (index < 0) chats.turns.push(turn);
    else chats.turns[index] = turn;
    show(turn, false);
    if (turn.phase === "running") {
      if ((turn.sources.length || turn.read.length) && wide()) showSources(turn);
      return;
    }
    if (running === turn.id) run(null);
    if (panel.turn?.id === turn.id || (turn.sources.length && wide())) showSources(turn);
    chats.save();
  }

  function ask(text) {
    const asked = text.trim();
    if (!asked || running) return;
    const id = Math.random().toString(36).slice(2, 10);
    const history = chats.turns.map((turn) => turn.answer).filter(Boolean).slice(-HISTORY);
    run(id);
    if (!wide()) closePanel();
    chats.turns.push(empty(id, asked));
    show(chats.turns.at(-1), false);
    question.clear();
    views.get(id).element.scrollIntoView({ block: "start", behavior: calm() });
    trigger("ask", { turn: id, question: asked, history, filters: question.scope.value });
  }

  function stop() {
    trigger("stop", {});
    end({ phase: "stopped", seconds: views.get(running)?.turn.seconds });
    question.focus();
  }

  // End the running turn from this side.
  function end(outcome) {
    const turn = chats.turns.find((item) => item.id === running);
    run(null);
    if (turn) put({ ...turn, ...outcome });
  }

  function run(id) {
    running = id;
    guard.expect(id);
    question.draw(id !== null);
  }

  function begin() {
    if (running) stop();
    chats.begin();
    drawAll();
    guard.poll();
    go("Ask");
  }

  function resume(id) {
    chats.resume(id);
    drawAll();
    scrollTo(0, 0);
    question.focus({ preventScroll: true });
  }

  function drawAll() {
    views.clear();
    fill(list);
    closePanel();
    for (const turn of chats.turns) show(turn, true);
    drawTalk();
  }

  function drawTalk() {
    const talking = chats.turns.length > 0;
    if (!talking) start.list();
    element.firstChild.classList.toggle("gw-talking", talking);
    fresh.hidden = !talking;
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

  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.element.hidden) {
      event.preventDefault();
      if (panel.element.dataset.view === "article") panel.list(true);
      else desk.leave();
    }
  });
  document.addEventListener("visibilitychange", () => document.hidden || guard.poll());
  props.value = null;
  watch("value", () => {
    const turn = props.value;
    if (turn && turn.id && turn.id === running) {
      guard.heard();
      put(turn);
    }
  });
  setInterval(() => views.get(running)?.tick(), 500);
  drawAll();
  tabs[0].setAttribute("aria-current", "page");
  guard.poll();
  question.focus({ preventScroll: true });
  if (chats.turns.length) views.get(chats.turns.at(-1).id).element.scrollIntoView({ block: "start" });
}

function empty(id, question) {
  return {
    id, question, scope: "", searched_for: "", phase: "running", steps: [], sentences: [], sources: [],
    read: [], removed: [], conflicts: [], abstention: null, seconds: 0, answer: null, error: null,
  };
}

function wide() {
  return matchMedia("(min-width: 900px)").matches;
}

function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
}
