"""The writers: each turns the same document into the bytes of one kind of file.

``WRITERS["pdf"].write(document)`` is all a caller needs. Writers speak the document's language, whatever
the caller's is, and leave out characters that would break the file. They ask nobody and know no time.
Heavy libraries are loaded by the first document that needs them, not at the start of the forum.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from forum.i18n import speaking
from forum.summaries.documents import Document, ready
from forum.summaries.writers import csv, docx, html, json, md, pdf


@dataclass(frozen=True, kw_only=True)
class Writer:
    """One format: its media type, the ending of its files, and how it is made."""

    media_type: str
    extension: str
    make: Callable[[Document], bytes]

    def write(self, document: Document) -> bytes:
        """The whole file. No text that people wrote makes it fail."""
        with speaking(document.language):
            return self.make(ready(document))


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

WRITERS: Mapping[str, Writer] = {
    "md": Writer(media_type="text/markdown; charset=utf-8", extension="md", make=md.write),
    "html": Writer(media_type="text/html; charset=utf-8", extension="html", make=html.write),
    "docx": Writer(media_type=_WORD, extension="docx", make=docx.write),
    "pdf": Writer(media_type="application/pdf", extension="pdf", make=pdf.write),
    "json": Writer(media_type="application/json", extension="json", make=json.write),
    "csv": Writer(media_type="text/csv; charset=utf-8", extension="csv", make=csv.write),
}
