// The list of posts on the page: where a post belongs, how a card takes the place of an older one, what waits.

import { fragment, steady } from "./page.js";

export const list = document.querySelector("ol.posts[data-thread]");

export const find = (id) => document.getElementById(`post-${id}`);
export const card = (html) => fragment(html).querySelector("li.post");

/** The element after which the next answer to `parent` stands; null where that is on another page of the thread.
 *  Posts are a flat list in reading order: a post's answers, and theirs, follow it. */
export function spot(parent) {
  const start = find(parent) ?? [...list.querySelectorAll(`:scope > .post[data-parent="${CSS.escape(parent)}"]`)].at(-1);
  const end = "last" in list.dataset;
  if (list.dataset.order === "time") return end ? list.lastElementChild : null;
  if (!start) return end && parent === list.dataset.opening ? list.lastElementChild : null;
  const family = new Set([parent, start.dataset.post]);
  let last = start, other = null;
  for (let next = start.nextElementSibling; next && !other; next = next.nextElementSibling) {
    if (!next.matches(".post")) continue;
    if (family.has(next.dataset.parent)) { family.add(next.dataset.post); last = next; } else other = next;
  }
  if (!other && !end) return null;
  while (last.nextElementSibling?.matches(".replying")) last = last.nextElementSibling;
  return last;
}

/** Whether something can be put after this element without moving what is being read or written. */
export function below(element) {
  const writing = document.activeElement?.matches("textarea, input") ? document.activeElement : null;
  if (writing && element.compareDocumentPosition(writing) & Node.DOCUMENT_POSITION_FOLLOWING) return false;
  return element.getBoundingClientRect().bottom >= innerHeight;
}

const handle = (element) => {
  const button = element.closest("button, a, summary");
  if (!button) return null;
  if (button.matches("summary")) return button.parentElement.matches(".warning") ? ".warning > summary" : ".menu > summary";
  const name = ["data-reaction", "data-reply", "formaction", "href"].find((found) => button.hasAttribute(found));
  return name ? `[${name}="${CSS.escape(button.getAttribute(name))}"]` : null;
};

/** Put a post's new card in place of the old one. What is the same stays the same element, so that a selection in
 *  the words outlives a new reaction; opened parts stay open; the focus stays on what it was on.
 *  `mine`: the card tells this reader's own reactions; else those of the old card hold. */
export function renew(old, fresh, mine) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const again = focused && focused !== old ? handle(focused) : null;
  for (const name of [".warning", ".menu"]) {
    if (old.querySelector(`:scope ${name}[open]`)) fresh.querySelector(name)?.setAttribute("open", "");
  }
  for (const button of mine ? [] : fresh.querySelectorAll("[data-reaction]")) {
    const before = old.querySelector(`[data-reaction="${button.dataset.reaction}"]`);
    if (before) button.setAttribute("aria-pressed", before.getAttribute("aria-pressed"));
  }
  if (old.classList.contains("is-new")) fresh.classList.add("is-new");
  steady(() => {
    for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
    const parts = [...old.children], wanted = [...fresh.children];
    wanted.forEach((part, place) => {
      if (!parts[place]) old.append(part);
      else if (!parts[place].isEqualNode(part)) parts[place].replaceWith(part);
    });
    for (const part of parts.slice(wanted.length)) part.remove();
  });
  if (focused && !focused.isConnected) ((again && old.querySelector(again)) ?? old).focus({ preventScroll: true });
}
