// Pictures in the box where one writes: each is sent as soon as it is chosen, so that one can say what it shows.

import { fragment, say, send, word } from "./page.js";

const MOST_BYTES = 8 * 1024 * 1024;

document.addEventListener("change", async (event) => {
  const input = event.target;
  if (!input.matches("[data-pictures] input[type=file]")) return;
  event.stopPropagation();
  const place = input.closest("[data-pictures]"), form = input.form, files = [...input.files];
  input.value = ""; // what has arrived stands in the list below
  complain(place, input, "");
  input.disabled = true;
  form.setAttribute("aria-busy", "true"); // the post waits for its pictures
  say(word("pictureComes"));
  const wrong = [];
  for (const file of files) wrong.push(...await bring(place, file));
  form.removeAttribute("aria-busy");
  input.disabled = false;
  complain(place, input, wrong.join(" "));
  form.dispatchEvent(new Event("input", { bubbles: true }));
  place.querySelector("[data-picture-list] > :last-child input[name=alt]")?.focus();
});

/** Send one picture; gives what was wrong with it, in words. */
async function bring(place, file) {
  if (file.size > MOST_BYTES) return [word("pictureLarge")];
  const fields = new FormData(), list = place.querySelector("[data-picture-list]");
  fields.set("pictures", file);
  for (const one of list.querySelectorAll("input[name=file]")) fields.append("file", one.value);
  try {
    const answer = await send(place.dataset.pictures, fields);
    const told = await answer.json();
    list.append(fragment(told.html));
    return told.errors;
  } catch {
    return [word("notDone")];
  }
}

function complain(place, input, said) {
  for (const error of place.querySelectorAll(":scope > .error")) error.remove();
  if (!said) {
    input.removeAttribute("aria-invalid");
    return;
  }
  const error = Object.assign(document.createElement("span"), { className: "error", textContent: said });
  error.setAttribute("role", "alert");
  input.setAttribute("aria-invalid", "true");
  input.before(error);
}

/** Take all pictures out of a form that was sent, or that was made from another. */
export function withoutPictures(form) {
  form.querySelector("[data-picture-list]")?.replaceChildren();
}
