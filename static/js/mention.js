// Naming people: after "@" a list of names appears below the box. Arrow keys, Enter or Tab choose, Escape closes.
// The box stays a plain text box; what is written is plain text.

import { say, word } from "./page.js";

const thread = document.querySelector("[data-thread]")?.dataset.thread;
const BEGUN = /(?:^|[^\w@])@([\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N} .'’-]{0,40})$/u;
const names = Object.assign(document.createElement("ul"), { className: "names", id: "names", hidden: true });
names.setAttribute("role", "listbox");
document.body.append(names);

let area = null, begun = "", asked = 0;

const chosen = () => names.querySelector("[aria-selected=true]");

function close() {
  asked += 1;
  names.hidden = true;
  names.replaceChildren();
  for (const name of ["aria-activedescendant", "aria-controls", "aria-autocomplete"]) area?.removeAttribute(name);
}

function choose(option) {
  chosen()?.setAttribute("aria-selected", "false");
  option.setAttribute("aria-selected", "true");
  area.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest", behavior: "instant" });
}

function open(people) {
  if (!people.length) return close();
  const before = names.hidden;
  names.replaceChildren(...people.map((name, place) => {
    const option = Object.assign(document.createElement("li"), { id: `name-${place}`, textContent: name, dir: "auto" });
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    return option;
  }));
  names.hidden = false;
  names.setAttribute("aria-label", word("names"));
  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-controls", "names");
  const box = area.getBoundingClientRect();
  names.style.insetBlockStart = `${box.bottom + scrollY}px`;
  names.style.left = `${box.left + scrollX}px`;
  choose(names.firstElementChild);
  if (before) say(word("names"));
}

function write(name) {
  const end = area.selectionEnd;
  area.setRangeText(`${name} `, end - begun.length, end, "end");
  close();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

async function ask(text) {
  const turn = asked += 1;
  begun = text;
  try {
    const answer = await fetch(`/threads/${thread}/people?${new URLSearchParams({ q: text })}`, { redirect: "manual" });
    const { people } = await answer.json();
    if (turn === asked) open(people);
  } catch {
    if (turn === asked) close();
  }
}

let typing = 0;
document.addEventListener("input", (event) => {
  if (!thread || !event.target.matches("[data-composer] textarea[name=body]")) return;
  clearTimeout(typing);
  if (area !== event.target) close();
  area = event.target;
  const found = BEGUN.exec(area.value.slice(0, area.selectionEnd));
  if (!found || event.isComposing) return close();
  typing = setTimeout(ask, 150, found[1]);
});

document.addEventListener("keydown", (event) => {
  if (names.hidden || event.target !== area || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    const all = [...names.children];
    choose(all[(all.indexOf(chosen()) + step + all.length) % all.length]);
  } else if (event.key === "Enter" || event.key === "Tab") write(chosen().textContent);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

names.addEventListener("pointerdown", (event) => {
  event.preventDefault();
  const option = event.target.closest("li");
  if (option) write(option.textContent);
});
document.addEventListener("focusout", (event) => { if (event.target === area) close(); });

// The box speaks the language that was chosen for the post.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-language]")) event.target.form.querySelector("textarea[name=body]").lang = event.target.value;
});
