// What all scripts share: the page's own words, the one door for HTML, the polite voice, requests, a steady view.

const words = document.getElementById("words")?.dataset ?? {};
export const locale = document.documentElement.lang;
const plural = new Intl.PluralRules(locale);

/** A sentence of the page's <template id="words">. With `n`: in the form this language has for the number, for which the
 *  page gives an example with another number. `{time}` and the like are gaps. */
export function word(name, gaps = {}) {
  let said = words[name];
  if (gaps.n !== undefined) {
    const form = plural.select(gaps.n);
    said = words[name + form[0].toUpperCase() + form.slice(1)] ?? words[`${name}Other`];
    said = said?.replace(/\d+/, gaps.n);
  }
  return (said ?? "").replace(/\{(\w+)\}/g, (gap, key) => gaps[key] ?? gap);
}

/** The only door for HTML: cards and previews as the server's own renderer made them, never what a person typed. */
export function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

/** A page of the forum as a document in which nothing runs, to take parts from. Null where it is not to be had. */
export async function load(address) {
  const answer = await fetch(address, { redirect: "manual" });
  return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
}

/** Send a form's fields as the form itself would, asking for a short answer. Rejects where the network fails. */
export async function send(address, fields = new FormData()) {
  const answer = await request(address, fields);
  return answer.status === 400 && await renewed(fields) ? request(address, fields) : answer;
}

function request(address, fields) {
  return fetch(address, {
    method: "POST",
    body: fields, // as multipart: percent signs would make a long Arabic text three times as large
    headers: { Accept: "application/json", "X-CSRF-Token": document.querySelector("meta[name=csrf-token]").content },
    redirect: "manual",
  });
}

/** Whether the page's secret was too old (somebody signed in anew in another window) and is another now. */
async function renewed(fields) {
  const meta = document.querySelector("meta[name=csrf-token]");
  const secret = (await load(location.href))?.querySelector("meta[name=csrf-token]")?.content;
  if (!secret || secret === meta.content) return false;
  meta.content = secret;
  for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = secret;
  if (fields.has("csrf_token")) fields.set("csrf_token", secret);
  return true;
}

export const sleep = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });

const PAUSE = 3000;
let spoken = -PAUSE, speaking = 0, sentence = "";

/** Tell screen readers, politely: the latest sentence, at most one in three seconds. */
export function say(text) {
  sentence = text;
  speaking ||= setTimeout(() => {
    speaking = 0;
    spoken = performance.now();
    document.getElementById("said").textContent = sentence;
  }, Math.max(0, spoken + PAUSE - performance.now()));
}

/** Show a short message at the foot of the window, with a link to load the page again where `again`; "" takes it away. */
export function toast(text, again = false) {
  const shown = document.querySelector("[data-toast]");
  if (!shown) return;
  shown.querySelector("span").textContent = text;
  shown.querySelector("a").hidden = !again;
  shown.hidden = !text;
}

/** Change the page so that what is being read stays where it is, whatever grows or shrinks above it. */
export function steady(change) {
  const read = [...document.querySelectorAll(".post > *, .thread-row, .composer")]
    .map((part) => [part, part.getBoundingClientRect()])
    .filter(([, box]) => box.bottom > 0 && box.top < innerHeight && box.height)
    .sort(([, one], [, other]) => (one.top < 0) - (other.top < 0) || one.top - other.top);
  const typing = document.activeElement?.closest(".composer");
  const first = read.find(([part]) => part === typing);
  if (first) read.unshift(first);
  change();
  const kept = read.find(([part]) => part.isConnected);
  if (!kept) return;
  const moved = kept[0].getBoundingClientRect().top - kept[1].top;
  if (moved) scrollBy({ top: moved, behavior: "instant" });
}

/** `steady` does what browsers do with different skill; both together would move the page twice. */
export function stand() {
  document.documentElement.style.overflowAnchor = "none";
}
