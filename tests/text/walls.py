"""A second opinion on rendered HTML, by a parser that no wall uses: what is in it, does every box close?"""

from __future__ import annotations

import re
from html.parser import HTMLParser

ALLOWED = {
    "a": {"href", "rel"},
    "blockquote": {"dir"},
    "br": set(),
    "code": {"dir"},
    "del": set(),
    "em": set(),
    "h3": {"dir"},
    "h4": {"dir"},
    "h5": {"dir"},
    "h6": {"dir"},
    "hr": set(),
    "li": {"dir"},
    "ol": {"dir", "start"},
    "p": {"dir"},
    "pre": {"dir"},
    "strong": set(),
    "table": {"dir"},
    "tbody": set(),
    "td": {"dir"},
    "th": {"dir"},
    "thead": set(),
    "tr": set(),
    "ul": {"dir"},
}
VOID = {"br", "hr"}
# What a browser does to an address before it looks for the scheme.
SKIPPED = re.compile(r"[\x00-\x20]")
SCHEME = re.compile(r"(https?://[^/]|mailto:[^/])", re.IGNORECASE)


class Inspector(HTMLParser):
    """Lists all that is wrong with a piece of HTML in ``faults``; none is the good case."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.open: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED:
            self.faults.append(f"tag {tag}")
        if tag == "a" and "a" in self.open:
            self.faults.append("a link within a link")
        for name, value in attrs:
            if name not in ALLOWED.get(tag, set()):
                self.faults.append(f"attribute {tag}[{name}]")
            if name == "href":
                self.links.append(value or "")
                if not SCHEME.match(SKIPPED.sub("", value or "")):
                    self.faults.append(f"address {value!r}")
            if name == "start" and not re.fullmatch("[0-9]+", value or ""):
                self.faults.append(f"number {value!r}")
            if name == "dir" and value not in {"auto", "ltr", "rtl"}:
                self.faults.append(f"direction {value!r}")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or not self.open or self.open.pop() != tag:
            self.faults.append(f"stray </{tag}>")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        self.faults.append("comment")

    def handle_decl(self, decl: str) -> None:
        self.faults.append("declaration")

    def handle_pi(self, data: str) -> None:
        self.faults.append("processing instruction")

    def unknown_decl(self, data: str) -> None:
        self.faults.append("unknown declaration")


def inspect(html: str) -> Inspector:
    """Read it to the end."""
    seen = Inspector()
    seen.feed(html)
    seen.close()
    seen.faults += [f"open <{tag}>" for tag in seen.open]
    return seen


def executable(html: str) -> list[str]:
    """Only what could run code, load something or change the page, where markup as such is no question."""
    seen = inspect(html)
    harmless = re.compile(r"tag (span|div|h1|h2)$|attribute \w+\[(dir|rel|start|title)\]$")
    return [f for f in seen.faults if not harmless.match(f) and not f.startswith(("open", "stray"))]
