// A thread that is open: brings what happens in it to the page, without moving what is being read.

import "./branches.js";
import "./compose.js";
import "./quote.js";
import "./reading.js";
import { followThread } from "./live.js";
import { load, locale, say, send, sleep, stand, steady, toast, word } from "./page.js";
import { below, card, find, list, renew, spot } from "./posts.js";

const POLL = Number(list.dataset.poll) || 15_000;
const PATIENCE = 3000; // a short gap in the connection is not worth a word
const WITHHELD = ["post.hidden", "post.deleted", "post.redacted", "post.unpinned", "post.edited"];
const HEAD = ["post.redacted", "post.edited", "post.restored", "post.pinned"];

const pill = document.querySelector("[data-pill]");
const status = document.querySelector("[data-asof]");
const counted = document.querySelector("[data-posts]");
const moderates = "moderates" in list.dataset;

const waiting = new Map(); // post id -> its card, not on the page yet
const elsewhere = new Set(); // new posts whose place is on another page
const unseen = new Set(); // put on the page below what is being read
let own = null; // what one is just sending
let over = false;

// ---- new posts ----

function tell() {
  const count = waiting.size + elsewhere.size + unseen.size;
  pill.hidden = !count;
  if (count) pill.querySelector("span").textContent = word("new", { n: count });
}

const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    unseen.delete(target.dataset.post);
  }
  tell();
}, { rootMargin: "0px 0px -25% 0px" });

function insert(place, element) {
  element.classList.add("is-new");
  steady(() => place.after(element));
  unseen.add(element.dataset.post);
  seen.observe(element);
}

/** Bring in what waits, in the order it came; all of it, or as long as that moves nothing on the screen. */
function settle(all) {
  for (const [id, element] of waiting) {
    const place = spot(element.dataset.parent);
    if (!all && (!place || !below(place))) return;
    waiting.delete(id);
    if (place) insert(place, element);
    else elsewhere.add(id);
  }
}

function arrive(element) {
  const id = element.dataset.post, parent = element.dataset.parent;
  settle(false);
  if (!waiting.has(parent) && !spot(parent)) elsewhere.add(id);
  else waiting.set(id, element);
  settle(false);
  tell();
  say(word("new", { n: waiting.size + elsewhere.size + unseen.size }));
}

pill.addEventListener("click", () => {
  settle(true);
  const first = [...unseen].map(find).sort((one, other) => (
    one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1))[0];
  for (const id of unseen) seen.unobserve(find(id));
  unseen.clear();
  if (first) look(first);
  else if (elsewhere.size) location.assign(`/posts/${[...elsewhere][0]}`);
  tell();
});

function look(element) {
  element.scrollIntoView({ block: "center", behavior: "instant" });
  element.focus({ preventScroll: true });
}

/** Put a card where it belongs: in place of the old one, or among what is new. */
function put(element, mine) {
  const id = element.dataset.post, old = find(id);
  if (old) renew(old, element, mine);
  else if (waiting.has(id)) waiting.set(id, element);
  else if (!elsewhere.has(id)) arrive(element);
}

function remove(id) {
  waiting.delete(id);
  elsewhere.delete(id);
  unseen.delete(id);
  const old = find(id);
  if (old) steady(() => old.remove());
  tell();
}

// ---- cards that are made for this reader alone, fetched one after the other so that their order holds ----

const wanted = new Set();
let fetching = Promise.resolve();

function fetchCard(id) {
  if (wanted.has(id)) return fetching;
  wanted.add(id);
  fetching = fetching.then(async () => {
    for (let tries = 1; tries <= 5; tries += 1) {
      wanted.delete(id);
      try {
        const answer = await fetch(`/posts/${id}/card`, { redirect: "manual" });
        if (answer.status === 404) remove(id);
        if (answer.ok) put(card(await answer.text()), true);
        return;
      } catch {
        await sleep(tries * 2000);
      }
    }
  });
  return fetching;
}

// ---- changes ----

async function change(told, mine) {
  const { kind, post_id: id } = told;
  if (own) await own; // one's own post comes with the answer to sending it
  if (kind.startsWith("thread.")) threadChanged(kind, told.thread_state);
  if (!id) return;
  if (kind === "post.created" && !known.has(id)) count();
  if (WITHHELD.includes(kind)) withhold(kind, id);
  if (HEAD.includes(kind)) renewHead(id);
  if (!mine && (moderates || find(id)?.classList.contains("is-own"))) fetchCard(id);
  else if (told.card) put(card(told.card), mine);
  else if (mine) remove(id);
}

const known = new Set([...list.querySelectorAll(".post:not(.is-pending)")].map((post) => post.dataset.post));

function count() {
  counted.dataset.posts = Number(counted.dataset.posts) + 1;
  counted.textContent = word("posts", { n: Number(counted.dataset.posts) });
}

/** Take words out of wherever else they stand than in the post's own card. */
function withhold(kind, id) {
  const line = document.querySelector(`[data-pin-of="${id}"]`);
  if (line) {
    const section = line.closest("section");
    steady(() => (section.querySelectorAll("[data-pin-of]").length > 1 ? line : section).remove());
  }
  if (kind === "post.hidden" || kind === "post.deleted") {
    for (const answer of list.querySelectorAll(`.post[data-parent="${id}"] > .answers`)) steady(() => answer.remove());
  }
}

