"""Pages for people: the language they are in, the templates and what every template may use."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import (
    Flask,
    Response,
    current_app,
    g,
    make_response,
    render_template,
    request,
    send_from_directory,
    session,
)
from jinja2 import StrictUndefined
from markupsafe import Markup
from werkzeug.exceptions import PreconditionFailed, RequestEntityTooLarge

from forum import clock, i18n
from forum.permissions import GROUP_NAMES, ROLE_NAMES, Permission, may
from forum.web import identity

YEAR = 31_536_000


def init(app: Flask) -> None:
    """Languages, templates and static files."""
    app.before_request(_speak)
    environment = app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(i18n.gettext, _ngettext, newstyle=False)  # type: ignore[attr-defined]
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.globals.update(
        _=i18n.gettext,
        ngettext=i18n.ngettext,
        N_=i18n.N_,
        locale=i18n.locale,
        direction=i18n.direction,
        pick=i18n.pick,
        picked=i18n.picked,
        LOCALES=i18n.LOCALES,
        ROLE_NAMES=ROLE_NAMES,
        GROUP_NAMES=GROUP_NAMES,
        Permission=Permission,
        may=may,
        asset=asset,
        actor=identity.find_actor,
        now=clock.now,
        zone=str(clock.ZONE),
    )
    environment.filters.update(
        date=i18n.say_date, time=i18n.say_time, moment=i18n.say_moment, rfc3339=clock.rfc3339
    )
    environment.globals["icon_html"] = environment.globals["icon"] = icon
    _icons[0] = f"/static/~{_stamp(str(app.static_folder))}/icons.svg"
    environment.globals["icons_url"] = _icons[0]
    icon.cache_clear()
    app.add_url_rule("/static/<path:filename>", "static", _static)


def _ngettext(one: str, many: str, n: int) -> str:
    return i18n.catalogue(i18n.locale()).ngettext(one, many, n)


def _speak() -> None:
    if request.endpoint in ("static", "operation.healthz"):
        return
    actor = identity.find_actor()
    chosen = session.get("lang") if "Authorization" not in request.headers else None
    if not chosen:
        chosen = (
            actor.locale if actor else request.accept_languages.best_match(list(i18n.LOCALES), i18n.DEFAULT)
        )
    i18n.activate(str(chosen))


def page(template: str, status: int = 200, **context: Any) -> Response:
    """A page as the answer."""
    return make_response(render_template(template, **context), status)


_icons = ["/static/icons.svg"]
_POINTING = """
arrow-right chevron-left chevron-right reply undo-2 log-in log-out list list-ordered history quote split merge
messages-square trending-up
"""
POINTING = frozenset(_POINTING.split())
"""Icons that point somewhere, and are turned round in Arabic."""


@cache
def icon(name: str, label: str = "", cls: str = "") -> Markup:
    """An icon of ``static/icons.svg``; without a label it is hidden from screen readers."""
    classes = " ".join(["ico", *([cls] if cls else []), *(["flip"] if name in POINTING else [])])
    said = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="{}" {}><use href="{}#{}"/></svg>').format(classes, said, _icons[0], name)


def conditional(answer: Response) -> Response:
    """304 where the asker names the same content (``If-None-Match``): who asks from time to time mostly gets nothing."""
    answer.add_etag(weak=True)
    answer.make_conditional(request)
    if answer.status_code == 412:
        raise PreconditionFailed
    return answer


def kept_text() -> list[tuple[str, str]]:
    """What was typed into the form that was sent: (name, text), so that no answer loses it.

    The key by which sending it twice makes it once goes with it.
    """
    try:
        sent = request.form
    except RequestEntityTooLarge:
        return []  # it was not taken in
    typed = [
        (name, value)
        for name, value in sent.items(multi=True)
        if name not in ("csrf_token", "key", "password")
        and (value.strip() or name == "alt")  # the words for pictures are told apart by their order alone
    ]
    return [*typed, ("key", sent["key"])] if typed and "key" in sent else typed


@cache
def _stamp(folder: str) -> str:
    """A short fingerprint of all static files: their addresses change when one of them does."""
    digest = hashlib.sha256()
    for file in sorted(Path(folder).rglob("*")):
        if file.is_file():
            digest.update(str(file.relative_to(folder)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:8]


def asset(filename: str) -> str:
    """The address of a static file, good for ever (``/static/~STAMP/…``); files it names relatively share the stamp."""
    return f"/static/~{_stamp(str(current_app.static_folder))}/{filename}"


def _static(filename: str) -> Response:
    stamped = filename.startswith("~")
    if stamped:
        filename = filename.partition("/")[2]
    answer = send_from_directory(str(current_app.static_folder), filename, max_age=YEAR if stamped else 0)
    answer.cache_control.public = True
    answer.cache_control.immutable = stamped
    g.static = True
    return answer
