"""The catalogues: complete, well formed and current; and the check that says so can fail."""

import gettext
import html
import re
import shutil
from importlib.util import find_spec
from pathlib import Path

import jinja2
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask

from forum import i18n
from forum.people.forms import SignInForm
from forum.permissions import GROUP_NAMES, ROLE_NAMES, Group, Role
from forum.rooms import lists
from forum.rooms.forms import RoomForm
from scripts import translations

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

CODE = """
from forum.i18n import N_, _, ngettext
GREETING = N_("Good morning, Ada.")
def greet(name, n): return _("Good evening, %(name)s.", name=name) + ngettext("%(num)d post", "%(num)d posts", n)
"""
SAID = {
    "Good morning, Ada.": ("Guten Morgen, Ada.", "صباح الخير يا آدا."),
    "Good evening, %(name)s.": ("Guten Abend, %(name)s.", "مساء الخير يا %(name)s."),
    "You have mail.": ("Sie haben Post.", "وصلكم بريد."),
    "%(num)d post": (
        ("%(num)d Beitrag", "%(num)d Beiträge"),
        (
            "لا مشاركات",
            "مشاركة واحدة",
            "مشاركتان",
            "%(num)d مشاركات",
            "%(num)d مشاركة",
            "%(num)d مشاركة",
        ),
    ),
}


