// Files to send: a photo is made smaller before it leaves, and one too heavy stops the sending.
"use strict";

// A picture lighter than this leaves as it is, without a look at its sides.
const LIGHT = 500 * 1024;
const QUALITY = 0.85;
const PHOTO = /^image\/(jpeg|png|hei[cf])$/;
const HEIC = /\.hei[cf]$/i;

const smaller = async (file, longestSide) => {
  const heic = HEIC.test(file.name) || /hei[cf]$/.test(file.type);
  if (!heic && (!PHOTO.test(file.type) || file.size <= LIGHT)) return file;
  // Upright, as the camera was held; what the browser cannot open is the server's to judge.
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, longestSide / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const pen = canvas.getContext("2d");
  // What is transparent would be black in a JPEG.
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const drawn = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  if (!drawn || (!heic && drawn.size >= file.size)) return file;
  return new File([drawn], `${file.name.replace(/\.[^.]*$/, "")}.jpg`, { type: "image/jpeg" });
};

document.querySelectorAll("[data-heaviest]").forEach((input) => {
  const field = input.closest(".field");
  const told = field.querySelector("[data-told]");
  let ready = Promise.resolve();
  let working = false;

  const heavy = () => [...input.files].find((file) => file.size > input.dataset.heaviest);
  const sentence = (file) => `«\u00a0${file.name}\u00a0» ${input.dataset.tooHeavy}`;

  const say = () => {
    const file = heavy();
    told.hidden = !file;
    told.querySelector("[data-sentence]").textContent = file ? sentence(file) : "";
    field.classList.toggle("field-wrong", Boolean(file));
    input.setAttribute("aria-invalid", Boolean(file));
  };

  // As the server shows it: the same words and look, on top of the page.
  const summarise = () => {
    document.querySelector("[data-error-summary]")?.remove();
    const summary = document.createElement("div");
    summary.className = "error-summary";
    summary.tabIndex = -1;
    summary.setAttribute("role", "alert");
    summary.dataset.errorSummary = "";
    const title = summary.appendChild(document.createElement("h2"));
    title.append(told.querySelector("svg").cloneNode(true), "À corriger pour continuer");
    const link = document.createElement("a");
    link.href = `#${input.id}`;
    link.textContent = sentence(heavy());
    const list = summary.appendChild(document.createElement("ul"));
    list.appendChild(document.createElement("li")).append(link);
    document.querySelector("h1").after(summary);
    if (!document.title.startsWith("Erreur")) document.title = `Erreur\u00a0: ${document.title}`;
    summary.focus();
  };

  const shrink = async (chosen) => {
    const side = Number(input.dataset.longestSide);
    const files = await Promise.all(chosen.map((file) => smaller(file, side).catch(() => file)));
    // Others may have been chosen meanwhile.
    if (files.some((file, place) => file !== chosen[place]) && input.files[0] === chosen[0]) {
      const list = new DataTransfer();
      files.forEach((file) => list.items.add(file));
      input.files = list.files;
    }
  };

  input.addEventListener("change", () => {
    field.querySelector(".field-error:not([data-told])")?.remove();
    working = true;
    const mine = shrink([...input.files]).finally(() => {
      if (ready !== mine) return;
      working = false;
      say();
    });
    ready = mine;
  });

  // Chosen while this script was still on its way.
  if (input.files.length) input.dispatchEvent(new Event("change"));

  // Before the form's own listener: what is stopped here has not been sent.
  document.addEventListener("submit", (event) => {
    if (event.target !== input.form) return;
    if (event.submitter?.value === "edit") {
      // Back to the answers: the files are chosen after them.
      input.value = "";
    } else if (working) {
      event.preventDefault();
      ready.then(() => event.target.requestSubmit(event.submitter));
    } else if (heavy()) {
      event.preventDefault();
      say();
      summarise();
    }
  }, true);
});
