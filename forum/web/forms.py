"""Forms: what was typed comes back filled in, with each error beside its field."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import request
from flask_wtf import FlaskForm
from wtforms.fields.choices import SelectChoice

from forum.errors import Refused, TooSoon
from forum.i18n import catalogue, gettext, locale


class _Said:
    """WTForms' own messages, in the forum's languages."""

    def gettext(self, message: str) -> str:
        return gettext(message)

    def ngettext(self, one: str, many: str, n: int) -> str:
        return catalogue(locale()).ngettext(one, many, n)  # WTForms fills the gaps itself


class Form(FlaskForm):
    """The base of all forms. The cross-site check is made once for every request, not here."""

    class Meta:
        csrf = False
        locales = False

        def get_translations(self, form: object) -> _Said:
            """Speak through the forum's own catalogues."""
            return _Said()

    status = 422
    """What the answer to a refused form is; 429 where it was only sent too soon."""
    wait = 0
    """Seconds after which it can be sent again."""

    def sent(self) -> bool:
        """Whether it was sent, and every field is right."""
        return request.method == "POST" and bool(self.validate())

    def refusals(self) -> Refusals:
        """Put a refusal of the domain beside its field; ``wrong`` tells afterwards whether there was one."""
        return Refusals(self)

    def refuse(self, refusal: Refused) -> None:
        """Put a refusal beside its field, or above the form."""
        if isinstance(refusal, TooSoon):
            self.status, self.wait = 429, refusal.seconds
        field: Any = self._fields.get(refusal.field or "")
        if field is None:
            self.form_errors: list[str] = [*self.form_errors, refusal.message]
        else:
            field.errors = [*field.errors, refusal.message]

    @property
    def wrong(self) -> bool:
        """Whether anything was refused."""
        return bool(self.form_errors) or any(field.errors for field in self)


def choices(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """The options of a field, from (value, name)."""
    return [SelectChoice(value, name) for value, name in pairs]


class Refusals:
    """``with form.refusals():`` ends the block where the domain refuses, and goes on below it."""

    def __init__(self, form: Form) -> None:
        self.form = form

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        """Take a refusal, and nothing else, to its field."""
        if isinstance(error, Refused):
            self.form.refuse(error)
            return True
        return False


def local(target: str | None) -> str | None:
    """``target`` if it is a path of this forum, so that no link can lead a person elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc and target.isprintable() else None
