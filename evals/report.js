"use strict";
(() => {
  const form = document.querySelector("form");
  const claims = [...document.querySelectorAll("article[data-verdict]")];
  const count = document.getElementById("count");
  const show = () => {
    const chosen = Object.fromEntries(new FormData(form));
    const words = chosen.words.trim().toLowerCase();
    let shown = 0;
    for (const claim of claims) {
      const fits = ["system", "verdict", "kind"].every(
        (name) => !chosen[name] || claim.dataset[name] === chosen[name]
      ) && (!chosen.flag || claim.dataset.flags.split(" ").includes(chosen.flag))
        && (!words || claim.textContent.toLowerCase().includes(words));
      claim.hidden = !fits;
      shown += fits;
    }
    count.textContent = `${shown} of ${claims.length} claims`;
  };
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  show();
})();
