// The post above a form: its words go from here too when they are withheld meanwhile.

import { followThread } from "./live.js";
import { fragment, toast, word } from "./page.js";

const quoted = document.querySelector("[data-quoted]");
const { quoted: id, thread, revision } = quoted.dataset;

async function renew() {
  const answer = await fetch(`/posts/${id}/card`, { redirect: "manual" });
  if (!answer.ok) return empty();
  const card = fragment(await answer.text());
  const parts = card.querySelectorAll(".post > header, .post > .withheld, .post > .warning, .post > .body");
  quoted.replaceChildren(...parts);
}

const empty = () => quoted.querySelectorAll("header, .body, .warning").forEach((part) => part.remove());

followThread(thread, Number(revision), 15_000, {
  change({ kind, post_id: about }) {
    if (kind === "thread.hidden") empty();
    if (about !== id || kind === "post.reactions") return;
    if (kind !== "post.restored" && kind !== "post.pinned" && kind !== "post.unpinned") empty();
    renew().catch(empty);
  },
  bell() {},
  state() {},
  ended(status) {
    if (status === 404) empty();
    toast(word(status === 404 ? "gone" : "signedOut"), true);
  },
});
