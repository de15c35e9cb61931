// The page: questions go in below, answers stand above, their sources beside them.

import { Articles } from "./articles.js";
import { Beside } from "./beside.js";
import { calm, fill, h, icon, wide } from "./dom.js";
import { Draft } from "./draft.js";
import { Pages } from "./pages.js";
import { Panel } from "./panel.js";
import { QuestionField } from "./question.js";
import { Start } from "./start.js";
import { Chats, pending } from "./store.js";
import { TurnView, begun } from "./turn.js";
import { Watch } from "./watch.js";

const HISTORY = 4;
const MOST_TRIES = 3;
const UNHEARD = { problem: "The answer did not reach this page", fix: "Ask again." };

/** `kinds` says of each kind of question how it is called and shown, by name. */
export function mount({ element, trigger, props, server, watch, kinds }) {
  const chats = new Chats();
  const views = new Map();
  let running = null;

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
    unheard() {
      if (pending.get()?.tries >= MOST_TRIES) end({ phase: "failed", error: UNHEARD });
      else location.reload(); // and ask once more over a new connection
    },
  });

  const desk = {
    kinds,
    cite: (turn, number, from, all) => beside.cite(turn, number, from, all),
    passages: (turn, from) => beside.passages(turn, from),
    leave: () => beside.leave(),
    light,
    ask,
    again: (turn, kind = turn.asked_as) => ask(turn.question, { kind, instead: turn.id }),
    say(text) {
      live.append(h("p", {}, text));
      while (live.children.length > 12) live.firstChild.remove();
    },
    call: (name, data) => guard.call(name, data),
    article: (where) => guard.call("article", where),
    changed: () => guard.poll(),
  };
  const start = new Start({
    ask,
    resume,
    articles: () => pages.go("Articles"),
    samples: () => guard.call("samples").finally(() => guard.poll()),
    reopen: () => guard.call("reopen").then(() => guard.poll()),
    forget(id) {
      chats.remove(id);
      start.list();
    },
  }, chats);
  const panel = new Panel(desk);
  const articles = new Articles(desk);
  const draft = new Draft(desk);
  const layout = h(
    "div", { class: "gw-layout" },
    h("section", { class: "gw-chat", "aria-label": "Questions and answers" }, start.element, list, question.element),
    panel.element,
  );
  const beside = new Beside(layout, panel, { light, fallback: question });
  const pages = new Pages({
    Ask: { element: layout, enter: () => question.focus() },
    Check: { element: draft.element, enter: () => draft.field.focus() },
    Articles: { element: articles.element, enter: () => articles.enter() },
  });
  fill(
    element,
    h("div", { class: "gw" },
      h("header", { class: "gw-top" },
        h("div", { class: "gw-brand" },
          h("h1", {}, "Groundwire"),
          h("p", {}, "Answers from the articles, each sentence checked against its source")),
        h("nav", { class: "gw-nav", "aria-label": "Pages" }, fresh, pages.tabs)),
      layout, draft.element, articles.element, live),
  );

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
      if ((turn.sources.length || turn.read.length) && wide()) beside.show(turn);
      return;
    }
    if (running === turn.id) run(null);
    if (panel.turn?.id === turn.id || (turn.sources.length && wide())) beside.show(turn);
    // What was said without the articles has no sources, and those of another answer mislead.
    else if (turn.answer && !turn.sources.length && !panel.element.contains(document.activeElement)) beside.close();
    chats.save();
  }

  // `kind` is what to take the question for; asked `instead` of a turn, it leans on what came before.
  function ask(text, { kind = null, instead = null } = {}) {
    const asked = text.trim();
    if (!asked || running) return;
    const id = Math.random().toString(36).slice(2, 10);
    const until = chats.turns.findIndex((turn) => turn.id === instead);
    const before = until < 0 ? chats.turns : chats.turns.slice(0, until);
    const history = before.map((turn) => turn.answer).filter(Boolean).slice(-HISTORY);
    if (!wide()) beside.close();
    question.asked(asked);
    const request = { turn: id, question: asked, history, filters: question.scope.value, kind };
    const { element: turn } = send({ ...request, tries: 1 });
    turn.scrollIntoView({ block: "start", behavior: calm() });
    // What was tapped may be gone; the field keeps the focus of who typed.
    if (!question.element.contains(document.activeElement)) turn.focus({ preventScroll: true });
  }

  // Show a question as one that runs, and ask the server.
  function send(request) {
    const turn = begun(request.turn, request.question, request.kind);
    chats.turns.push(turn);
    run(turn.id);
    pending.set(request);
    show(turn, false);
    trigger("ask", request);
    return views.get(turn.id);
  }

  // What a reload interrupted is asked once more.
  function goOn() {
    const request = pending.get();
    if (!request) return;
    if (request.tries < MOST_TRIES) {
      send({ ...request, tries: request.tries + 1 });
      return;
    }
    pending.set(null);
    put({ ...begun(request.turn, request.question, request.kind), phase: "failed", error: UNHEARD });
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
    if (!id) pending.set(null);
    guard.expect(id);
    question.draw(id !== null);
  }

  function begin() {
    if (running) stop();
    chats.begin();
    drawAll();
    guard.poll();
    pages.go("Ask");
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
    beside.close();
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

  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.element.hidden) {
      event.preventDefault();
      beside.back();
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
  goOn();
  guard.poll();
  question.focus({ preventScroll: true });
  if (chats.turns.length) views.get(chats.turns.at(-1).id).element.scrollIntoView({ block: "start" });
}
