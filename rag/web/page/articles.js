// The articles that answers come from: which there are, reading one, adding some, removing one.

import { byline, calm, count, fill, h, icon } from "./dom.js";

const FEW = 8;

export class Articles {
  /** `desk` has `call(name, data)` and `changed()`. */
  constructor(desk) {
    this.desk = desk;
    this.results = h("div", { class: "gw-results", role: "status" });
    this.list = h("ul", { class: "gw-article-list" });
    this.count = h("p", { class: "gw-card-line" });
    this.find = h("input", {
      type: "search", class: "gw-input gw-find", "aria-label": "Find articles", placeholder: "Find by title or publisher",
      hidden: true, oninput: () => { clearTimeout(this.typing); this.typing = setTimeout(() => this.show(), 200); },
    });
    this.element = h("section", { class: "gw-articles", "aria-label": "Articles", hidden: true },
      h("h2", { class: "gw-lead", tabindex: -1 }, "Articles"), this.count,
      this.#files(), this.#address(), this.results, this.find, this.list);
  }

  #files() {
    const input = h("input", {
      type: "file", multiple: true, id: "gw-files", class: "gw-spoken",
      onchange: (event) => { this.#upload([...event.target.files]); event.target.value = ""; },
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
      this.#upload([...event.dataTransfer.files]);
    });
    return [input, drop];
  }

  #address() {
    const field = h("input", {
      type: "text", inputmode: "url", autocomplete: "off", spellcheck: "false", class: "gw-input",
      "aria-label": "Address of an article or a feed", placeholder: "Address of an article or a feed",
    });
    const button = h("button", { type: "submit", class: "gw-button" }, icon("add"), "Add");
    const form = h("form", { class: "gw-address" }, field, button);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const address = field.value.trim();
      if (!address) {
        field.focus();
        return;
      }
      button.disabled = true;
      this.say(`Fetching ${address}…`);
      const done = await this.desk.call("fetch", { address });
      button.disabled = false;
      if (done && !done.problem && !done.failed.length) field.value = "";
      await this.#told(done);
    });
    return form;
  }

  enter() {
    this.show();
    this.element.querySelector("h2").focus();
  }

  /** Show what is stored, of that what is looked for. */
  async show() {
    const looked = this.find.value.trim();
    const found = await this.desk.call("articles", { find: looked });
    if (this.find.value.trim() !== looked) return;
    if (!found || found.problem) {
      fill(this.list, h("li", {}, found?.problem ?? "The server does not answer."));
      return;
    }
    const { articles, matching, total } = found;
    this.find.hidden = total <= FEW && !looked;
    const shown = articles.length < matching ? `, the first ${count(articles.length, "article")} shown` : "";
    this.count.textContent = total === 0
      ? "There are no articles yet."
      : looked
        ? `${matching.toLocaleString("en")} of ${count(total, "article")}${shown}`
        : `${count(total, "article")}, newest first${shown}`;
    fill(this.list, articles.map((article) => this.#row(article)));
  }

  #row(article) {
    const facts = [byline(article), article.language === "English" ? null : article.language, count(article.passages, "passage")].filter(Boolean).join(" · ");
    const opened = h("div", { class: "gw-opened", hidden: true });
    const title = h("button", { type: "button", class: "gw-article-title", "aria-expanded": "false", dir: "auto" }, article.title);
    title.addEventListener("click", async () => {
      opened.hidden = !opened.hidden;
      title.setAttribute("aria-expanded", String(!opened.hidden));
      if (opened.hidden || opened.textContent) return;
      const whole = await this.desk.call("article", { article_id: article.article_id, guide: true });
      fill(opened, !whole || whole.problem
        ? h("p", { class: "gw-empty" }, whole?.problem ?? "The server does not answer.")
        : guided(whole));
    });
    const row = h("li", { class: "gw-article-row" },
      h("div", { class: "gw-article-head" },
        h("div", {}, h("h3", {}, title), h("p", { class: "gw-byline" }, facts)),
        this.#remove(article, () => row)),
      opened);
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
        button.setAttribute("aria-label", `Really remove ${article.title}?`);
        button.classList.add("gw-danger");
        return;
      }
      const done = await this.desk.call("remove", { article_id: article.article_id });
      const next = row().nextElementSibling?.querySelector(".gw-action");
      this.say(done?.removed ? `Removed “${article.title}”.` : (done?.problem ?? "It was not removed."));
      await this.show();
      (next?.isConnected ? next : this.element.querySelector("h2")).focus();
      this.desk.changed();
    });
    button.addEventListener("blur", () => {
      sure = false;
      button.textContent = "Remove";
      button.setAttribute("aria-label", `Remove ${article.title}`);
      button.classList.remove("gw-danger");
    });
    return button;
  }

  async #upload(files) {
    if (!files.length) return;
    this.say(`Reading ${count(files.length, "file")}…`);
    const read = await Promise.all(files.map(async (file) => ({ name: file.name, content: await base64(file) })));
    await this.#told(await this.desk.call("add", { files: read }));
  }

  // Say what became of files or of an address, and show the articles anew.
  async #told(done) {
    if (!done || done.problem) {
      this.say(done ? `${done.problem} ${done.fix}` : "The server does not answer.");
      return;
    }
    const parts = ["added", "updated", "unchanged"].filter((name) => done[name]).map((name) => `${done[name]} ${name}`);
    fill(this.results,
      h("p", {}, parts.length ? `Articles: ${parts.join(", ")}.` : "No article was added."),
      done.failed.length
        ? h("ul", {}, done.failed.map((one) => h("li", {}, icon("warning"), h("span", {}, one.problem, " ", one.fix))))
        : null,
      told(done));
    await this.show();
    this.desk.changed();
  }

  say(text) {
    fill(this.results, h("p", {}, text));
  }
}

// What is to be said of articles that came in: files of an archive that were not read, and what
// could not be taken over as the source has it.
function told({ passed_over = [], remarks = [] }) {
  const lines = [
    ...passed_over.map((one) => `${one.source}: passed over, ${one.why}.`),
    ...remarks.map((one) => `${one.source}: ${one.remark}.`),
  ];
  return lines.length ? h("ul", {}, lines.map((line) => h("li", {}, h("span", {}, line)))) : null;
}

// The guide, each main sentence leading to its place in the text, and under it the text.
function guided({ runs, main, people, places, days }) {
  const parts = runs.map((text, index) => (index % 2 ? h("span", { class: "gw-point", tabindex: -1 }, text) : text));
  const points = parts.filter((part) => typeof part !== "string");
  const leads = points.length === main.length;
  function show(point) {
    for (const other of points) other.classList.toggle("gw-lit", other === point);
    point.focus({ preventScroll: true });
    point.scrollIntoView({ block: "center", behavior: calm() });
  }
  const named = [["People", people.join(", ")], ["Places", places.join(", ")], ["Days", days.join("; ")]];
  const guide = main.length || named.some(([, said]) => said)
    ? h("div", { class: "gw-guide", role: "group", "aria-label": "Guide to the article" },
        main.length ? h("h4", {}, "Main points") : null,
        main.length
          ? h("ul", {}, main.map((text, index) => h("li", {}, leads
              ? h("button", { type: "button", class: "gw-main-point", dir: "auto", onclick: () => show(points[index]) }, text)
              : h("span", { dir: "auto" }, text))))
          : null,
        h("dl", {}, named.filter(([, said]) => said).map(([name, said]) =>
          h("div", {}, h("dt", {}, name), h("dd", { dir: "auto" }, said)))))
    : null;
  return [guide, h("div", { class: "gw-article-text", dir: "auto" }, parts)];
}

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
