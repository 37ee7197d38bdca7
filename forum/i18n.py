"""The forum's languages: which one is active, and sentences, dates and texts in it.

Messages are English in the code and marked by ``_`` (said now) or ``N_`` (marked here, said later). The
catalogues lie in ``forum/translations``; English needs none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from gettext import NullTranslations
from pathlib import Path

from babel.dates import format_date, format_datetime, format_time
from babel.support import Translations

from forum.clock import ZONE

LOCALES: Mapping[str, str] = {"de": "Deutsch", "en": "English", "ar": "العربية"}
"""Code and own name of each language of the interface; the first is the default."""
DEFAULT = "de"
FOLDER = Path(__file__).parent / "translations"

_active: ContextVar[str] = ContextVar("locale", default=DEFAULT)


@cache
def catalogue(locale: str) -> NullTranslations:
    """The messages of one language; an unknown one speaks English."""
    if locale == "en":
        return NullTranslations()
    return Translations.load(str(FOLDER), [locale])


def locale() -> str:
    """The active language."""
    return _active.get()


def activate(code: str) -> None:
    """Speak this language until the request or job ends."""
    _active.set(code if code in LOCALES else DEFAULT)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak another language for a while: a card for one audience, a mail, a document."""
    before = _active.set(code if code in LOCALES else DEFAULT)
    try:
        yield
    finally:
        _active.reset(before)


def gettext(message: str, **gaps: object) -> str:
    """The sentence in the active language, its named gaps filled."""
    said = catalogue(_active.get()).gettext(message) if message else ""
    return said % gaps if gaps else said


def ngettext(one: str, many: str, n: int, **gaps: object) -> str:
    """The sentence for this number (Arabic has six forms); ``%(num)d`` is the number."""
    return catalogue(_active.get()).ngettext(one, many, n) % {"num": n, **gaps}


_ = gettext


def N_(message: str) -> str:  # noqa: N802  # the name that gettext tools know
    """Mark a sentence that is said later."""
    return message


def direction(code: str) -> str:
    """``rtl`` for Arabic, else ``ltr``."""
    return "rtl" if code == "ar" else "ltr"


def pick(texts: Mapping[str, str], code: str | None = None) -> str:
    """A text that is kept in several languages, in the wanted one, else in German, else in whichever there is."""
    wanted = code or locale()
    for candidate in (wanted, DEFAULT, *texts):
        if texts.get(candidate):
            return texts[candidate]
    return ""


def picked(texts: Mapping[str, str], code: str | None = None) -> str:
    """The language that ``pick`` answers in."""
    wanted = code or locale()
    return next((c for c in (wanted, DEFAULT, *texts) if texts.get(c)), wanted)


def say_date(moment: date | datetime, style: str = "long") -> str:
    """``3. Dezember 2026``."""
    if isinstance(moment, datetime):
        moment = moment.astimezone(ZONE).date()
    return format_date(moment, style, locale=locale())


def say_time(moment: datetime) -> str:
    """``10:00``, in the forum's zone."""
    return format_time(moment, "HH:mm", tzinfo=ZONE, locale=locale())


def say_moment(moment: datetime) -> str:
    """``3. Dez. 2026, 10:00``, in the forum's zone."""
    pattern = {"de": "d. MMM y, HH:mm", "ar": "d MMM y، HH:mm"}.get(locale(), "d MMM y, HH:mm")
    return format_datetime(moment, pattern, tzinfo=ZONE, locale=locale())
