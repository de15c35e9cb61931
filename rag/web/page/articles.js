// The articles that answers come from: which there are, adding some, removing one.

import { byline, count, fill, h, icon } from "./dom.js";

export class Articles {
  /** `desk` has `call(name, data)`, `say(text)` and `changed()`. */
  constructor(desk) {
    this.desk = desk;
    this.results = h("div", { class: "gw-results", role: "status" });
    this.list = h("ul", { class: "gw-article-list" });
    this.count = h("p", { class: "gw-card-line" });
    const input = h("input", {
      type: "file", multiple: true, id: "gw-files", class: "gw-spoken",
      onchange: (event) => { this.add([...event.target.files]); event.target.value = ""; },
    });
    const drop = h("label", { class: "gw-drop", for: "gw-files" }, icon("add"),
      h("span", {}, h("strong", {}, "Add articles"), " Choose files or drop them here"));
    for (const name of ["dragenter", "dragover"]) {
      drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("gw-over"); });
    }
    drop.addEventListener("dragleave", () => drop.classList.remove("gw-over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      drop.classList.remove("gw-over");
      this.add([...event.dataTransfer.files]);
    });
    this.element = h("section", { class: "gw-articles", "aria-label": "Articles", hidden: true },
      h("h2", { class: "gw-lead", tabindex: -1 }, "Articles"), this.count, input, drop, this.results, this.list);
  }

  async show() {
    const found = await this.desk.call("articles");
    if (!found || found.problem) {
      fill(this.list, h("li", {}, found?.problem ?? "The server does not answer."));
      return;
    }
    this.count.textContent = found.total
      ? `${count(found.total, "article")}, newest first`
      : "There are no articles yet.";
    fill(this.list, found.articles.map((article) => this.#row(article)));
  }

  #row(article) {
    const row = h("li", { class: "gw-article-row" },
      h("div", {}, h("h3", { dir: "auto" }, article.title),
        h("p", { class: "gw-byline" }, [byline(article), count(article.passages, "passage")].filter(Boolean).join(" · "))),
      this.#remove(article, () => row));
    return row;
  }

  // Two presses: the first turns the button into the question.
  #remove(article, row) {
    let sure = false;
    const button = h("button", { type: "button", class: "gw-action", "aria-label": `Remove ${article.title}` }, "Remove");
    button.addEventListener("click", async () => {
      if (!sure) {
        sure = true;
        button.textContent = "Really remove?";
        button.classList.add("gw-danger");
        return;
      }
      const done = await this.desk.call("remove", { article_id: article.article_id });
      const next = row().nextElementSibling?.querySelector("button");
      this.say(done?.removed ? `Removed “${article.title}”.` : (done?.problem ?? "It was not removed."));
      await this.show();
      (next?.isConnected ? next : this.element.querySelector("h2")).focus();
      this.desk.changed();
    });
    button.addEventListener("blur", () => {
      sure = false;
      button.textContent = "Remove";
      button.classList.remove("gw-danger");
    });
    return button;
  }

  async add(files) {
    if (!files.length) return;
    this.say(`Reading ${count(files.length, "file")}…`);
    const read = await Promise.all(files.map(async (file) => ({ name: file.name, content: await base64(file) })));
    const done = await this.desk.call("add", { files: read });
    if (!done || done.problem) {
      this.say(done ? `${done.problem} ${done.fix}` : "The server does not answer.");
      return;
    }
    const parts = ["added", "updated", "unchanged"].filter((name) => done[name]).map((name) => `${done[name]} ${name}`);
    fill(this.results,
      h("p", {}, parts.length ? `Articles: ${parts.join(", ")}.` : "No article was added."),
      done.failed.length
        ? h("ul", {}, done.failed.map((one) => h("li", {}, icon("warning"), h("span", {}, one.problem, " ", one.fix))))
        : null);
    await this.show();
    this.desk.changed();
  }

  say(text) {
    fill(this.results, h("p", {}, text));
  }
}

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
