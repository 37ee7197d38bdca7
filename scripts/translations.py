"""Keep the catalogues in step with the code: extract, update and compile in one go.

``python scripts/translations.py`` gathers the sentences that ``babel.cfg`` points to, writes
``forum/translations/LANGUAGE/LC_MESSAGES/messages.po`` with what is translated already, and compiles it.
A sentence the code no longer says is dropped; a second run changes no byte. It ends with the check.
``--check`` writes nothing: it exits with 1 and names every sentence that is missing, fuzzy, empty or broken,
and every file that is not what this script would write.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
KEYWORDS: Mapping[str, tuple[int, ...] | None] = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
}

Id = str | tuple[str, str]
"""A sentence as the code has it: one, or one and many."""

FOREIGN: tuple[Id, ...] = (
    ("Field cannot be longer than %(max)d character.", "Field cannot be longer than %(max)d characters."),
    "Not a valid choice.",
    "Not a valid date value.",
    "Not a valid integer value.",
    "Not a valid time value.",
)
"""What WTForms says of itself in the forum's forms; it asks the forum's catalogues (``forum/web/forms.py``)."""


@dataclass(frozen=True, kw_only=True)
class Plurals:
    """A language's plural forms: how many, which one for ``n``, and those that stand for one number alone.

    Only the latter may leave the number away: Arabic has a form of its own for two, German has not.
    """

    count: int
    rule: str
    single: frozenset[int]


LANGUAGES = {
    "de": Plurals(count=2, rule="(n != 1)", single=frozenset({0})),
    "ar": Plurals(
        count=6,
        rule="(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5)",
        single=frozenset({0, 1, 2}),
    ),
}
"""The rules of the Unicode CLDR (https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html)."""


class Book(Catalog):
    """A catalogue whose header holds what readers need and nothing that changes with the day or the program."""

    def __init__(self, language: str) -> None:
        super().__init__(
            language, header_comment="# The sentences of the forum.", charset="utf-8", fuzzy=False
        )
        self.language = language

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        plurals = LANGUAGES[self.language]
        return [
            ("Language", self.language),
            ("Plural-Forms", f"nplurals={plurals.count}; plural={plurals.rule};"),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit\n"),
        ]

    def po(self) -> bytes:
        """The file for translators."""
        out = io.BytesIO()
        write_po(out, self, width=100, no_location=True, sort_output=True, ignore_obsolete=True)
        return out.getvalue()

    def mo(self) -> bytes:
        """The file the forum reads."""
        out = io.BytesIO()
        write_mo(out, self)
        return out.getvalue()


def path(root: Path, language: str, kind: str = "po") -> Path:
    """Where a language's catalogue lies."""
    return root / "forum/translations" / language / "LC_MESSAGES" / f"messages.{kind}"


def extract(root: Path = ROOT) -> set[Id]:
    """Every sentence that is marked in the code and the templates, and the foreign ones."""
    with (root / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file, "babel.cfg")
    found = extract_from_dir(root, methods, options, KEYWORDS)
    return {said for _file, _line, said, _comments, _context in found if said} | set(FOREIGN)


def read(root: Path, language: str) -> Catalog:
    """A catalogue as it lies there; an empty one where none does. Raises ``PoFileError``."""
    try:
        source = path(root, language).read_bytes()
    except FileNotFoundError:
        return Catalog(language)
    return read_po(io.BytesIO(source), language, charset="utf-8", abort_invalid=True)


def forms(message: Message | None) -> tuple[str, ...]:
    """A translation's forms: one, or one for each plural; empty where there is none."""
    if message is None or not message.string:
        return ()
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def key(message: Message) -> Id:
    """The sentence a message translates."""
    return message.id if isinstance(message.id, str) else (message.id[0], message.id[1])


def bound(said: set[Id], known: Catalog, language: str) -> Book:
    """A book with exactly these sentences, translated as far as ``known`` goes."""
    book = Book(language)
    old = {key(message): message for message in known if message.id}
    for sentence in said:
        message = old.get(sentence)
        plural = isinstance(sentence, tuple)
        empty: str | tuple[str, ...] = ("",) * LANGUAGES[language].count if plural else ""
        string = message.string if message and forms(message) else empty
        flags = {"fuzzy"} if message and message.fuzzy else set()
        book.add(sentence, string, flags=flags)
    return book


