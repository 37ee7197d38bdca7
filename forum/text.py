"""The one door from what people write to HTML.

Four walls stand behind each other: limits (``markup.check``), a renderer that knows no raw HTML and makes no
images, bleach, and nh3 last. bleach has had its last release and keeps any scheme that digits follow
(``javascript:123``); nh3 keeps invisible characters within a scheme. So each of them asks ``markup.address``
whether a link may stay. What comes out is stored with ``VERSION``, and is the only HTML that templates trust.
"""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from html import unescape
from typing import Any
from xml.etree.ElementTree import Element

import bleach
import bleach.linkifier
import markdown
import nh3
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE

from forum.errors import Refused
from forum.i18n import _
from forum.markup import (
    MAX_BODY,
    MAX_TITLE,
    Words,
    address,
    check,
    clean,
    empty,
    name,
    title,
    too_long,
)

__all__ = [
    "MAX_BODY", "MAX_TITLE", "VERSION", "Rendered",
    "clean", "excerpt", "name", "plain", "render", "title", "warm",
]  # fmt: skip

VERSION = 2
"""Grows with every change of what ``render`` makes, so that stored HTML can be made anew."""
MAX_HTML = 200_000
"""Bytes of UTF-8 that one post may become."""
REL = "nofollow noopener noreferrer"

