"""The quotations as a table for spreadsheets: UTF-8 with its mark, a row for each, nothing that would run."""

from __future__ import annotations

import csv
import io

from forum.summaries.documents import Document

COLUMNS = (
    "chapter",
    "phase",
    "thread",
    "post",
    "depth",
    "pinned",
    "redacted",
    "author",
    "date",
    "language",
    "warning",
    "text",
    "link",
)
_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection): such a start gets an apostrophe.

    Blanks before it do not help an attacker: some programs trim them.
    """
    return f"'{cell}" if cell.lstrip(" \u00a0\u200b\ufeff").startswith(_STARTS) else cell


def write(document: Document) -> bytes:
    """One row for each quotation, all cells quoted; the columns do not depend on the language."""
    out = io.StringIO()
    table = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for chapter in document.chapters:
        for block in chapter.phases:
            for q in block.quotations:
                row = (
                    chapter.heading,
                    block.phase,
                    q.thread_title,
                    q.post_id,
                    str(q.depth),
                    "yes" if q.pinned else "no",
                    "yes" if q.redacted else "no",
                    q.byline or "",
                    q.date or "",
                    q.language or "",
                    q.warning or "",
                    q.source,
                    q.link,
                )
                table.writerow([safe(cell) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")
