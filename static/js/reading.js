// Tells the server what was shown, three seconds after somebody could see it; so what is new is the same on all devices.

import { send } from "./page.js";

const PAUSE = 3000;
const MOST = 500;

const list = document.querySelector("ol.posts[data-thread]");
const line = document.querySelector("[data-unread]");
const shown = new Set([...list.querySelectorAll(".post")].map((post) => post.dataset.post));
let told = 0, timer = 0;

/** New posts count as shown when they come into view. */
const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    shown.add(target.dataset.post);
    later();
  }
});

new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const post of addedNodes) if (post.matches?.(".post") && !shown.has(post.dataset.post)) seen.observe(post);
  }
}).observe(list, { childList: true });

function later() {
  if (shown.size > told && !document.hidden) timer ||= setTimeout(tell, PAUSE);
}

async function tell() {
  timer = 0;
  if (document.hidden) return;
  const size = shown.size, fields = new FormData();
  fields.set("posts", [...shown].slice(-MOST).join(" "));
  const answer = await send(`/threads/${list.dataset.thread}/reading`, fields).catch(() => null);
  if (!answer?.ok) return; // a next post, or the next visit, tells it again
  told = size;
  const { new: left, said } = await answer.json();
  line.hidden = !left;
  line.querySelector(".new").textContent = said;
  later();
}

document.addEventListener("visibilitychange", later);
later();
