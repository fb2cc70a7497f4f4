// Shortcuts of the town hall, for whoever left them on: comfort only, every page works without.
"use strict";

{
  // The requests of a list, from one to the next.
  const steps = [...document.querySelectorAll("[data-step]")];

  const search = () => {
    const field = document.getElementById("chercher");
    field.focus();
    field.select();
  };

  const move = (way) => {
    const link = document.querySelector(`[data-way="${way}"]`);
    if (link) link.click();
    else steps[Math.max(0, steps.indexOf(document.activeElement) + way)]?.focus();
  };

  const acts = { "/": search, j: () => move(1), k: () => move(-1) };

  document.addEventListener("keydown", (event) => {
    const act = acts[event.key];
    const held = event.ctrlKey || event.metaKey || event.altKey || event.repeat;
    // Where somebody types, a letter is a letter.
    if (!act || held || event.target.closest("input, textarea, select")) return;
    event.preventDefault();
    act();
  });
}
