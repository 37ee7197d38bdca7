// A room's list of topics that is open: counts and marks follow what happens; rows move only while nobody points at them.

import { followRoom } from "./live.js";
import { load, locale, say, stand, steady, word } from "./page.js";

const part = document.querySelector("[data-room]");
const room = part.dataset.room;
const first = "first" in part.dataset;

const time = new Intl.DateTimeFormat({ ar: "ar-u-nu-latn", en: "en-GB" }[locale] ?? locale, {
  day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZone: part.dataset.zone,
});
const rows = () => part.querySelector("ol.threads");
const find = (id) => part.querySelector(`ol.threads > [data-thread="${id}"]`);
const busy = () => part.matches(":hover, :focus-within");

function change(state) {
  const row = find(state.id);
  if (state.state === "hidden" && !("moderates" in part.dataset)) return row && steady(() => row.remove());
  if (state.room && state.room !== room) return row && steady(() => row.remove());
  if (!row || state.state === "hidden") return renew();
  if (row.dataset.at >= state.active_at && Number(row.dataset.revision) > state.revision) return;
  const before = row.dataset.at;
  steady(() => fill(row, state));
  if (state.active_at > before || String(state.pinned) !== row.dataset.pinned) move(row, state);
}

function fill(row, state) {
  row.querySelector("h2 a").textContent = state.title;
  const posts = row.querySelector("[data-posts]"), unread = row.querySelector("[data-unread]");
  const fresh = Number(unread.dataset.unread) + Math.max(0, state.counts.posts - Number(posts.dataset.posts));
  posts.dataset.posts = state.counts.posts;
  unread.dataset.unread = fresh;
  unread.hidden = !fresh;
  unread.textContent = word("fresh", { n: fresh });
  row.className = `thread-row is-${state.state}${fresh ? " is-new" : ""}`;
  for (const mark of row.querySelectorAll("[data-mark]")) {
    const name = mark.dataset.mark;
    mark.hidden = !(name === "pinned" ? state.pinned : state.state === name);
  }
  const active = row.querySelector("time");
  if (row.dataset.at < state.active_at) {
    active.dateTime = row.dataset.at = state.active_at;
    active.textContent = time.format(new Date(state.active_at));
  }
  row.dataset.revision = state.revision;
  posts.textContent = word("posts", { n: state.counts.posts });
}

const moving = new Map();

function move(row, state) {
  if (!first) return;
  moving.set(row, state);
  if (!busy()) settle();
}

/** Pinned first, then by latest activity. */
function settle() {
  for (const [row, state] of moving) {
    row.dataset.pinned = state.pinned;
    const next = [...rows().children].find((other) => other !== row && (
      state.pinned ? other.dataset.pinned !== "true" || other.dataset.at < row.dataset.at
        : other.dataset.pinned !== "true" && other.dataset.at < row.dataset.at));
    if (row.isConnected && next !== row.nextElementSibling) steady(() => rows().insertBefore(row, next ?? null));
  }
  moving.clear();
}

let asked = 0, late = false;

/** Take the list as the server shows it now; a little later, not all readers at once. */
function renew() {
  if (!first) return;
  asked ||= setTimeout(async () => {
    const page = await load(location.pathname + location.search).catch(() => null);
    asked = 0;
    const fresh = page?.querySelector("[data-room]");
    if (!fresh) return;
    if (busy()) late = true;
    else take(fresh);
  }, 100 + Math.random() * 900);
}

function take(fresh) {
  late = false;
  const known = new Set([...part.querySelectorAll("[data-thread]")].map((row) => row.dataset.thread));
  const added = [...fresh.querySelectorAll("[data-thread]")].filter((row) => !known.has(row.dataset.thread));
  steady(() => part.replaceChildren(...document.adoptNode(fresh).childNodes));
  moving.clear();
  if (added.length) say(word("topics", { n: added.length }));
}

const rest = () => setTimeout(() => {
  if (busy()) return;
  if (late) renew();
  late = false;
  settle();
}, 50);
part.addEventListener("pointerleave", rest);
part.addEventListener("focusout", rest);

stand();
followRoom(room, {
  change,
  bell: renew,
  begin(revisions) {
    const shown = [...(rows()?.children ?? [])];
    const same = (row) => revisions[row.dataset.thread] === Number(row.dataset.revision);
    if (shown.length !== Object.keys(revisions).length || !shown.every(same)) renew();
  },
});
