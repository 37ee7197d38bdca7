"""What may stand in a text, in a name, in an address, and how much of it; and the way from HTML to words.

Pure functions over strings for ``forum/text.py``, the only file that imports this one. Every check is O(n),
so that a text that would be slow to render is refused in milliseconds. The limits are measured: within them
the slowest known post takes not quite half a second, without them Python-Markdown needs minutes.
"""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser

from forum.errors import Refused
from forum.i18n import _

MAX_BODY = 10_000
MAX_TITLE = 200
MAX_BRACKETS = 200
MAX_ANGLES = 300
MAX_PIPES = 40
MAX_CELLS = 3_000
MAX_LEVELS = 12
MAX_ITEMS = 2_500
MAX_PREFIX = 40
MAX_MARKS = 30
"""Combining marks in a row: the limit of Unicode's Stream-Safe Text Format (UAX 15, section 13)."""

_BIDI = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_GONE: dict[int, str | None] = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), *_BIDI])
_GONE |= {0x09: "\t", 0x0A: "\n", 0x0D: "\n", 0x85: "\n"}
_ENDS = "".join(chr(plane << 16 | end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
_IMPOSSIBLE = re.compile(f"[\x00\ud800-\udfff\ufdd0-\ufdef{_ENDS}]")
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols that show nothing, though Unicode does not call them blanks."""

_SELECTOR = re.compile("[\u034f\u17b4\u17b5\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_RULE = re.compile(r" {0,3}([-*_])(?: {0,2}\1){2,}[ \t]*")
_PREFIX = re.compile(r"([ \t]*+)((?:[ \t]*+(?:>|(?:[-*+]|\d++\.)(?=[ \t])))*+)")
_MARKER = re.compile(r">|[-*+]|\d++\.")
_SEPARATOR = frozenset("|:- \t>*+.0123456789")


_MARKS = re.compile(
    "["
    + "".join(re.escape(chr(code)) for code in range(0x300, 0x20000) if unicodedata.combining(chr(code)))
    + "]+"
)


def clean(source: str, rule: str = "text", field: str = "body") -> str:
    """The text as it is stored: NFC, lines end in LF, without controls that nobody can see or type.

    Removed are C0 and C1 controls (not LF and tab) and bidi overrides, embeddings and isolates, which would
    turn the text around them; joiners and LRM, RLM and ALM stay: Persian, Arabic and emoji need them.
    Raises ``Refused("text.characters")`` for what databases and parsers disagree about: NUL, lone surrogates,
    non-characters, and piles of combining marks.
    """
    if _IMPOSSIBLE.search(source):
        raise Refused(f"{rule}.characters", _("The text holds characters that cannot be stored."), field)
    kept = source.replace("\r\n", "\n").translate(_GONE)
    if kept.isascii():
        return kept
    # Sorting a long run of marks is quadratic in every normaliser, hence one look before and one after.
    if longest_run_of_marks(kept) <= 2 * MAX_MARKS:
        kept = unicodedata.normalize("NFC", kept)
        if longest_run_of_marks(kept) <= MAX_MARKS:
            return kept
    raise Refused(f"{rule}.characters", _("The text piles too many marks upon one letter."), field)


def longest_run_of_marks(text: str) -> int:
    """How many combining marks follow each other at most."""
    return max((len(run) for run in _MARKS.findall(text)), default=0)


def shows(text: str) -> bool:
    """Whether a reader sees anything of it: not only blanks, controls, fillers and marks without a letter."""
    return any(
        unicodedata.category(character) not in {"Cc", "Cf", "Co", "Mn", "Me", "Zs", "Zl", "Zp"}
        and character not in BLANK
        for character in text
    )


def check(source: str) -> None:
    """Refuse a cleaned text that a renderer could choke on, with the name of the broken limit."""
    if len(source) > MAX_BODY:
        raise too_long()
    if not shows(source):
        raise empty()
    if source.count("[") > MAX_BRACKETS:
        said = _("A text can hold at most %(limit)s opening square brackets.", limit=MAX_BRACKETS)
        raise Refused("text.too_many_brackets", said, "body")
    if source.count("<") > MAX_ANGLES:
        said = _("A text can hold at most %(limit)s opening angle brackets.", limit=MAX_ANGLES)
        raise Refused("text.too_many_angles", said, "body")
    lines = source.split("\n")
    _check_tables(lines)
    if sum(_depth(line) for line in lines) > MAX_ITEMS:
        said = _("A text can hold at most %(limit)s marks of lists and quotations.", limit=MAX_ITEMS)
        raise Refused("text.too_many_items", said, "body")


def too_long() -> Refused:
    """The refusal of a text over the limit of characters."""
    said = _("A text can be at most %(limit)s characters long.", limit=MAX_BODY)
    return Refused("text.too_long", said, "body")


def empty() -> Refused:
    """The refusal of a text in which nobody can see anything."""
    return Refused("text.empty", _("Please write something that others can see."), "body")


def _check_tables(lines: list[str]) -> None:
    """Count cells as rows × columns: the renderer fills up short rows, 2,000 characters make 800 kB."""
    cells = columns = rows = 0
    for line in [*lines, ""]:
        pipes = line.count("|")
        if pipes > MAX_PIPES:
            said = _("A line can hold at most %(limit)s vertical bars.", limit=MAX_PIPES)
            raise Refused("text.too_many_columns", said, "body")
        if line.strip(" \t"):
            rows += 1
            if pipes and _SEPARATOR.issuperset(line):
                columns = max(columns, pipes + 1)
            continue
        cells += columns * rows
        columns = rows = 0
    if cells > MAX_CELLS:
        said = _("The tables of a text can have at most %(limit)s cells.", limit=MAX_CELLS)
        raise Refused("text.too_many_cells", said, "body")


def _depth(line: str) -> int:
    """How many marks of lists and quotations open a line: each is a level of recursion in the renderer."""
    found = _PREFIX.match(line)
    if not found or not found[2] or _RULE.fullmatch(line):
        return 0
    marks = sum(1 for _one in _MARKER.finditer(found[2]))
    if len(found[1].expandtabs(4)) // 4 + marks > MAX_LEVELS or len(found[2]) > MAX_PREFIX:
        said = _("Lists and quotations can be nested at most %(limit)s levels deep.", limit=MAX_LEVELS)
        raise Refused("text.too_deep", said, "body")
    return marks


def title(source: str) -> str:
    """A title in one line: cleaned, blanks collapsed. Raises ``Refused``: ``title.…``, field ``title``."""
    said = _("A title can be at most %(limit)s characters long.", limit=MAX_TITLE)
    too_much = Refused("title.too_long", said, "title")
    if len(source) > 4 * MAX_BODY:
        raise too_much
    line = " ".join(clean(source, "title", "title").split())
    if not shows(line):
        raise Refused("title.empty", _("Please give a title that others can see."), "title")
    if len(line) > MAX_TITLE:
        raise too_much
    return line


def name(source: str, limit: int = 80) -> str:
    """A person's name in one line, NFKC: Arabic, Hebrew with points, Persian with ZWNJ, German are welcome.

    Raises ``Refused`` (``name.…``, field ``name``) for invisible and bidi controls, which make two names look
    alike, for blanks only, and over ``limit`` characters.
    """
    said = _("A name can be at most %(limit)s characters long.", limit=limit)
    too_much = Refused("name.too_long", said, "name")
    if len(source) > 4 * limit + 40:
        raise too_much
    hidden = Refused("name.characters", _("A name cannot hold invisible characters."), "name")
    if any(_hidden(source, i) for i in range(len(source))) or longest_run_of_marks(source) > 8:
        raise hidden
    line = " ".join(unicodedata.normalize("NFKC", source).split())
    if not shows(line):
        raise Refused("name.empty", _("Please give a name that others can see."), "name")
    if any(_hidden(line, i) for i in range(len(line))) or longest_run_of_marks(line) > 8:
        raise hidden
    if len(line) > limit:
        raise too_much
    return line


def _hidden(line: str, i: int) -> bool:
    """Whether this character of a name cannot be seen and is not a joiner where its script needs one."""
    character = line[i]
    if character in "\u200c\u200d":
        before = line[:i].rstrip("".join({c for c in line if unicodedata.category(c) == "Mn"}))[-1:]
        joined = bool(before) and unicodedata.bidirectional(before) == "AL"
        virama = i > 0 and unicodedata.combining(line[i - 1]) == 9
        return not ((joined or virama) and line[i + 1 : i + 2].isalpha())
    if character in BLANK or _SELECTOR.match(character):
        return True
    return character not in "\t\n\r" and unicodedata.category(character) in {
        "Cc",
        "Cf",
        "Cn",
        "Co",
        "Cs",
        "Zl",
        "Zp",
    }


_WEB = re.compile(r"https?://([^/?#\\\s]+)(?:[/?#]\S*)?", re.IGNORECASE)
_MAIL = re.compile(r"mailto:[^\s@:/?#&,;<>\"']+@[^\s@:/?#&,;<>\"']+", re.IGNORECASE)


def address(value: str) -> str | None:
    """The address if a link may lead there, else nothing: http, https with a host, mailto with one address.

    Not taken are relative addresses, a user's name before the host (``https://bank.example@eve.example``),
    and anything invisible but the joiners, which may stand in a path.
    """
    found = value.strip(" \t\n")
    if found[:4].lower() == "www.":
        found = f"http://{found}"
    web = _WEB.fullmatch(found)
    if (web and re.search("[@%\u200c\u200d]", web[1])) or not (web or _MAIL.fullmatch(found)):
        return None
    if any(unicodedata.category(c) in {"Cc", "Cf", "Co", "Cs"} and c not in "\u200c\u200d" for c in found):
        return None
    return found


class Words(HTMLParser):
    """Reads the HTML that ``text.py`` made and writes it as plain text, one blank line between blocks."""

    APART = frozenset({"p", "h3", "h4", "h5", "h6", "pre", "blockquote", "ul", "ol", "table"})

    def __init__(self, *, addresses: bool) -> None:
        """``addresses``: whether the address of a link is written behind its words."""
        super().__init__(convert_charrefs=True)
        self.addresses = addresses
        self.parts: list[str] = []
        self.quotes: list[int] = []
        self.lists: list[int | None] = []
        self.link: tuple[str, int] | None = None
        self.bullet = 0
        self.spoken = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a block, an item, a link."""
        given = dict(attrs)
        if tag in self.APART:
            # A list within an item continues the item, all else stands apart.
            self._break(1 if self.lists else 2)
        if tag == "blockquote":
            self.quotes.append(len(self.parts))
        elif tag in {"ul", "ol"}:
            self.lists.append(int(given.get("start") or 1) if tag == "ol" else None)
        elif tag == "li":
            self._item()
        elif tag == "br":
            self.parts.append("\n")
        elif tag == "hr":
            self._break(2)
            self.parts.append("———")
            self._break(2)
        elif tag == "tr":
            self._break(1)
        elif tag in {"td", "th"} and self.parts and not self.parts[-1].endswith("\n"):
            self.parts.append(" | ")
        elif tag == "a":
            self.link = (given.get("href") or "", len(self.parts))

    def handle_endtag(self, tag: str) -> None:
        """Close it again; a quotation gets its marks when all of it is known."""
        if tag == "a" and self.link:
            address, start = self.link
            self.link = None
            if self.addresses and address.removeprefix("mailto:") != "".join(self.parts[start:]):
                self.parts.append(f" ({address})")
        elif tag == "blockquote" and self.quotes:
            start = self.quotes.pop()
            inner = "".join(self.parts[start:]).strip("\n")
            self.parts[start:] = ["\n".join(f"> {line}".rstrip() for line in inner.split("\n"))]
        elif tag in {"ul", "ol"} and self.lists:
            self.lists.pop()
        if tag in self.APART:
            self._break(1 if self.lists else 2)

    def handle_data(self, data: str) -> None:
        """Keep the words; line feeds between blocks are only layout."""
        self.spoken = self.spoken or shows(data)
        if data.strip("\n"):
            self.parts.append(data.lstrip("\n") if self._at_line_start() else data)

    def text(self) -> str:
        """All that was read."""
        return "".join(self.parts).strip("\n")

    def _item(self) -> None:
        self._break(1)
        number = self.lists[-1] if self.lists else None
        if self.lists and number is not None:
            self.lists[-1] = number + 1
        bullet = "• " if number is None else f"{number}. "
        self.parts.append("  " * (len(self.lists) - 1) + bullet)
        self.bullet = len(self.parts)

    def _at_line_start(self) -> bool:
        return not self.parts or self.parts[-1].endswith("\n")

    def _break(self, wanted: int) -> None:
        """End the line; with two, leave a line free. Not at the start, and not behind a fresh bullet."""
        start = max(self.bullet, *self.quotes[-1:], 0)
        written = "".join(self.parts[max(start, len(self.parts) - 2) :])
        have = len(written) - len(written.rstrip("\n"))
        if written and have < wanted:
            self.parts.append("\n" * (wanted - have))
