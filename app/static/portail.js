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

// The second click of a double click sends nothing, and the button says what goes on.
const status = document.createElement("p");
status.className = "visually-hidden";
status.setAttribute("role", "status");
document.querySelector("main").append(status);
const restore = new Set();
const sendingEnds = () => restore.forEach((act) => act());
addEventListener("pageshow", sendingEnds);
each("form", (form) => {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    form.querySelectorAll("[data-reveal][aria-pressed=true]").forEach((button) => button.click());
    const button = form.method === "post" && event.submitter?.closest(".button");
    const words = button ? [...button.childNodes] : [];
    if (button) {
      button.replaceChildren("Envoi…");
      button.setAttribute("aria-disabled", "true");
      status.textContent = "Envoi en cours…";
    }
    const act = () => {
      restore.delete(act);
      delete form.dataset.sent;
      if (!button) return;
      button.replaceChildren(...words);
      button.removeAttribute("aria-disabled");
      status.textContent = "";
    };
    restore.add(act);
    // Nothing tells a page that a file was downloaded, nor that the visitor stopped a long sending.
    setTimeout(act, form.enctype === "multipart/form-data" ? 120000 : 5000);
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

// Only where the browser lets a page write to the clipboard: elsewhere one tap selects the words.
each("[data-copy]", (button) => {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim()).then(() => {
      button.querySelector("[data-copy-word]").textContent = "Copié";
      button.parentElement.querySelector("[data-copy-status]").textContent = "Copié.";
    });
  });
});
