// What an empty chat shows: how far the start is, what the corpus holds, what one may ask, and the
// earlier conversations.

import { count, fill, h, icon } from "./dom.js";

const SHOWN = 4;

export class Start {
  /** `desk` has `ask(question)`, `articles()`, `samples()`, `reopen()`, `resume(id)`, `forget(id)`. */
  constructor(desk, chats) {
    this.desk = desk;
    this.chats = chats;
    this.status = h("div", {});
    this.earlier = h("section", { class: "gw-earlier", "aria-label": "Earlier conversations", hidden: true });
    this.element = h("section", { class: "gw-start", "aria-label": "What you can ask" }, this.status, this.earlier);
    this.all = false;
    this.list();
  }

  /** Show what the server says of itself. */
  draw(status) {
    const key = JSON.stringify(status);
    if (this.drawn === key) return;
    this.drawn = key;
    const { corpus, examples, steps, error, ready } = status;
    fill(
      this.status,
      h("p", { class: "gw-lead" }, "What do you want to know?"),
      corpus ? card(corpus) : null,
      corpus?.articles === 0 ? this.#first() : null,
      examples?.length
        ? h("ul", { class: "gw-examples" }, examples.map((question) =>
            h("li", {}, h("button", { type: "button", class: "gw-example", dir: "auto", onclick: () => this.desk.ask(question) }, question))))
        : null,
      error ? this.#failed(error) : ready ? null : starting(steps),
    );
  }

  /** Show the earlier conversations anew. */
  list() {
    const chats = this.chats.others();
    const shown = this.all ? chats : chats.slice(0, SHOWN);
    this.earlier.hidden = chats.length === 0;
    fill(
      this.earlier,
      h("h2", { tabindex: -1 }, "Earlier"),
      h("ul", {}, shown.map((chat) => this.#chat(chat))),
      chats.length > shown.length
        ? h("button", { type: "button", class: "gw-link", onclick: () => { this.all = true; this.list(); this.earlier.querySelector("h2").focus(); } },
            `Show all ${chats.length}`)
        : null,
    );
  }

  #chat(chat) {
    const [{ question }] = chat.turns;
    const when = new Date(chat.at).toLocaleString("en-GB", { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
    return h("li", { class: "gw-earlier-row" },
      h("button", { type: "button", class: "gw-earlier-chat", onclick: () => this.desk.resume(chat.id) },
        h("span", { class: "gw-earlier-question", dir: "auto" }, question),
        h("span", { class: "gw-byline" }, `${when} · ${count(chat.turns.length, "question")}`)),
      h("button", {
        type: "button", class: "gw-icon-button", "aria-label": `Forget ${question}`, title: "Forget this conversation",
        onclick: () => { this.desk.forget(chat.id); this.earlier.querySelector("h2").focus(); },
      }, icon("close")));
  }

  /** What to do where there is nothing to ask about. */
  #first() {
    const said = h("p", { class: "gw-byline", role: "status" });
    const samples = h("button", { type: "button", class: "gw-button", onclick: async () => {
      samples.disabled = true;
      fill(said, "Reading the sample articles…");
      const read = await this.desk.samples();
      samples.disabled = false;
      fill(said, read.problem ? `${read.problem} ${read.fix ?? ""}` : "");
    } }, "Try it on sample articles");
    return h("div", { class: "gw-first" },
      h("button", { type: "button", class: "gw-button", onclick: () => this.desk.articles() }, icon("add"), "Add articles"),
      samples, said);
  }

  #failed(error) {
    return h("section", { class: "gw-failed", role: "alert" },
      h("h3", {}, icon("warning"), error.problem),
      h("p", {}, error.fix),
      h("button", { type: "button", class: "gw-button", onclick: () => this.desk.reopen() }, icon("again"), "Try again"));
  }
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
  const parts = [count(corpus.articles, "article")];
  if (corpus.publishers.length) {
    const named = corpus.publishers.slice(0, 3).join(", ");
    const more = corpus.publishers.length - 3;
    parts.push(more > 0 ? `${named} and ${more} more` : named);
  }
  if (corpus.from) parts.push(corpus.from === corpus.to ? corpus.from : `${corpus.from} to ${corpus.to}`);
  if (corpus.indexed) parts.push(`indexed on ${corpus.indexed}`);
  return h("p", { class: "gw-card-line" }, parts.join(" · "));
}
