// What is being written is saved on the server: every few seconds, and when the page is left. Nothing stays in the browser.

import { fragment, say, send, sleep, word } from "./page.js";

const EVERY = 3000;
const AGAIN = 10_000; // after a failure
const UNDO = 10_000;

const states = new Map(); // form -> what is known of its draft

const idle = () => ({ dirty: false, timer: 0, running: null, failed: false, sent: false, thrown: null });
const address = (form) => form.dataset.draft;

/** Only words are kept, no files. */
function words(form) {
  const fields = new FormData(form);
  for (const [name, value] of [...fields]) if (typeof value !== "string") fields.delete(name);
  return fields;
}

/** Save this form's draft from now on. */
export function watch(form) {
  if (!address(form) || states.has(form)) return;
  states.set(form, idle());
  form.querySelector("[data-save]").hidden = true;
  form.addEventListener("input", () => changed(form));
  form.addEventListener("focusout", () => states.get(form)?.dirty && save(form));
}

/** The box is gone; its draft is not. */
export function unwatch(form) {
  clearTimeout(states.get(form)?.timer);
  states.delete(form);
}

/** Tell that something was put into the form by a script. */
export function changed(form) {
  const state = states.get(form);
  if (!state || state.sent) return;
  state.dirty = true;
  state.timer ||= setTimeout(() => save(form), EVERY);
}

/** Whether what stands in the form is, or will be on leaving, on the server. */
export const safe = (form) => states.has(form) && !states.get(form).failed;

function save(form) {
  const state = states.get(form);
  if (!state || state.sent) return undefined;
  clearTimeout(state.timer);
  state.timer = 0;
  state.running ??= write(form, state).finally(() => { state.running = null; });
  return state.running;
}

async function write(form, state) {
  state.thrown?.cancel();
  state.dirty = false;
  let status = 0;
  try {
    const answer = await send(address(form), words(form));
    status = answer.status;
    if (answer.ok) {
      state.failed = false;
      tell(form, (await answer.json()).said);
      if (state.dirty) state.timer ||= setTimeout(() => save(form), EVERY);
      return;
    }
  } catch {
    // said below
  }
  if (!state.failed) say(status === 401 ? word("unsavedOut") : word("unsaved"));
  state.failed = state.dirty = true;
  tell(form, status === 401 ? word("unsavedOut") : word("unsaved"), false);
  state.timer ||= setTimeout(() => save(form), AGAIN);
}

function tell(form, said, kept = Boolean(said)) {
  const shown = form.querySelector("[data-saved]");
  shown.hidden = !said;
  shown.querySelector("span").textContent = said;
  shown.querySelector("svg").toggleAttribute("hidden", !kept);
  if (kept || !said) form.querySelector("[data-throw]").hidden = !said;
}

/** Save no more, and wait for what is under way: the form is being sent. */
export async function still(form) {
  const state = states.get(form);
  if (!state) return;
  state.sent = true;
  clearTimeout(state.timer);
  state.timer = 0;
  await state.running;
}

export const busy = (form) => Boolean(states.get(form)?.running);

/** It could not be sent: go on saving. The server may have kept it already. */
export function resume(form) {
  const state = states.get(form);
  if (!state) return;
  state.sent = false;
  changed(form);
}

/** It was sent: the form is empty, and its draft is gone. */
export function cleared(form) {
  if (!states.has(form)) return;
  states.set(form, idle());
  tell(form, "");
}

/** Put the draft that is kept for this form into it. */
export async function fill(form) {
  const answer = await fetch(address(form), { redirect: "manual" }).catch(() => null);
  if (!answer?.ok) return false;
  const { fields, said, pictures } = await answer.json();
  if (!said || form.elements.body.value) return false;
  for (const name of ["title", "body", "warning", "alias", "language", "question"]) {
    const field = form.elements.namedItem(name);
    if (field && fields[name]?.length) field.value = fields[name][0];
  }
  if (pictures) form.querySelector("[data-picture-list]")?.append(fragment(pictures));
  tell(form, said);
  return true;
}

/** Before the next page is asked for, so that it knows; and where there is no such moment, when this one goes. */
function leaving(act) {
  for (const moment of ["beforeunload", "pagehide"]) addEventListener(moment, act);
}

// ---- throwing away, with ten seconds to think again ----

/** Show that something was thrown away; it is, unless the person takes it back. Gives how to call it off. */
function throwAway(where, back, done = () => {}) {
  const toast = Object.assign(document.createElement("p"), { className: "toast", role: "status" });
  const undo = Object.assign(document.createElement("button"), { type: "button", textContent: word("undo") });
  const text = Object.assign(document.createElement("span"), { textContent: word("thrown") });
  toast.append(text, undo);
  document.body.append(toast);
  const field = document.querySelector("input[name=csrf_token]");
  let over = false;
  const end = () => {
    over = true;
    clearTimeout(timer);
    toast.remove();
  };
  const timer = setTimeout(() => {
    end();
    send(`${where}/removal`).then((answer) => answer.ok && done(), () => {});
  }, UNDO);
  undo.addEventListener("click", () => { end(); back(); });
  leaving(() => {
    if (over) return;
    end();
    const secret = new FormData();
    secret.set("csrf_token", field.value);
    navigator.sendBeacon(`${where}/removal`, secret);
  });
  return { cancel: end };
}

function empty(form) {
  const fields = [...form.querySelectorAll("textarea, input[type=text], input:not([type])")];
  const before = fields.map((field) => field.value);
  for (const field of fields) field.value = "";
  form.dispatchEvent(new Event("emptied"));
  const said = form.querySelector("[data-saved] span").textContent;
  tell(form, "");
  const state = states.get(form);
  clearTimeout(state.timer);
  state.timer = 0;
  state.dirty = false;
  form.elements.body.focus();
  state.thrown = throwAway(address(form), () => {
    fields.forEach((field, place) => { field.value = before[place]; });
    form.dispatchEvent(new Event("emptied"));
    tell(form, said);
    form.elements.body.focus();
  });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-throw]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const form = link.closest("form");
  const row = link.closest("[data-draft]");
  if (form ? !states.has(form) : !row) return;
  event.preventDefault();
  if (form) return empty(form);
  row.hidden = true;
  throwAway(row.dataset.draft, () => { row.hidden = false; link.focus(); }, () => row.remove());
});

// ---- leaving ----

function leave() {
  for (const [form, state] of states) {
    if (!state.dirty || state.sent || !form.isConnected) continue;
    if (navigator.sendBeacon(address(form), words(form))) state.dirty = state.failed;
  }
}

leaving(leave);
document.addEventListener("visibilitychange", () => { if (document.hidden) leave(); });
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const state of states.values()) state.sent = false;
});

/** Whoever signs out while writing does so with everything saved, or a moment later without. */
document.addEventListener("submit", (event) => {
  if (!event.target.matches('form[action="/sign-out"]')) return;
  const open = [...states].filter(([, state]) => state.dirty || state.running).map(([form]) => form);
  if (!open.length) return;
  event.preventDefault();
  Promise.race([Promise.all(open.map(save)), sleep(1500)]).then(() => event.target.submit());
});
