// The box in which one writes: tools, preview, count, answering in place, sending without leaving the page.

import "../vendor/markdown-toolbar-element@2.2.3/index.js";
import * as drafts from "./drafts.js";
import "./mention.js";
import { fragment, say, send, word } from "./page.js";
import { withoutPictures } from "./pictures.js";

const LIMIT = 10_000, NEAR = 9_000;
const inThread = document.querySelector("ol.posts[data-thread]") !== null;
const forms = new Set();

const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const text = (form) => form.querySelector("textarea[name=body]");
const button = (form) => form.querySelector("button[type=submit]");

function setUp(form) {
  forms.add(form);
  form.querySelector("[data-tools]")?.classList.add("ready");
  text(form).addEventListener("input", () => count(form));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit(button(form));
    }
  });
  form.querySelector("[data-preview]")?.addEventListener("click", () => preview(form));
  form.addEventListener("submit", (event) => submit(form, event));
  form.addEventListener("emptied", () => count(form));
  drafts.watch(form);
  count(form);
}

/** Why the server did not take it, in words for people. */
class Refusal extends Error {}

// ---- how long it is ----

function count(form) {
  const value = text(form).value, shown = form.querySelector("[data-count]");
  const left = value.length < NEAR ? LIMIT : LIMIT - [...value].length;
  shown.hidden = left > LIMIT - NEAR;
  if (!shown.hidden) shown.textContent = left < 0 ? word("over", { n: -left }) : word("left", { n: left });
  if (left < 0 && !form.classList.contains("is-over")) say(shown.textContent);
  form.classList.toggle("is-over", left < 0);
}

// ---- how it will look ----

async function preview(form, on = form.querySelector("[data-shown]").hidden) {
  const shown = form.querySelector("[data-shown]"), area = text(form);
  if (on) {
    let made;
    try {
      const fields = new FormData();
      fields.set("body", area.value);
      const answer = await send("/preview", fields);
      if (!answer.ok) throw new Refusal(await sentence(answer));
      made = fragment((await answer.json()).html);
    } catch (error) {
      return fail(form, error);
    }
    shown.replaceChildren(made);
    if (!shown.textContent.trim()) shown.textContent = word("empty");
  }
  shown.hidden = !on;
  area.hidden = on;
  form.querySelector("markdown-toolbar").hidden = on;
  form.querySelector("[data-preview]").setAttribute("aria-pressed", on);
}

// ---- sending ----

function submit(form, event) {
  if (form.getAttribute("aria-busy")) return event.preventDefault();
  busy(form, true);
  if (!inThread || form.querySelector("input[name=title]")) { // the page after it says the rest
    if (!drafts.busy(form)) return void drafts.still(form);
    event.preventDefault();
    return void drafts.still(form).then(() => form.submit());
  }
  event.preventDefault();
  document.dispatchEvent(new CustomEvent("sending", { detail: post(form) }));
}

function busy(form, on) {
  if (on) form.setAttribute("aria-busy", "true");
  else form.removeAttribute("aria-busy");
  button(form).setAttribute("aria-disabled", on);
}

/** Send it; gives the new post's id, or null where it could not be sent: then the text is still there. */
async function post(form) {
  try {
    await drafts.still(form);
    const answer = await send(form.action, new FormData(form));
    if (!answer.ok) throw new Refusal(await sentence(answer));
    const { post: id } = await answer.json();
    clear(form);
    return id;
  } catch (error) {
    fail(form, error);
    drafts.resume(form);
    return null;
  } finally {
    busy(form, false);
  }
}

/** Why it was refused: the page that says so beside a field, or by itself. */
async function sentence(answer) {
  if (!answer.headers.get("Content-Type")?.includes("html")) return "";
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const beside = [...page.querySelectorAll(".composer .error:not(.picture .error)")].map((error) => error.textContent.trim());
  return beside.join(" ") || page.querySelector("main .lead, main h1")?.textContent.trim() || "";
}

