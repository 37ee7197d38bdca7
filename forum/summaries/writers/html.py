"""One HTML file that holds everything: no script, no request to anywhere, readable on paper as well."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from forum.summaries.blocks import direction, levelled, plain, web_address, words
from forum.summaries.documents import Document, phase_heading, remarks, strands
from forum.summaries.writers import common

if TYPE_CHECKING:
    from jinja2 import Template

ASSETS = Path(__file__).parent / "assets"


@cache
def _template() -> Template:
    """The page; every text goes through autoescape, the style sheet alone is taken as it is."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(ASSETS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        style=Markup((ASSETS / "summary.css").read_text(encoding="utf-8")),  # noqa: S704  # our own file
        common=common,
        direction=direction,
        levelled=levelled,
        kind=lambda block: type(block).__name__,
        phase_heading=phase_heading,
        plain=plain,
        remarks=remarks,
        strands=strands,
        web_address=web_address,
        words=words,
    )
    return environment.get_template("summary.html")


def write(document: Document) -> bytes:
    """The page in the language of the document, each paragraph in its own direction."""
    return _template().render(document=document).encode("utf-8")
