// "/" leads to the search: into the box that is on the page, else to the page that has one.

const typing = (part) => part.closest("input, textarea, select, [contenteditable]");

addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  const boxes = [...document.querySelectorAll("form[role=search] input[name=q]")];
  const box = boxes.find((each) => each.checkVisibility?.() ?? each.offsetParent);
  const link = document.querySelector("[data-search]");
  if (!box && !link) return;
  event.preventDefault();
  if (box) box.select();
  else link.click();
});