def write(root: Path, language: str, said: dict[str, tuple]) -> None:
    """Put translations into a language's catalogue, as a translator would, and compile it."""
    book = translations.bound(translations.extract(root), translations.read(root, language), language)
    for message in book:
        first = message.id if isinstance(message.id, str) else message.id[0]
        if first in said:
            message.string = said[first][language == "ar"]
    translations.path(root, language).write_bytes(book.po())
    translations.path(root, language, "mo").write_bytes(book.mo())


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small forum with four sentences, all of them translated."""
    monkeypatch.setattr(translations, "FOREIGN", ())
    shutil.copy(ROOT / "babel.cfg", tmp_path)
    for folder in ("forum", "templates/home"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "app.py").write_text("")
    (tmp_path / "forum/greeting.py").write_text(CODE)
    (tmp_path / "templates/home/post.html").write_text('<p>{{ _("You have mail.") }}</p>')
    translations.update(tmp_path)
    for language in translations.LANGUAGES:
        write(tmp_path, language, SAID)
    assert translations.check(tmp_path) == []
    return tmp_path


def alter(root: Path, language: str, old: str, new: str) -> list[str]:
    """Change a catalogue by hand, bring it in order with the script, and check."""
    file = translations.path(root, language)
    source = file.read_text("utf-8")
    assert old in source
    file.write_text(source.replace(old, new), "utf-8")
    translations.update(root)
    return translations.check(root)


def test_every_sentence_is_said_in_every_language() -> None:
    assert translations.check() == []
    assert set(translations.LANGUAGES) == set(i18n.LOCALES) - {"en"}


def test_a_second_run_changes_no_byte(small: Path) -> None:
    before = {file: file.read_bytes() for file in small.rglob("messages.*")}
    assert len(before) == 4
    translations.update(small)
    assert {file: file.read_bytes() for file in small.rglob("messages.*")} == before
    assert not any(b"Date" in source or b"greeting.py" in source for source in before.values())


def test_a_new_sentence_is_missing_until_it_is_translated(small: Path) -> None:
    with (small / "forum/greeting.py").open("a") as code:
        code.write('BYE = N_("Good night, Bela.")\n')
    assert translations.check(small) == [
        "de: “Good night, Bela.” is missing.",
        "ar: “Good night, Bela.” is missing.",
    ]
    translations.update(small)
    assert "de: “Good night, Bela.” is not translated." in translations.check(small)
    for language in ("de", "ar"):
        write(small, language, {"Good night, Bela.": ("Gute Nacht, Bela.", "تصبح على خير يا بيلا.")})
    assert translations.check(small) == []


def test_a_sentence_that_is_said_no_more_is_found_and_dropped(small: Path) -> None:
    (small / "templates/home/post.html").write_text("")
    assert "ar: “You have mail.” is said nowhere any more." in translations.check(small)
    translations.update(small)
    assert translations.check(small) == []
    assert "You have mail." not in translations.path(small, "ar").read_text("utf-8")


@pytest.mark.parametrize(
    ("language", "old", "new", "fault"),
    [
        ("de", "Guten Abend, %(name)s.", "Guten Abend, %(nam)s.", "has other gaps: %(nam)s, %(name)s"),
        ("de", "Guten Abend, %(name)s.", "Guten Abend.", "has other gaps: %(name)s"),
        ("de", "Guten Abend, %(name)s.", "Zu 100 % %(name)s.", "percent sign"),
        ("de", "Sie haben Post.", "", "“You have mail.” is not translated"),
        ("de", "Sie haben Post.", " Sie haben Post.", "other white space"),
        ("de", '\nmsgid "You have mail."', '\n#, fuzzy\nmsgid "You have mail."', "is marked as fuzzy"),
        ("de", "%(num)d Beiträge", "viele Beiträge", "has other gaps: %(num)d"),
        ("ar", "%(num)d مشاركات", "مشاركات", "has other gaps: %(num)d"),
        ("ar", 'msgstr[1] "مشاركة واحدة"\n', 'msgstr[1] ""\n', "is not translated"),
        ("ar", 'msgstr[5] "%(num)d مشاركة"\n', "", "is not translated"),
    ],
)
def test_each_fault_is_named(small: Path, language: str, old: str, new: str, fault: str) -> None:
    assert any(fault in found for found in alter(small, language, old, new))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("n%100>=11", "n%100>=12", "ar: the header names other plural forms than the language has."),
        ("nplurals=6", "nplurals=3", "ar: messages.po cannot be read"),
    ],
)
def test_wrong_plural_forms_in_the_header_are_found(small: Path, old: str, new: str, fault: str) -> None:
    file = translations.path(small, "ar")
    source = file.read_text("utf-8")
    assert old in source
    file.write_text(source.replace(old, new), "utf-8")
    assert any(found.startswith(fault) for found in translations.check(small))


def test_a_stale_or_missing_compiled_file_is_found(small: Path) -> None:
    compiled = translations.path(small, "de", "mo")
    file = translations.path(small, "de")
    file.write_bytes(file.read_bytes().replace(b"Guten Morgen", b"Moin"))
    stale = "de: messages.mo is not current: run scripts/translations.py."
    assert translations.check(small) == [stale]
    compiled.unlink()
    assert translations.check(small) == [stale]


def test_the_command_exits_with_1_on_a_fault(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for function in (translations.check, translations.update):
        monkeypatch.setattr(function, "__defaults__", (small,))
    monkeypatch.setattr("sys.argv", ["translations.py", "--check"])
    assert translations.main() == 0
    (small / "templates/home/post.html").write_text('{{ _("You have no mail.") }}')
    assert translations.main() == 1
    assert "“You have no mail.” is missing." in capsys.readouterr().err
    monkeypatch.setattr("sys.argv", ["translations.py", "--chek"])
    assert translations.main() == 2


@pytest.mark.parametrize(
    ("language", "n", "said"),
    [
        ("de", 1, "1 Beitrag"),
        ("de", 0, "0 Beiträge"),
        ("ar", 0, "لا مشاركات"),
        ("ar", 1, "مشاركة واحدة"),
        ("ar", 2, "مشاركتان"),
        ("ar", 3, "3 مشاركات"),
        ("ar", 110, "110 مشاركات"),
        ("ar", 11, "11 مشاركة"),
        ("ar", 99, "99 مشاركة"),
        ("ar", 100, "100 مشاركة"),
        ("en", 2, "2 posts"),
    ],
)
def test_the_forum_counts_in_each_language(language: str, n: int, said: str) -> None:
    with i18n.speaking(language):
        assert i18n.ngettext("%(num)d post", "%(num)d posts", n) == said


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_the_forms_for_one_number_stand_for_one_number(language: str) -> None:
    """Only they may leave the number away."""
    plurals = translations.LANGUAGES[language]
    form = gettext.c2py(plurals.rule)
    numbers = [{n for n in range(1000) if form(n) == place} for place in range(plurals.count)]
    assert all(numbers)
    assert plurals.single == {place for place, found in enumerate(numbers) if len(found) == 1}


def test_arabic_is_written_in_arabic() -> None:
    """A sentence that was copied instead of translated shows by its letters; these are names."""
    names = {"Markdown", "PDF", "Word"}
    for message in translations.read(ROOT, "ar"):
        if message.id and message.id not in names:
            assert all(re.search(r"[\u0621-\u064a]", form) for form in translations.forms(message))


def test_foreign_sentences_are_what_wtforms_says() -> None:
    spec = find_spec("wtforms")
    assert spec and spec.origin
    there = extract_from_dir(Path(spec.origin).parent, keywords=translations.KEYWORDS)
    assert set(translations.FOREIGN) <= {said for _file, _line, said, *_more in there}


def test_wtforms_speaks_the_language_of_the_forum(tmp_path: Path) -> None:
    """A length is said with its number, and a choice in a list by its translated name."""
    app = Flask(__name__)
    sent = {"email": "e" * 300, "password": "x"}
    with app.test_request_context("/", method="POST", data=sent), i18n.speaking("de"):
        form = SignInForm()
        assert not form.sent()
        assert form.errors == {"email": ["Das Feld kann höchstens 254 Zeichen enthalten."]}
        assert "Olivgrün" in RoomForm().hue()


@pytest.mark.parametrize("language", i18n.LOCALES)
def test_the_words_of_the_page_are_understood_in_a_pasted_list(language: str) -> None:
    """An organiser who copies group and role as they are shown is understood, whatever the language."""
    with i18n.speaking(language):
        for role, group in zip(Role, [*Group, Group.OTHER], strict=True):
            cells = ("Bela", "bela@stadt.example", i18n._(GROUP_NAMES[group]), i18n._(ROLE_NAMES[role]))
            for separator in (";", "؛", "\t"):
                people, wrong = lists.read(separator.join(cells))
                assert not wrong
                assert [(person.group, person.roles) for person in people] == [(group, {role})]


READ = re.compile(r'(?:aria-label|title|alt|placeholder|content)="([^"]*)"|>([^<>]+)')
"""Where words stand that a person is shown or told: in some attributes, and between tags."""


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(ROOT / "templates")))
def test_no_word_in_a_template_goes_unmarked(file: Path) -> None:
    """What is left of a template without its code holds no words but the forum's name."""
    source = re.sub(r"{% block width %}.*?{% endblock %}", "", file.read_text("utf-8"))
    lexed = jinja2.Environment().lex(source)
    kept = "".join(value if kind == "data" else "\x00" for _line, kind, value in lexed)
    kept = re.sub(r"(?s)<!--.*?-->|<script.*?</script>", "", kept)
    kept = re.sub(r'<meta [^>]*>|class="[^"]*"', "", kept)
    words = {
        word for found in READ.findall(f">{kept}") for word in re.findall(r"[^\W\d_]{2,}", "".join(found))
    }
    assert {html.unescape(word) for word in words} <= {"Reflexionsforum", "nbsp"}


def test_the_catalogues_can_be_read_by_others() -> None:
    """Babel's own reader and checkers find nothing to say."""
    for language in translations.LANGUAGES:
        with translations.path(ROOT, language).open("rb") as file:
            book = read_po(file, language, abort_invalid=True)
        assert not [fault for _message, faults in book.check() for fault in faults]
        assert not book.obsolete
