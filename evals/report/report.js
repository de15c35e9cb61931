"use strict";
(() => {
  const form = document.querySelector("form");
  const cards = [...document.querySelectorAll(".cards > article")];
  const count = document.getElementById("count");
  const show = () => {
    const chosen = { system: "", ...Object.fromEntries(new FormData(form)) };
    const words = chosen.words.trim().toLowerCase();
    let shown = 0;
    for (const card of cards) {
      let fits = false;
      for (const answer of card.querySelectorAll(".answer")) {
        const own = !chosen.system || answer.dataset.system === chosen.system;
        const marks = (answer.dataset.marks || "").split("|");
        answer.hidden = !own;
        fits ||= own && (!chosen.outcome || marks.includes(chosen.outcome));
      }
      fits &&= !chosen.kind || card.dataset.kind === chosen.kind;
      fits &&= !words || card.textContent.toLowerCase().includes(words);
      card.hidden = !fits;
      shown += fits;
    }
    count.textContent = `${shown} of ${cards.length} questions`;
  };
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  show();
})();