function fail(form, reason) {
  const area = text(form);
  const said = (reason instanceof Refusal && reason.message) || word("failed");
  let error = form.querySelector(":scope > [data-error]");
  if (!error) {
    error = Object.assign(document.createElement("p"), { className: "error", id: `${area.id}-refused` });
    error.dataset.error = "";
    error.setAttribute("role", "alert");
    form.querySelector(".foot").before(error);
  }
  error.textContent = said;
  area.setAttribute("aria-invalid", "true");
  area.setAttribute("aria-describedby", error.id);
  preview(form, false);
  area.focus();
}

function sound(form) {
  for (const error of form.querySelectorAll(".error")) error.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  text(form).removeAttribute("aria-describedby");
}

function clear(form) {
  const place = form.closest(".replying");
  if (place) {
    forms.delete(form);
    drafts.unwatch(form);
    return place.remove();
  }
  sound(form);
  drafts.cleared(form);
  for (const field of form.querySelectorAll("textarea, input[name=warning]")) field.value = field.defaultValue = "";
  form.elements.key.value = newKey();
  withoutPictures(form);
  form.querySelector("details.extra")?.removeAttribute("open");
  preview(form, false);
  count(form);
}

// ---- answering below the post ----

const pattern = inThread && document.querySelector("[data-composer]")?.cloneNode(true);

function answer(link) {
  const id = link.dataset.reply, post = link.closest(".post");
  let place = [...document.querySelectorAll(".replying")].find((one) => one.dataset.to === id);
  if (!place) {
    place = document.createElement("li");
    place.className = "replying";
    place.dataset.to = id;
    place.dataset.depth = Math.min(3, Number(post.dataset.depth) + 1);
    place.append(boxFor(id));
    setUp(place.firstElementChild);
    post.after(place);
    drafts.fill(place.firstElementChild).then((filled) => filled && count(place.firstElementChild));
  }
  place.hidden = false;
  text(place).focus({ preventScroll: true });
  place.scrollIntoView({ block: "nearest", behavior: "instant" });
}

function boxFor(id) {
  const form = pattern.cloneNode(true);
  sound(form);
  for (const field of form.querySelectorAll("[id]")) field.id += `-${id}`;
  for (const name of ["for", "aria-describedby"]) {
    for (const field of form.querySelectorAll(`[${name}]`)) field.setAttribute(name, `${field.getAttribute(name)}-${id}`);
  }
  for (const field of form.querySelectorAll("textarea, input[name=warning]")) field.value = field.defaultValue = "";
  withoutPictures(form);
  text(form).rows = 4;
  form.elements.parent.value = id;
  form.dataset.draft = `/drafts/reply/${id}`;
  form.querySelector("[data-throw]").href = `/drafts/reply/${id}/removal`;
  for (const part of form.querySelectorAll("[data-saved], [data-throw]")) part.hidden = true;
  form.elements.key.value = newKey();
  form.querySelector("label").textContent = word("answer");
  button(form).textContent = word("send");
  const cancel = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: word("cancel") });
  cancel.addEventListener("click", () => put(form, id));
  button(form).after(cancel);
  return form;
}

/** Put the box away; what was written in it is there again when it is opened again. */
function put(form, id) {
  const place = form.closest(".replying");
  preview(form, false);
  place.hidden = true;
  if (!text(form).value.trim()) {
    forms.delete(form);
    drafts.unwatch(form);
    place.remove();
  }
  document.querySelector(`[data-reply="${id}"]`)?.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-reply]");
  if (!link || !pattern || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  answer(link);
});

// ---- leaving ----

const unsent = (form) => form.isConnected && !form.getAttribute("aria-busy") && [...form.querySelectorAll("textarea, input[name=title]")].some((field) => (
  field.value.trim() && (field.value !== field.defaultValue || form.querySelector(".error"))));

addEventListener("beforeunload", (event) => { if ([...forms].some((form) => unsent(form) && !drafts.safe(form))) event.preventDefault(); });
addEventListener("pageshow", (event) => { if (event.persisted) for (const form of forms) busy(form, false); });

for (const form of document.querySelectorAll("[data-composer]")) setUp(form);
