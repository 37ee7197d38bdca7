// The connection: one websocket for the page; where websockets are blocked, a question from time to time instead.

import { io } from "../vendor/socket.io-client@4.8.4/socket.io.esm.min.js";
import { locale } from "./page.js";

const FAILURES = 2;
const RETRY = 30_000;
const HIDDEN = 4; // so many times longer between two questions while nobody looks

let socket;

function connection() {
  if (socket) return socket;
  socket = io({
    path: "/socket.io", transports: ["websocket"], auth: { locale },
    randomizationFactor: 0.5, reconnectionDelayMax: RETRY, timeout: 8000,
  });
  // A refusal or a farewell of the server is not tried again by the library itself.
  const again = () => setTimeout(() => navigator.onLine && !socket.active && socket.connect(), RETRY * (1 + Math.random()));
  socket.on("connect_error", () => socket.active || again());
  socket.on("disconnect", (reason) => reason === "io server disconnect" && again());
  addEventListener("offline", () => socket.disconnect());
  addEventListener("online", () => socket.connect());
  return socket;
}

/** Follow a room's list: `change(thread_state)` for each thread made or altered, `bell()` when the page is to look itself;
 *  `begin({thread: revision})` with what the list holds now, at first and after every pause. */
export function followRoom(room, { change, bell, begin }) {
  const wire = connection();
  wire.on("connect", () => wire.emit("follow", { room }, (given) => given.ok && begin(given.revisions)));
  wire.on("change", (told) => told.room === room && change(told.thread_state));
  wire.on("bell", (rung) => !rung.thread && bell());
}

/** Follow a thread from a revision on. Every change comes exactly once and in order, over whichever way there is.
 *
 *  change(told, mine)   `mine`: the card is made for this reader, not for the least privileged one
 *  bell(post)           a post to be fetched: only its author and the moderators may know of it
 *  state(name)          "live", "polling" or "lost"
 *  ended(status)        404: the thread can be read no more; 401: signed out
 *  people(n), typing(n)
 *  Gives `{ typing() }`, to tell the others that one writes. `every`: milliseconds between two questions. */
export function followThread(thread, revision, every, on) {
  const wire = connection();
  let answer = null, failures = 0, timer = 0, over = false;

  function take(told, mine) {
    if (over || told.revision <= revision) return;
    if (!mine && (told.revision > revision + 1 || (told.kind.startsWith("post.") && !told.post_id))) {
      ask(); // a gap, or what only some may see: the answer holds it
      return;
    }
    revision = told.revision;
    on.change(told, mine);
  }

  function ask() {
    if (answer) return;
    const held = answer = [];
    wire.timeout(10_000).emit("follow", { thread, after: revision, form: "html" }, (failed, given) => {
      if (answer !== held) return;
      answer = null;
      if (failed) { if (wire.connected) ask(); return; }
      if (!given.ok) { refused(given.problem.status); return; }
      for (const told of given.changes) take(told, true);
      revision = Math.max(revision, given.revision);
      for (const told of held) take(told, false);
      on.state("live");
    });
  }

  function refused(status) {
    if (status === 429) setTimeout(ask, 5000);
    else end(status);
  }

  function end(status) {
    over = true;
    clearTimeout(timer);
    wire.disconnect();
    on.ended(status);
  }

  async function poll() {
    clearTimeout(timer);
    timer = 0;
    if (over || wire.connected) return;
    try {
      const given = await fetch(`/threads/${thread}/changes?after=${revision}`, { redirect: "manual" });
      if (given.type === "opaqueredirect" || given.status === 401) return end(401);
      if (given.status === 404) return end(404);
      if (!given.ok) throw new Error(given.status);
      for (const told of (await given.json()).changes) take(told, true);
      if (!wire.connected) on.state("polling");
    } catch {
      if (!wire.connected) on.state("lost");
    }
    later();
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(poll, every * (0.75 + Math.random() / 2) * (document.hidden ? HIDDEN : 1));
  }

  wire.on("connect", () => {
    failures = 0;
    clearTimeout(timer);
    timer = 0;
    ask();
  });
  wire.on("disconnect", (reason) => {
    answer = null;
    if (over) return;
    on.state("lost");
    if (reason === "io server disconnect") poll(); // it says whether this is the end or a pause
  });
  wire.on("connect_error", () => {
    failures += 1;
    if (!timer && (failures >= FAILURES || !wire.active)) poll();
  });
  wire.on("change", (told) => {
    if (told.thread !== thread) return;
    if (answer) answer.push(told);
    else take(told, false);
  });
  wire.on("bell", (rung) => rung.thread === thread && on.bell(rung.post));
  wire.on("presence", (told) => told.thread === thread && on.people?.(told.people));
  wire.on("typing", (told) => told.thread === thread && on.typing?.(told.people));
  document.addEventListener("visibilitychange", () => { if (timer && !document.hidden) poll(); });

  return { typing: () => wire.connected && wire.volatile.emit("typing", { thread }) };
}
