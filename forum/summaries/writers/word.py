"""A Word file in the making: what python-docx leaves open (direction, languages, lists, links, fields).

Elements of WordprocessingML stand in a fixed order within their parents (ECMA-376, part 1, 17.3); the helpers
here keep to it. Imported by the Word writer alone, and only when a document is written.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.shared import Cm

from forum.summaries.blocks import Direction, Run, Table, by_direction, by_link, direction, plain, words
from forum.summaries.writers.wordparts import AFTER_BIDI, AFTER_BORDER, AFTER_NUMBERING, element, list_levels
from forum.summaries.writers.wordstyles import style_sheet

LOCALES = {"de": "de-DE", "en": "en-GB", "ar": "ar-SA"}
FARTHEST = 31
"""Points that a border may stand away from its text, at most (ECMA-376, part 1, 17.3.4)."""
TEXT_WIDTH = 16.0
"""Centimetres between the margins of the page."""


class Word:
    """One file: paragraphs and tables are added in reading order, ``bytes()`` gives the outcome."""

    def __init__(self, *, title: str, language: str, default: Direction) -> None:
        self.title = title
        self.language = language
        self.default: Direction = default
        self.file = docx.Document()
        self.bookmarks = 0
        self.toc: list[Any] = []
        self.abstracts: dict[tuple[bool, int], str] = {}
        style_sheet(self.file, LOCALES[language], default)
        self.ids = {style.name: style.style_id for style in self.file.styles}
        self._page()

    def text(self, style: str, text: str, *, hue: str | None = None, page_break: bool = False) -> None:
        """A paragraph of plain words."""
        self.paragraph(style, [Run(text=text)], hue=hue, page_break=page_break)

    def paragraph(
        self,
        style: str,
        runs: Sequence[Run],
        *,
        indent: float = 0.0,
        bar: str | None = None,
        inset: int = 0,
        hue: str | None = None,
        base: Direction | None = None,
        numbering: tuple[int, int] | None = None,
        language: str | None = None,
        page_break: bool = False,
    ) -> None:
        """A paragraph in a style, in the direction of its first letter (else ``base``).

        ``indent`` in centimetres on the side where lines begin; ``bar`` the colour of a line beside it, which
        stands ``inset`` steps further out, ``hue`` of one above; ``numbering`` a list and a level, which
        then brings its own indent.
        """
        made = self._styled(style)
        side = direction(plain(runs), base or self.default)
        self._shape(
            made,
            side,
            indent=None if numbering else indent,
            bar=bar,
            inset=inset,
            hue=hue,
            numbering=numbering,
        )
        if page_break:
            made.paragraph_format.page_break_before = True
        if style in ("Heading 1", "Heading 2"):
            self._bookmarked(made, style, lambda: self.runs(made, runs, side, language))
        else:
            self.runs(made, runs, side, language)

    def runs(self, paragraph: Any, runs: Iterable[Run], side: Direction, language: str | None = None) -> None:
        """Words with their looks; links become relationships of the file."""
        for href, group in by_link(tuple(runs)):
            parent = paragraph._p
            if href:
                identity = paragraph.part.relate_to(href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
                parent = element("w:hyperlink")
                parent.set(qn("r:id"), identity)
                paragraph._p.append(parent)
            for run in group:
                for way, text in by_direction(run.text, side):
                    made = paragraph.add_run(text)
                    parent.append(made._r)
                    self._look(made, run, way, language)

    def list(self, *, ordered: bool, start: int = 1, indent: float = 0.0) -> int:
        """A new list of its own count; its number goes into the ``numbering`` of its paragraphs."""
        numbering = self.file.part.numbering_part.element
        key = (ordered, round(indent * 567))
        if key not in self.abstracts:
            self.abstracts[key] = str(1000 + len(self.abstracts))
            first = numbering.find(qn("w:num"))
            made = list_levels(self.abstracts[key], ordered, key[1])
            if first is None:
                numbering.append(made)
            else:
                first.addprevious(made)
        number = numbering.add_num(int(self.abstracts[key]))
        for level in range(9):
            number.add_lvlOverride(ilvl=level).add_startOverride(start)
        return int(number.numId)

    def table(self, table: Table, *, indent: float, base: Direction, language: str | None) -> None:
        """A table whose header row is told as one, and comes again on each page."""
        rows = [table.header, *table.rows] if table.header else list(table.rows)
        side = direction(words([table]), base)
        made = self.file.add_table(rows=len(rows), cols=len(rows[0]), style="Report Table")
        made.autofit = True
        if side == "rtl":
            made._tbl.tblPr.find(qn("w:tblStyle")).addnext(element("w:bidiVisual"))
        if indent:
            place = element("w:tblInd", w=str(round(indent * 567)), type="dxa")
            made._tbl.tblPr.insert_element_before(place, "w:tblBorders", "w:tblLayout", "w:tblLook")
        for row, cells in zip(made.rows, rows, strict=True):
            row._tr.get_or_add_trPr().append(element("w:cantSplit"))
            for cell, runs in zip(row.cells, cells, strict=True):
                paragraph = cell.paragraphs[0]
                paragraph._p.style = self.ids["Table Header" if cells is table.header else "Table Text"]
                way = direction(plain(runs), side)
                self._shape(paragraph, way)
                self.runs(paragraph, runs, way, language)
        if table.header:
            made.rows[0]._tr.get_or_add_trPr().append(element("w:tblHeader"))
        self._styled("After Table")

    def contents(self, headings: Sequence[str]) -> None:
        """A field that Word can bring up to date, filled beforehand with links to the chapters."""
        field = self._styled("TOC 1")
        self._field_part(field, "begin")
        code = element("w:instrText")
        code.set(qn("xml:space"), "preserve")
        code.text = ' TOC \\o "1-1" \\h \\z \\u '
        field.add_run()._r.append(code)
        self._field_part(field, "separate")
        for number, heading in enumerate(headings):
            entry = field if number == 0 else self._styled("TOC 1")
            side = direction(heading, self.default)
            self._shape(entry, side)
            link = element("w:hyperlink", anchor="", history="1")
            entry._p.append(link)
            for way, text in by_direction(heading, side):
                run = entry.add_run(text)
                link.append(run._r)
                self._look(run, Run(text=text), way, None)
            self.toc.append(link)
        self._field_part(self._styled("TOC 1"), "end")

    def bytes(self) -> bytes:
        """The file, without anything that tells who made it, where and when."""
        self._properties()
        raw, neutral = io.BytesIO(), io.BytesIO()
        self.file.save(raw)
        with zipfile.ZipFile(raw) as made, zipfile.ZipFile(neutral, "w", zipfile.ZIP_DEFLATED) as out:
            for name in made.namelist():
                entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                out.writestr(entry, made.read(name))
        return neutral.getvalue()

    def _properties(self) -> None:
        """Title and language alone; the template's own author, dates, program and picture go."""
        core = self.file.core_properties
        for child in list(core._element):
            core._element.remove(child)
        core.title = self.title[:255]
        core.language = LOCALES[self.language]
        relations = self.file.part.package.rels
        unwanted = (RELATIONSHIP_TYPE.EXTENDED_PROPERTIES, RELATIONSHIP_TYPE.THUMBNAIL)
        for key in [key for key, relation in relations.items() if relation.reltype in unwanted]:
            del relations[key]
        own = self.file.part.rels
        for key in [
            key
            for key, relation in own.items()
            if relation.reltype.endswith(("/customXml", "/stylesWithEffects"))
        ]:
            del own[key]

    def _page(self) -> None:
        """A4, the title at the head of each page but the first, the page's number at its foot."""
        section = self.file.sections[0]
        section.page_width, section.page_height = Cm(21.0), Cm(29.7)
        section.left_margin = section.right_margin = Cm((21.0 - TEXT_WIDTH) / 2)
        section.top_margin, section.bottom_margin = Cm(2.6), Cm(2.4)
        section.different_first_page_header_footer = True
        if self.default == "rtl":
            section._sectPr.insert_element_before(element("w:bidi"), "w:rtlGutter", "w:docGrid")
        head = section.header.paragraphs[0]
        side = direction(self.title, self.default)
        self._shape(head, side)
        self.runs(head, [Run(text=self.title)], side)
        foot = section.footer.paragraphs[0]
        self._field_part(foot, "begin")
        code = element("w:instrText")
        code.text = "PAGE"
        foot.add_run()._r.append(code)
        self._field_part(foot, "separate")
        foot.add_run("1")
        self._field_part(foot, "end")

    def _field_part(self, paragraph: Any, kind: str) -> None:
        paragraph.add_run()._r.append(element("w:fldChar", fldCharType=kind))

    def _styled(self, style: str) -> Any:
        """An empty paragraph at the end. The style goes in by its id: by its name it takes a millisecond."""
        made = self.file.add_paragraph()
        made._p.style = self.ids[style]
        return made

    def _bookmarked(self, paragraph: Any, style: str, fill: Callable[[], None]) -> None:
        """Set marks around a heading's words, and lead the next open entry of the contents there."""
        self.bookmarks += 1
        number, name = str(self.bookmarks), f"_Toc{self.bookmarks:08d}"
        paragraph._p.append(element("w:bookmarkStart", id=number, name=name))
        fill()
        paragraph._p.append(element("w:bookmarkEnd", id=number))
        if style == "Heading 1" and self.toc:
            self.toc.pop(0).set(qn("w:anchor"), name)

    def _shape(
        self,
        paragraph: Any,
        side: Direction,
        *,
        indent: float | None = None,
        bar: str | None = None,
        inset: int = 0,
        hue: str | None = None,
        numbering: tuple[int, int] | None = None,
    ) -> None:
        """Numbering, border, direction and indent of a paragraph, in this order."""
        properties = paragraph._p.get_or_add_pPr()
        if numbering:
            place = element("w:numPr")
            place.append(element("w:ilvl", val=str(numbering[1])))
            place.append(element("w:numId", val=str(numbering[0])))
            properties.insert_element_before(place, *AFTER_NUMBERING)
        space = 10 + 20 * inset
        if hue or (bar and space <= FARTHEST):
            # a border's side is the paper's, not the text's: it does not turn with the direction
            borders = element("w:pBdr")
            edge = "top" if hue else ("right" if side == "rtl" else "left")
            borders.append(
                element(f"w:{edge}", val="single", sz="18", space=str(space), color=hue or bar or "")
            )
            properties.insert_element_before(borders, *AFTER_BORDER)
        properties.insert_element_before(element("w:bidi", val="1" if side == "rtl" else "0"), *AFTER_BIDI)
        if indent or (bar and indent is not None):
            # the bar stands outside the text: this much room for it
            paragraph.paragraph_format.left_indent = Cm((indent or 0.0) + (0.5 if bar else 0.0))

    def _look(self, made: Any, run: Run, side: Direction, language: str | None) -> None:
        """Strong, emphasised, struck, code, linked; and for the right-to-left its own marks of each."""
        font = made.font
        rtl = side == "rtl"
        if run.code:
            made._r.style = self.ids["Code Words"]
        for wanted, plain_mark, complex_mark in (
            (run.strong, "bold", "cs_bold"),
            (run.emphasis, "italic", "cs_italic"),
        ):
            if wanted:
                setattr(font, plain_mark, True)
                setattr(font, complex_mark, True)
        if run.strike:
            font.strike = True
        if run.href:
            font.underline = True
        if rtl:
            font.rtl = True
        if language and len(language) <= 8 and language.replace("-", "").isalpha():
            code = LOCALES.get(language, language)
            made._r.get_or_add_rPr().append(element("w:lang", **{"bidi" if rtl else "val": code}))
