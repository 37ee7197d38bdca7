"""What several writers say in the same words."""

from __future__ import annotations

from datetime import date

from forum.i18n import _, say_date
from forum.summaries.documents import Quotation


def said_by(quotation: Quotation) -> list[str]:
    """Who and on which day, as far as the document tells: none, one or two short parts."""
    parts = [quotation.byline] if quotation.byline else []
    if quotation.date:
        parts.append(say_date(date.fromisoformat(quotation.date)))
    return parts


def link_label() -> str:
    return _("To the post in the forum")


def contents_heading() -> str:
    return _("Contents")


def questions_heading() -> str:
    return _("Guiding questions")


def method_heading() -> str:
    return _("How this documentation was made")
