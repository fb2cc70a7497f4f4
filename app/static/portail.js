// Comfort only: every page works without this file.
"use strict";

const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

// After the browser's own autofocus, which some leave to form fields.
requestAnimationFrame(() => each("[data-error-summary]", (summary) => summary.focus()));

// A page that the browser kept may show another person's account, or hold a dead form token.
const signedIn = document.body.hasAttribute("data-signed-in");
addEventListener("pagehide", () => { document.body.hidden = signedIn; });
addEventListener("pageshow", (event) => {
  if (event.persisted && document.querySelector("form")) location.reload();
});

// The second click of a double click sends nothing.
each("form", (form) => {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => { delete form.dataset.sent; }, 5000);
    form.querySelectorAll("[data-reveal][aria-pressed=true]").forEach((button) => button.click());
  });
});

each("[data-reveal]", (button) => {
  const input = document.getElementById(button.dataset.reveal);
  button.hidden = false;
  button.addEventListener("click", () => {
    const show = input.type === "password";
    input.type = show ? "text" : "password";
    button.setAttribute("aria-pressed", show);
    button.querySelector("[data-reveal-word]").textContent = show ? "Masquer" : "Afficher";
  });
});

const rules = {
  length: (text) => [...text].length >= 8,
  upper: (text) => /\p{Lu}/u.test(text),
  lower: (text) => /\p{Ll}/u.test(text),
  digit: (text) => /[0-9]/.test(text),
};
each("[data-rules-for]", (list) => {
  const input = document.getElementById(list.dataset.rulesFor);
  const status = document.querySelector("[data-rules-status]");
  const items = [...list.querySelectorAll("[data-rule]")];
  let timer;
  const check = () => {
    const text = input.value.normalize("NFC");
    const done = items.filter((item) => {
      const kept = rules[item.dataset.rule](text);
      item.classList.toggle("rule-done", kept);
      item.querySelector("[data-rule-state]").textContent = kept ? "fait" : "à faire";
      return kept;
    }).length;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (text) status.textContent = `${done} critères sur ${items.length} : ${done === items.length ? "tout est fait" : "continuez"}.`;
    }, 900);
  };
  input.addEventListener("input", check);
  check();
});

each("[data-wait]", (button) => {
  const status = document.querySelector("[data-wait-status]");
  const end = Date.now() + button.dataset.wait * 1000;
  const tick = () => {
    const left = end - Date.now();
    const words = left > 60000 ? "Possible dans 2 minutes." : left > 0 ? "Possible dans 1 minute." : "Possible maintenant.";
    button.disabled = left > 0;
    // Said again only when it changes: it is read aloud.
    if (status.textContent !== words) status.textContent = words;
    if (left > 0) setTimeout(tick, 1000);
  };
  tick();
});

// A file that is too heavy is told when it is chosen, not after it was sent.
each("[data-heaviest]", (input) => {
  const told = document.createElement("div");
  const sentence = told.appendChild(document.createElement("p"));
  told.className = "field-error";
  told.setAttribute("role", "alert");
  told.hidden = true;
  input.before(told);
  input.addEventListener("change", () => {
    const heavy = [...input.files].find((file) => file.size > input.dataset.heaviest);
    told.hidden = !heavy;
    sentence.textContent = heavy ? `«\u00a0${heavy.name}\u00a0» ${input.dataset.tooHeavy}` : "";
    if (heavy) input.value = "";
  });
});

// Only where the browser lets a page write to the clipboard: elsewhere one tap selects the words.
each("[data-copy]", (button) => {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim()).then(() => {
      button.querySelector("[data-copy-word]").textContent = "Copié";
      document.querySelector("[data-copy-status]").textContent = "Référence copiée.";
    });
  });
});
