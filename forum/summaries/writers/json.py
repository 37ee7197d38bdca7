"""The document for other programs; its form is kept in ``assets/summary.schema.json``."""

from __future__ import annotations

import json
from typing import Any

from forum.summaries.documents import Chapter, Document, Quotation, phase_heading

SCHEMA = "reflexionsforum/summary/1"


def write(document: Document) -> bytes:
    """UTF-8, indented, keys in the document's order."""
    whole = {
        "schema": SCHEMA,
        "title": document.title,
        "subtitle": document.subtitle,
        "event": document.event_title,
        "language": document.language,
        "attribution": document.attribution,
        "method": list(document.method),
        "chapters": [_chapter(chapter) for chapter in document.chapters],
        "imprint": document.imprint,
    }
    return (json.dumps(whole, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _chapter(chapter: Chapter) -> dict[str, Any]:
    return {
        "heading": chapter.heading,
        "questions": list(chapter.questions),
        "text": chapter.text,
        "html": chapter.html,
        "phases": [
            {
                "phase": block.phase,
                "heading": phase_heading(block.phase),
                "quotations": [_quotation(quotation) for quotation in block.quotations],
            }
            for block in chapter.phases
        ],
    }


def _quotation(quotation: Quotation) -> dict[str, Any]:
    return {
        "post": quotation.post_id,
        "thread": quotation.thread_title,
        "depth": quotation.depth,
        "pinned": quotation.pinned,
        "redacted": quotation.redacted,
        "author": quotation.byline,
        "date": quotation.date,
        "language": quotation.language,
        "warning": quotation.warning,
        "source": quotation.source,
        "html": quotation.html,
        "link": quotation.link or None,
    }
