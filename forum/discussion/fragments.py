"""Cards as HTML. The same ``_card.html`` serves page, live change and the answer after an edit.

A finished card is kept and used again as long as the row it was made of is the same to the letter; so no page
renders what another page just did, and nothing can be shown that is no longer so.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Container, Iterable
from typing import Any

from flask import current_app
from markupsafe import Markup

from forum import i18n, text
from forum.discussion import quotes
from forum.discussion.actions import REACTIONS
from forum.discussion.cards import LEAST, Viewer, card
from forum.discussion.images import card_size
from forum.discussion.reasons import REASONS

MOST = 4000
ICONS = {"agree": "thumbs-up", "thanks": "heart-handshake", "important": "star"}
_kept: OrderedDict[tuple[Any, ...], tuple[Any, Markup]] = OrderedDict()


def card_html(sheet: Any, viewer: Viewer, *, writable: bool, context: bool = False) -> Markup:
    """The post as a list item. ``writable``: whether its room takes replies now. ``context``: always say whom it answers."""
    key = (sheet.id, i18n.locale(), viewer.moderates, sheet.mark == viewer.mark, writable, context)
    kept = _kept.get(key)
    if kept is not None and kept[0] == sheet:
        _kept.move_to_end(key)
        return kept[1]
    shown = card(sheet, viewer)
    made = _fragment("discussion/_card.html", card=shown, writable=writable, context=context)
    _kept[key] = (sheet, made)
    if len(_kept) > MOST:
        _kept.popitem(last=False)
    return made


def head_html(sheet: Any) -> Markup:
    """A pinned post as a line at the head of its thread: who, and how it begins."""
    key = (sheet.id, i18n.locale(), "head")
    kept = _kept.get(key)
    if kept is not None and kept[0] == sheet:
        return kept[1]
    shown = card(sheet, LEAST)
    made = _fragment(
        "discussion/_head.html", card=shown, excerpt=text.excerpt(quotes.without(shown.body or ""), 240)
    )
    _kept[key] = (sheet, made)
    return made


def _fragment(template: str, **context: Any) -> Markup:
    shown = {
        "reactions": REACTIONS,
        "REACTION_ICONS": ICONS,
        "REASONS": REASONS,
        "card_size": card_size,
        **context,
    }
    return Markup(current_app.jinja_env.get_template(template).render(shown))  # noqa: S704


def markup(html: str) -> Markup:
    """The renderer's own output, which templates may take as it is. The one place where that is said."""
    return Markup(html)  # noqa: S704


def list_html(
    sheets: Iterable[Any],
    viewer: Viewer,
    *,
    writable: bool,
    own: set[tuple[str, str]],
    new: Container[str] = (),
) -> Markup:
    """The posts of a page, with the viewer's own reactions pressed, and a line before the first of those that are new."""
    line = Markup('<li class="newline" id="new">{}</li>').format(i18n.gettext("New since your last visit"))
    shown: set[str] = set()
    parts = []
    for sheet in sheets:
        html = card_html(
            sheet,
            viewer,
            writable=writable,
            context=sheet.parent_id not in shown and bool(shown or sheet.depth),
        )
        shown.add(sheet.id)
        html = pressed(html, sheet.id, own)
        if sheet.id in new:
            parts += [] if line in parts else [line]
            html = Markup(str(html).replace('<li class="post ', '<li class="post is-new ', 1))  # noqa: S704
        parts.append(html)
    return Markup("\n").join(parts)


def pressed(html: Markup, post_id: str, own: set[tuple[str, str]]) -> Markup:
    """The card with the viewer's own reactions pressed; the rest of it is the same for all."""
    for kind in REACTIONS:
        if (post_id, kind) in own:
            html = Markup(  # noqa: S704
                html.replace(
                    Markup(f'data-reaction="{kind}" aria-pressed="false"'),  # noqa: S704
                    Markup(f'data-reaction="{kind}" aria-pressed="true"'),  # noqa: S704
                )
            )
    return html