def update(root: Path = ROOT) -> None:
    """Write every language's catalogue, with the translations it has, and compile it."""
    said = extract(root)
    for language in LANGUAGES:
        book = bound(said, read(root, language), language)
        path(root, language).parent.mkdir(parents=True, exist_ok=True)
        path(root, language).write_bytes(book.po())
        path(root, language, "mo").write_bytes(book.mo())


GAP = re.compile(r"%%|%\(\w+\)[-#0 +]*[0-9.]*[a-zA-Z]|\{\w+\}")


def gaps(text: str) -> set[str]:
    """The named gaps of a sentence: ``%(name)s`` for the forum, ``{n}`` for the page's own script."""
    return set(GAP.findall(text)) - {"%%"}


def faults_of(sentence: Id, message: Message, language: str) -> Iterator[str]:
    """What is wrong with one translation."""
    plurals, said = LANGUAGES[language], forms(message)
    if message.fuzzy:
        yield "is marked as fuzzy"
    if not said or not all(form.strip() for form in said):
        yield "is not translated"
        return
    whole = sentence if isinstance(sentence, str) else sentence[1]
    if len(said) != (1 if isinstance(sentence, str) else plurals.count):
        yield f"has {len(said)} forms"
        return
    for place, form in enumerate(said):
        lost, new = gaps(whole) - gaps(form), gaps(form) - gaps(whole)
        if isinstance(sentence, tuple) and place in plurals.single:
            lost &= gaps(sentence[0]) - {"%(num)d", "%(max)d"}
        if lost or new:
            yield f"has other gaps: {', '.join(sorted(lost | new))}"
        elif (len(said) > 1 or "%(" in whole) and "%" in GAP.sub("", form):
            yield "has a percent sign that is no gap (write %%)"
        if edges(form) != edges(whole):
            yield "begins or ends with other white space"


def edges(text: str) -> tuple[str, str]:
    """The white space before and after a text."""
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def check(root: Path = ROOT) -> list[str]:
    """One sentence for each thing that is not in order; empty when all is well."""
    said = extract(root)
    return [fault for language in LANGUAGES for fault in faults_in(root, language, said)]


def faults_in(root: Path, language: str, said: set[Id]) -> Iterator[str]:
    """The faults of one language's two files."""
    try:
        known = read(root, language)
    except PoFileError as error:
        yield f"{language}: messages.po cannot be read: {error}"
        return
    there = {key(message): message for message in known if message.id}
    for sentence in sorted(said | set(there), key=lambda id: (id, "") if isinstance(id, str) else id):
        name = f"{language}: “{sentence if isinstance(sentence, str) else sentence[0]}”"
        if sentence not in there:
            yield f"{name} is missing."
        elif sentence not in said:
            yield f"{name} is said nowhere any more."
        else:
            for fault in faults_of(sentence, there[sentence], language):
                yield f"{name} {fault}."
    plurals = LANGUAGES[language]
    if (known.num_plurals, known.plural_expr) != (plurals.count, plurals.rule):
        yield f"{language}: the header names other plural forms than the language has."
    book = bound(set(there), known, language)
    for kind, right in (("po", book.po()), ("mo", book.mo())):
        file = path(root, language, kind)
        if not file.is_file() or file.read_bytes() != right:
            yield f"{language}: messages.{kind} is not current: run scripts/translations.py."


def main() -> int:
    """Update or check; the process's exit code."""
    if sys.argv[1:] not in ([], ["--check"]):
        sys.stderr.write("Usage: translations.py [--check]\n")
        return 2
    try:
        if not sys.argv[1:]:
            update()
        faults = check()
    except PoFileError as error:
        faults = [f"A catalogue cannot be read, so nothing was written to it: {error}"]
    sys.stderr.writelines(f"{fault}\n" for fault in faults)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