let heading = 0;

/** The pinned posts at the head, as the server shows them now; a little later, not all readers at once. */
function renewHead(id) {
  if (!("first" in list.dataset) || heading) return;
  heading = setTimeout(async () => {
    heading = 0;
    const page = await load(`/threads/${list.dataset.thread}`).catch(() => null);
    if (!page || over) return;
    const fresh = page.querySelector(".pinned-posts"), old = document.querySelector(".pinned-posts");
    steady(() => {
      if (old) old.remove();
      if (fresh) list.parentElement.querySelector("form#act").after(document.adoptNode(fresh));
    });
  }, 200 + Math.random() * 800);
}

function threadChanged(kind, state) {
  const said = kind.slice("thread.".length);
  for (const mark of document.querySelectorAll("[data-mark]")) {
    const name = mark.dataset.mark;
    mark.hidden = !(name === "pinned" ? state.pinned : state.state === name);
  }
  if (state.state === "hidden" && !moderates) return leave(word("hidden"));
  if (state.title) document.querySelector("[data-title]").textContent = state.title;
  if (["locked", "unlocked", "moved", "hidden", "restored"].includes(said)) notify(word(said));
}

/** Nothing of the thread may be read any more. What one is writing stays. */
function leave(text) {
  over = true;
  waiting.clear();
  elsewhere.clear();
  unseen.clear();
  tell();
  document.querySelector(".pinned-posts")?.remove();
  for (const post of list.querySelectorAll(".post")) post.remove();
  document.querySelector("[data-title]").textContent = text;
  notify(text);
}

let message = "";

function notify(text) {
  message = text;
  toast(text, true);
  say(text);
}

// ---- the state of the connection, and who is here ----

let lost = 0, people = 0, since = new Date();

function state(name) {
  const shown = status.dataset.state;
  if (name !== "lost") {
    clearTimeout(lost);
    lost = 0;
    if (shown === "lost") toast(message, Boolean(message));
    if (shown !== name) show(name);
  } else if (!lost && shown !== "lost") {
    since = new Date();
    lost = setTimeout(() => {
      show("lost");
      toast(status.textContent);
      say(status.textContent);
    }, PATIENCE);
  }
}

function show(name) {
  status.dataset.state = name;
  const time = since.toLocaleTimeString(locale === "ar" ? "ar-u-nu-latn" : locale, { hour: "2-digit", minute: "2-digit" });
  const text = name === "lost" ? word("offline", { time }) : name === "polling" ? word("polling")
    : people > 1 ? word("people", { n: people }) : word("live");
  steady(() => { status.textContent = text; });
}

const line = document.querySelector("[data-typing]");
let writing = 0;

function typing(n) {
  if (!line) return;
  clearTimeout(writing);
  line.textContent = word("typing", { n });
  writing = setTimeout(() => { line.textContent = ""; }, 6000);
}

stand();
state("lost"); // until it is connected
const live = followThread(list.dataset.thread, Number(list.dataset.revision), POLL, {
  change, typing, state,
  bell: fetchCard,
  people(n) {
    people = n;
    if (status.dataset.state === "live") show("live");
  },
  ended(code) {
    if (code === 404) leave(word("gone"));
    else notify(status.textContent = word("signedOut"));
  },
});

let told = 0;
document.addEventListener("input", (event) => {
  if (!event.target.matches(".composer textarea") || Date.now() - told < 3000) return;
  told = Date.now();
  live.typing();
});

// ---- what one does oneself ----

document.addEventListener("sending", (event) => {
  own = event.detail.then(async (id) => {
    if (!id) return;
    await fetchCard(id);
    settle(true); // what came before stands before
    mine(id);
  }).finally(() => { own = null; });
});

function mine(id) {
  const post = find(id);
  if (!post) return location.assign(`/posts/${id}`);
  unseen.delete(id);
  seen.unobserve(post);
  post.classList.remove("is-new");
  look(post);
  tell();
}

list.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-reaction]");
  if (!button) return;
  event.preventDefault();
  if (button.getAttribute("aria-busy")) return;
  const post = button.closest(".post").dataset.post, kind = button.dataset.reaction;
  const now = () => find(post)?.querySelector(`[data-reaction="${kind}"]`);
  const before = button.getAttribute("aria-pressed") === "true";
  button.setAttribute("aria-busy", "true");
  press(button, !before, before ? -1 : 1);
  try {
    const answer = await send(button.formAction);
    if (!answer.ok) throw new Error(answer.status);
    now()?.setAttribute("aria-pressed", (await answer.json()).pressed);
  } catch {
    if (button.isConnected) press(button, before, before ? 1 : -1);
    else now()?.setAttribute("aria-pressed", before);
    say(word("notDone"));
  }
  now()?.removeAttribute("aria-busy");
});

function press(button, on, more) {
  button.setAttribute("aria-pressed", on);
  const number = button.querySelector(".n") ?? button.appendChild(Object.assign(document.createElement("span"), { className: "n" }));
  const n = Number(number.textContent) + more;
  if (n > 0) number.textContent = n;
  else number.remove();
}

if (location.hash === `#post-${list.dataset.focus}`) find(list.dataset.focus)?.focus({ preventScroll: true });
