"""Quotations as references: the token that stands in a post's text, and what takes its place when it is shown. Pure.

A post's source holds a line ``[quote:POST]`` or ``[quote:POST 12-80@3]`` (characters 12 to 80 of what version 3 of
that post says, see ``spoken``), never the words themselves. The renderer leaves such a line as a paragraph of its
own; ``shown`` puts the present words there.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from forum.i18n import _

MOST = 20
"""Quotations in one post."""
LONGEST = 2_000
"""Characters of a marked passage."""
WHOLE = 600
"""Characters that are shown of a post that is quoted as a whole."""

_NAMED = r"\[quote:([a-z][a-z2-9]{25})(?: (\d{1,5})-(\d{1,5})@(\d{1,9}))?\]"
_PARAGRAPH = re.compile(rf'<p dir="auto">{_NAMED}</p>')
_LINE = re.compile(rf"^ {{0,3}}{_NAMED}[ \t]*$", re.MULTILINE)
_BYLINE = re.compile(r"<cite>.*?</cite>")
_BREAK = re.compile(r"<br ?/?>|<hr ?/?>|</(?:p|li|h[3-6]|pre|tr|t[dh])>")
_TAG = re.compile(r"<[^>]*>")
_PAIRED = frozenset("\u200d\u200c")


@dataclass(frozen=True, slots=True)
class Token:
    """One quotation as it is written. ``start`` and ``end`` are None where a whole post is meant."""

    post: str
    start: int | None
    end: int | None
    version: int | None
    written: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """One quotation as the least privileged reader is shown it now; ``words`` is None where they are withheld."""

    post: str
    name: str | None
    group: str | None
    alias: bool
    member: str | None
    words: str | None
    """``""``: the post can be read, the passage is no longer in it."""
    warning: str | None
    language: str | None


def tokens(html: str) -> list[Token]:
    """The quotations of a rendered post, in their order."""
    return [_token(found) for found in _PARAGRAPH.finditer(html)]


def _token(found: re.Match[str]) -> Token:
    post, start, end, version = found.groups()
    if start is None:
        return Token(post, None, None, None, f"[quote:{post}]")
    return Token(post, int(start), int(end), int(version), f"[quote:{post} {start}-{end}@{version}]")


def token(post: str, passage: tuple[int, int] | None = None, version: int = 1) -> str:
    """What is written to quote a post, or the characters ``passage`` of what this version of it says."""
    return f"[quote:{post} {passage[0]}-{passage[1]}@{version}]" if passage else f"[quote:{post}]"


def spoken(html: str) -> str:
    """What a rendered post itself says, without the quotations in it: the text that passages are counted in."""
    text = _TAG.sub("", _BREAK.sub("\n", _PARAGRAPH.sub("", html)))
    return re.sub(r"\n{2,}", "\n", entities.unescape(text)).strip("\n")


def find(passage: str, said: str) -> tuple[int, int] | None:
    """Where a passage, as a reader marked it on a page, stands in what a post says; blanks do not count.

    >>> find("zwei  drei", "Eins zwei\\ndrei vier")
    (5, 14)
    """
    places = [place for place, character in enumerate(said) if not character.isspace()]
    wanted = "".join(passage.split())
    at = "".join(said[place] for place in places).find(wanted) if wanted else -1
    if at < 0:
        return None
    return places[at], places[at + len(wanted) - 1] + 1


def passage(said: str, start: int | None, end: int | None) -> str:
    """The quoted words; of a post that is quoted as a whole the beginning, cut at a word."""
    if start is not None and end is not None:
        return said[start:end].strip()
    if len(said) <= WHOLE:
        return said
    cut = said.rfind(" ", WHOLE // 2, WHOLE)
    return said[: cut if cut > 0 else WHOLE].rstrip() + " …"


def shown(html: str, quotes: Sequence[Quote | None]) -> str:
    """A rendered post with the present words in place of its tokens. A token without a quote is shown as withheld."""
    given = iter(quotes)
    return _PARAGRAPH.sub(lambda found: _block(next(given, None), found[1]), html)


def _block(quote: Quote | None, post: str) -> str:
    if quote is None or quote.words is None:
        return (
            f'<blockquote class="quote"><p dir="auto">{_("The quoted post is not shown.")}</p></blockquote>'
        )
    byline = f'<cite><a href="/posts/{post}"><bdi>{entities.escape(quote.name or "–")}</bdi></a></cite>'
    if quote.words == "":
        said = f'<p dir="auto">{_("The quoted passage is no longer in the post.")}</p>'
    else:
        lang = f' lang="{quote.language}"' if quote.language else ""
        lines = [entities.escape(line, quote=False) for line in quote.words.split("\n") if line.strip()]
        said = "".join(f'<p dir="auto"{lang}>{line}</p>' for line in lines)
    if quote.warning:
        reason = _("Content warning: %(warning)s", warning=entities.escape(quote.warning, quote=False))
        said = f'<details class="folded"><summary dir="auto">{reason}</summary>{said}</details>'
    return f'<blockquote class="quote" data-quote="{post}">{byline}{said}</blockquote>'


def attributed(html: str, names: Sequence[str | None]) -> str:
    """The shown post with other names above its quotations, or none: for documents with another attribution."""
    given = iter(names)

    def renamed(_found: re.Match[str]) -> str:
        name = next(given, None)
        return f"<cite>{entities.escape(name)}</cite>" if name else ""

    return _BYLINE.sub(renamed, html)


def named(quotes: Sequence[Quote]) -> list[Quote]:
    """Those quotations above which ``shown`` has put a name."""
    return [quote for quote in quotes if quote.words is not None]


def written(source: str, quotes: Sequence[Quote], name: Callable[[Quote], str | None]) -> str:
    """A post's Markdown with the quoted words in place of the tokens, for files that hold text alone."""
    given: Iterator[Quote] = iter(quotes)

    def block(_found: re.Match[str]) -> str:
        quote = next(given, None)
        if quote is None or quote.words is None:
            return f"> {_('The quoted post is not shown.')}"
        by = name(quote)
        said = quote.words or _("The quoted passage is no longer in the post.")
        if quote.warning:
            said = f"{_('Content warning: %(warning)s', warning=quote.warning)}\n{said}"
        return "\n".join(f"> {line}" for line in [*([f"{by}:"] if by else []), *said.split("\n")])

    return _LINE.sub(block, source)


def without(source: str) -> str:
    """A post's Markdown without its tokens, for one line of it."""
    return _LINE.sub("", source)
