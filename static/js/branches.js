// Folding what answers a post. Posts are a flat list in reading order; a branch is the post and all deeper ones after it.

import { list } from "./posts.js";
import { steady, word } from "./page.js";

const folded = new Set(); // ids of posts whose answers are hidden

/** The posts and boxes below a post, in their order. */
function under(post) {
  const found = [];
  const family = new Set([post.dataset.post]);
  for (let next = post.nextElementSibling; next; next = next.nextElementSibling) {
    if (next.matches(".post")) {
      if (!family.has(next.dataset.parent)) break;
      family.add(next.dataset.post);
    } else if (!next.matches(".replying")) break;
    found.push(next);
  }
  return found;
}

/** A sign while the branch is open, a sentence while it is folded. */
function label(button, open, text) {
  if (button.title === text && button.getAttribute("aria-expanded") === String(open)) return;
  button.setAttribute("aria-expanded", open);
  button.setAttribute("aria-label", text);
  button.title = text;
  if (!open) return button.replaceChildren(text);
  const sign = document.querySelector(".acts svg.ico").cloneNode(true);
  const use = sign.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, "#chevron-down"));
  sign.classList.remove("flip");
  button.replaceChildren(sign);
}

/** Bring buttons and hidden posts in line with what is folded; called after every change of the list. */
function arrange() {
  watching.disconnect();
  const away = new Set();
  for (const post of list.querySelectorAll(":scope > .post")) {
    const below = under(post).filter((one) => one.matches(".post"));
    const acts = post.querySelector(":scope > .acts");
    let button = acts?.querySelector("[data-fold]");
    const wanted = acts && below.length > 0 && post.dataset.parent;
    if (!wanted) button?.remove();
    else {
      if (!button) {
        button = Object.assign(document.createElement("button"), { type: "button", className: "quiet" });
        button.dataset.fold = post.dataset.post;
        acts.querySelector(":scope > .menu")?.before(button);
      }
      const open = !folded.has(post.dataset.post);
      label(button, open, open ? word("fold") : word("unfold", { n: below.length }));
    }
    if (folded.has(post.dataset.post)) for (const one of under(post)) if (!one.matches(".replying")) away.add(one);
  }
  for (const post of list.querySelectorAll(":scope > .post")) post.hidden = away.has(post);
  watching.observe(list, { childList: true, subtree: true });
}

let due = 0;
const watching = new MutationObserver(() => {
  if (!due) due = requestAnimationFrame(() => { due = 0; arrange(); });
});

list.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fold]");
  if (!button) return;
  const id = button.dataset.fold;
  if (!folded.delete(id)) folded.add(id);
  steady(arrange);
});

if (list.dataset.order !== "time") arrange();