BLOCKS = frozenset({"p", "li", "blockquote", "h3", "h4", "h5", "h6", "td", "th", "ul", "ol", "table"})
CONTAINERS = frozenset({"blockquote", "ul", "ol", "table"})
TAGS = BLOCKS | {"a", "br", "code", "del", "em", "hr", "pre", "strong", "tbody", "thead", "tr"}
ATTRIBUTES = {"a": {"href"}, "ol": {"start", "dir"}} | {tag: {"dir"} for tag in CONTAINERS - {"ol"}}
DIRECTIONS = {tag: {"dir": "auto"} for tag in BLOCKS - CONTAINERS}
DIRECTIONS |= {tag: {"dir": "ltr"} for tag in ("code", "pre")}
LOWERED = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h6", "h5": "h6"}
"""The page has the first two levels of headings to itself."""
SCHEMES = {"http", "https", "mailto"}
_JOINED = frozenset({"Mn", "Me", "Mc", "Cf"})


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text as it is stored: cleaned Markdown, safe HTML, and the ``VERSION`` that made it."""

    source: str
    html: str
    version: int


def render(source: str) -> Rendered:
    """Clean, check and render what a person wrote (Markdown) as HTML that is safe to show.

    Takes at most 0.6 s of CPU and makes at most 200 kB. Raises ``Refused`` (``text.…``, field ``body``) where
    the text is empty, over a limit of ``markup.check``, or too complicated to render.
    """
    if len(source) > 4 * MAX_BODY:
        raise too_long()
    text = clean(source)
    check(text)
    html = _safe(_html(text))
    if len(html.encode()) > MAX_HTML:
        raise _too_large()
    if not _read(html, addresses=False).spoken:
        raise empty()
    return Rendered(text, html, VERSION)


def plain(source: str) -> str:
    """The words of a post's Markdown for mails, tables and search: no marks, addresses behind their links.

    Never refuses: a text that cannot be rendered any more is given as it was written.
    """
    return _plain(source, addresses=True)


def excerpt(source: str, length: int = 160) -> str:
    """The beginning of a post in a line of at most ``length`` characters, cut at a word, with an ellipsis."""
    line = " ".join(_plain(source, addresses=False).split())
    if len(line) <= length:
        return line
    head = line[:length]
    cut = head.rfind(" ")
    if cut < length // 2:  # one endless word: cut it, but between letters, not between a letter and its marks
        cut = length - 1
        while cut > 1 and (line[cut - 1] == "\u200d" or unicodedata.category(line[cut]) in _JOINED):
            cut -= 1
    return head[:cut].rstrip(" ,;:–—-(„“\u200c\u200d") + "…"


def warm() -> None:
    """Render once, so that the first post of the day is not the slow one."""
    render("# Willkommen\n\n* **eins**\n* [zwei](https://example.org)\n\n|a|b|\n|-|-|\n|c|d|\n")


# --- first the renderer -------------------------------------------------------------------------------------

AMP = AMP_SUBSTITUTE + "amp;"
"""How the renderer is told to write ``&amp;``; a bare ``&`` it would take for the begin of an entity."""
_ENTITY = re.compile(r"&(#[0-9]+|#x[0-9a-f]+|[0-9a-z]+);", re.IGNORECASE)
_BULLET = re.compile(r" {0,3}(?:[-*+]|1\.) +\S")
_LISTLIKE = re.compile(r" {0,3}(?:[-*+]|\d+\.) +| {4}| {0,3}>")
_HEADING = re.compile(r"#{1,6} ")
_QUOTED = re.compile(r" {0,3}\[quote:[a-z0-9]{26}(?: [0-9@-]{1,22})?\][ \t]*")
"""A post that is quoted: a paragraph of its own, which is filled when it is shown (``discussion/quotes.py``)."""
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+|([-*_])(?: {0,2}\1){2,}) *")


class _Apart(Preprocessor):
    """Puts blank lines around headings and quoted posts, below rules, and above a list right under a text.

    The last is what people write everywhere else; the others keep the blocks small, for the renderer is
    quadratic in their lines.
    """

    def run(self, lines: list[str]) -> list[str]:
        done: list[str] = []
        listing = False
        for line in lines:
            heading = _HEADING.match(line) or _QUOTED.fullmatch(line)
            if heading or (not listing and _BULLET.match(line) and not _UNDERLINE.fullmatch(line)):
                done.append("")
            done.append(line)
            if heading or _UNDERLINE.fullmatch(line):
                done.append("")
            listing = bool(done[-1].strip()) and (listing or bool(_LISTLIKE.match(line)))
        return done


class _House(Treeprocessor):
    """The first wall: lowers headings, turns images into links, and keeps no attribute but our own."""

    def run(self, root: Element) -> None:
        for link in reversed([e for e in root.iter() if e.tag in {"a", "img"}]):  # the inner ones first
            self._link(link)
        for link in root.iter("a"):
            for inner in link.iter("a"):
                if inner is not link:
                    inner.tag = "span"
        for element in root.iter():
            element.tag = LOWERED.get(element.tag, element.tag)
            element.attrib = self._attributes(element)
            element.text = _entities(element.text or "")
            element.tail = _entities(element.tail or "")

    @staticmethod
    def _link(element: Element) -> None:
        value = element.get("href") or element.get("src") or ""
        target = address(unescape(_entities(value).replace(AMP_SUBSTITUTE, "&")))
        if element.tag == "img":
            element.text = element.get("alt")
        element.tag = "a" if target else "span"
        element.set("href", (target or "").replace("&", AMP))
        if target and not "".join(element.itertext()).strip():
            element.text = element.get("href")

    @staticmethod
    def _attributes(element: Element) -> dict[str, str]:
        kept: dict[str, str] = {}
        if element.tag == "a":
            kept = {"href": element.get("href", ""), "rel": REL}
        start = element.get("start", "")
        if element.tag == "ol" and start.isdecimal() and len(start) < 7 and int(start) != 1:
            kept = {"start": str(int(start))}
        if element.tag in CONTAINERS:
            kept["dir"] = _direction(element)
        return kept


def _direction(element: Element) -> str:
    """``rtl`` or ``auto``: ``auto`` alone skips children that have a ``dir``, and would always say ltr."""
    for text in element.itertext():
        for character in text:
            kind = unicodedata.bidirectional(character)
            if kind in {"L", "R", "AL"}:
                return "auto" if kind == "L" else "rtl"
    return "auto"


def _entities(text: str) -> str:
    """Decode character references here and once, so that none brings back what ``clean`` has taken out."""

    def decode(found: re.Match[str]) -> str:
        said = unescape(found[0]) if len(found[1]) < 40 else found[0]
        with suppress(Refused):
            return "" if unicodedata.combining(said[:1] or " ") else clean(said).replace("&", AMP)
        return ""

    return _ENTITY.sub(decode, text.replace(AMP_SUBSTITUTE, "&"))


class _Machine:
    """One renderer and one bleach; both keep state while they work, so each serves one text at a time."""

    def __init__(self) -> None:
        self.markdown = md = markdown.Markdown(extensions=["fenced_code", "tables", "sane_lists", "nl2br"])
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.inlinePatterns.deregister("entity")
        md.delimiters.add("~", "del", double=True)
        # "#1" and "#Beteiligung" are no headings: CommonMark wants a blank, the library does not.
        header = md.parser.blockprocessors["hashheader"]
        header.RE = re.compile(header.RE.pattern.replace("(?P<header>", "(?=[ ])(?P<header>"))
        md.preprocessors.register(_Apart(md), "apart", 20)
        md.treeprocessors.register(_House(md), "house", -5)
        linkify = partial(
            _Linkify,
            callbacks=[_follow],
            skip_tags={"code", "pre"},
            parse_email=True,
            url_re=_BARE,
            email_re=_BARE_MAIL,
        )
        self.bleach = bleach.Cleaner(TAGS, _bleach_keeps, SCHEMES, strip=True, filters=[linkify])


_idle: deque[_Machine] = deque(maxlen=16)


@contextmanager
def _machine() -> Iterator[_Machine]:
    """An idle machine or a new one; popping is atomic for threads, and greenlets do not switch in between.

    One that failed within a text is thrown away with its state.
    """
    try:
        machine = _idle.pop()
    except IndexError:
        machine = _Machine()
    try:
        yield machine
    except (RecursionError, MemoryError):
        said = _("This text is too complicated to be shown.")
        raise Refused("text.too_complicated", said, "body") from None
    _idle.append(machine)


def _html(text: str) -> str:
    """Markdown to HTML that holds nothing but our own tags; the walls behind it do not rely on that."""
    with _machine() as machine:
        html: str = machine.markdown.reset().convert(text)
    if len(html) > MAX_HTML:
        raise _too_large()
    return html


def _too_large() -> Refused:
    said = _("This text would become too large when it is shown; please shorten its links and tables.")
    return Refused("text.too_large", said, "body")


# --- then bleach, nh3 last ----------------------------------------------------------------------------------

_NO_URL = r"\s<>\"„“”«»|\\^`{}"
_BARE = re.compile(rf"(?<![\w@/.-])(?:https?://|www\.)[^{_NO_URL}]*[^{_NO_URL}.,;:!?'*_~…،؛؟]", re.IGNORECASE)
_BARE_MAIL = re.compile(
    r"(?<![\w.+/:@-])[\w.+-]{1,64}@(?:[^\W_](?:[\w-]{0,62})\.){1,8}[^\W\d_]{2,24}(?![\w-])", re.IGNORECASE
)
"""Linear, unlike those of bleach, and with a scheme or ``www.`` only: "Ende.So" is no link to Somalia."""


class _Linkify(bleach.linkifier.LinkifyFilter):
    """bleach's own, but for two faults."""

    def extract_entities(self, token: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Leave the token alone: the sanitizer before has done it, and twice makes ``&amp;lt;`` a ``<``."""
        yield token

    def strip_non_url_bits(self, fragment: str) -> tuple[str, str, str]:
        """Leave out the closing brackets of the sentence, but not those that the address opened."""
        end, surplus = len(fragment), fragment.count(")") - fragment.count("(")
        while surplus > 0 and fragment[end - 1] in ").,;:!?":
            end -= 1
            surplus -= fragment[end] == ")"
        return fragment[:end], "", fragment[end:]


def _safe(html: str) -> str:
    with _machine() as machine:
        cleaned: str = machine.bleach.clean(html)
    return nh3.clean(
        cleaned,
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        attribute_filter=_nh3_keeps,
        link_rel=REL,
        url_schemes=SCHEMES,
        set_tag_attribute_values=DIRECTIONS,
    )


def _keeps(tag: str, attribute: str, value: str) -> bool:
    """Whether a wall leaves this attribute in."""
    if tag == "a" and attribute == "href":
        return address(value) is not None
    if tag == "ol" and attribute == "start":
        return value.isascii() and value.isdecimal()
    return value == REL if attribute == "rel" else attribute == "dir" and value in {"auto", "ltr", "rtl"}


def _bleach_keeps(tag: str, attribute: str, value: str) -> bool:
    """bleach gives values with their character references in them."""
    return attribute in ATTRIBUTES.get(tag, ()) and _keeps(tag, attribute, unescape(value))


def _nh3_keeps(tag: str, attribute: str, value: str) -> str | None:
    return value if _keeps(tag, attribute, value) else None


def _follow(attributes: dict[Any, str], new: bool = False) -> dict[Any, str] | None:
    """Let a link stay a link only where it may lead; bleach asks this of old and of new ones."""
    if address(unescape(attributes.get((None, "href"), ""))) is None:
        return None
    attributes[None, "rel"] = REL
    return attributes


# --- and back to words --------------------------------------------------------------------------------------


def _read(html: str, *, addresses: bool) -> Words:
    reader = Words(addresses=addresses)
    reader.feed(html)
    reader.close()
    return reader


def _plain(source: str, *, addresses: bool) -> str:
    try:
        text = clean(source)
        check(text)
        return _read(_html(text), addresses=addresses).text()
    except Refused:
        return source
