// Quoting a post: the link in its menu, or a button that appears while a passage of it is marked. What is written is a
// token; the server finds the passage in what the post says and puts the present words there when it is shown.

import { list } from "./posts.js";
import { say, send, word } from "./page.js";

const LEAST = 3, SETTLED = 250; // characters worth quoting; milliseconds in which a marking comes to rest
let marked = null; // { post, text }

function marking() {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
  const [from, to] = [selection.anchorNode, selection.focusNode].map((node) => (
    (node?.nodeType === Node.ELEMENT_NODE ? node : node?.parentElement)?.closest(".post .body")));
  const post = from?.closest(".post.is-published");
  const text = selection.toString().trim();
  if (!post || from !== to || text.length < LEAST || !post.querySelector("[data-quote-post]")) return null;
  return { post, text };
}

const button = Object.assign(document.createElement("button"), { type: "button", className: "pill quoting", hidden: true });
button.textContent = word("quote");
document.body.append(button);

let settling = 0;
document.addEventListener("selectionchange", () => {
  clearTimeout(settling);
  settling = setTimeout(() => {
    if (document.activeElement === button) return;
    marked = marking();
    button.hidden = !marked;
  }, SETTLED);
});
button.addEventListener("pointerdown", (event) => event.preventDefault()); // the marking stays
button.addEventListener("click", () => { if (marked) quote(marked.post, marked.text); });

/** Put a quotation into the answer to this post, or into what is being written just now. */
async function quote(post, passage) {
  button.hidden = true;
  const fields = new FormData();
  fields.append("passage", passage);
  try {
    const answer = await send(`/posts/${post.dataset.post}/quotation`, fields);
    if (!answer.ok) throw new Error(answer.status);
    insert(box(post), (await answer.json()).quote);
  } catch {
    say(word("noQuote"));
  }
}

function box(post) {
  const open = [...document.querySelectorAll("[data-composer] textarea[name=body]")].find((area) => area.offsetParent && area.value.trim());
  if (open) return open;
  post.querySelector("[data-reply]").click();
  return document.querySelector(`.replying[data-to="${post.dataset.post}"] textarea[name=body]`);
}

function insert(area, token) {
  const at = area.selectionEnd ?? area.value.length;
  const before = area.value.slice(0, at), after = area.value.slice(at);
  const gap = before && !before.endsWith("\n\n") ? (before.endsWith("\n") ? "\n" : "\n\n") : "";
  area.focus();
  area.setRangeText(`${gap}${token}\n\n`, at, at, "end");
  if (after.startsWith("\n")) area.selectionStart = area.selectionEnd;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.scrollIntoView({ block: "nearest", behavior: "instant" });
}

list.addEventListener("click", (event) => {
  const link = event.target.closest("[data-quote-post]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const post = link.closest(".post");
  link.closest("details")?.removeAttribute("open");
  quote(post, marked?.post === post ? marked.text : "");
});
