"""The look of the Word file: styles that a facilitator finds by name and can change in one place."""

from __future__ import annotations

from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from forum.summaries.blocks import Direction

INK, INK_2, LINE, SHEET = "1F2528", "545B5E", "E2DCCF", "FAF7F1"
SERIF, SANS, MONO = "Georgia", "Calibri", "Consolas"
ARABIC = "Arial"

# name, based on, font, size in points, colour, bold, italic, space before and after in points
_PARAGRAPHS: tuple[tuple[str, str | None, str, float, str, bool, bool, float, float], ...] = (
    ("Normal", None, SANS, 11, INK, False, False, 0, 7),
    ("Event", "Normal", SANS, 12, INK_2, False, False, 150, 8),
    ("Title", None, SERIF, 30, INK, True, False, 0, 10),
    ("Subtitle", None, SERIF, 15, INK_2, False, False, 0, 0),
    ("Heading 1", None, SERIF, 20, INK, True, False, 0, 12),
    ("Heading 2", None, SERIF, 14, INK, True, False, 18, 6),
    ("Heading 3", None, SERIF, 11.5, INK, True, False, 12, 4),
    ("Heading 4", None, SANS, 11, INK, True, False, 10, 3),
    ("Heading 5", None, SANS, 11, INK_2, True, False, 8, 3),
    ("Heading 6", None, SANS, 10.5, INK_2, True, False, 8, 3),
    ("Contents Heading", "Normal", SERIF, 20, INK, True, False, 0, 12),
    ("Label", "Normal", SANS, 11, INK, True, False, 0, 3),
    ("Quote", None, SANS, 11, INK, False, False, 0, 6),
    ("Inner Quote", "Quote", SANS, 11, INK_2, False, True, 0, 6),
    ("Quote Heading", "Quote", SANS, 11, INK, True, False, 4, 3),
    ("Remark", "Quote", SANS, 9.5, INK_2, False, True, 0, 4),
    ("Byline", "Quote", SANS, 9.5, INK_2, False, False, 0, 14),
    ("List Bullet", None, SANS, 11, INK, False, False, 0, 3),
    ("List Number", None, SANS, 11, INK, False, False, 0, 3),
    ("Code", "Quote", MONO, 9.5, INK, False, False, 2, 8),
    ("Rule", "Quote", SANS, 4, INK, False, False, 2, 6),
    ("Table Header", "Normal", SANS, 10, INK, True, False, 3, 3),
    ("Table Text", "Normal", SANS, 10, INK, False, False, 3, 3),
    ("After Table", "Normal", SANS, 4, INK, False, False, 0, 2),
    ("TOC 1", "Normal", SANS, 11, INK, False, False, 0, 5),
    ("TOC 2", "Normal", SANS, 10, INK_2, False, False, 0, 3),
    ("Header", None, SANS, 9, INK_2, False, False, 0, 0),
    ("Footer", None, SANS, 9, INK_2, False, False, 0, 0),
    ("Imprint", "Normal", SANS, 9, INK_2, False, False, 24, 0),
)


def style_sheet(file: Any, locale: str, default: Direction) -> None:
    """Set every style that the writer uses, and the languages of the whole file."""
    for name, based, font, size, colour, bold, italic, before, after in _PARAGRAPHS:
        style = _style(file, name, based, WD_STYLE_TYPE.PARAGRAPH)
        _letters(style, font=font, size=size, colour=colour, bold=bold, italic=italic)
        shape = style.paragraph_format
        shape.space_before, shape.space_after = Pt(before), Pt(after)
        shape.line_spacing = 1.1 if font == SERIF else 1.2
        shape.widow_control = True
        if name.startswith("Heading") or name in ("Label", "Quote Heading", "Remark", "Contents Heading"):
            shape.keep_with_next = True
    for name in ("Title", "Subtitle", "Quote"):
        _without_border(file.styles[name])
    file.styles["TOC 2"].paragraph_format.left_indent = Cm(0.6)
    file.styles["Footer"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _shaded(file.styles["Code"])
    _underlined(file.styles["Rule"])
    code = _style(file, "Code Words", None, WD_STYLE_TYPE.CHARACTER)
    _letters(code, font=MONO, size=10, colour=INK, bold=False, italic=False)
    _table_style(file)
    _languages(file, locale, default)


def _style(file: Any, name: str, based: str | None, kind: Any) -> Any:
    known = {style.name: style for style in file.styles}
    style = known.get(name) or file.styles.add_style(name, kind)
    if based:
        style.base_style = file.styles[based]
    style.hidden, style.quick_style = False, True
    return style


def _letters(style: Any, *, font: str, size: float, colour: str, bold: bool, italic: bool) -> None:
    """Font, size and weight, for Latin and for Arabic letters alike."""
    style.font.name, style.font.size = font, Pt(size)
    style.font.color.rgb = RGBColor.from_string(colour)
    style.font.bold = style.font.cs_bold = bold
    style.font.italic = style.font.cs_italic = italic
    properties = style.element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    for attribute in [key for key in fonts.attrib if key.endswith("Theme") or key.endswith("theme")]:
        del fonts.attrib[attribute]
    fonts.set(qn("w:cs"), MONO if font == MONO else ARABIC)
    for old in properties.findall(qn("w:szCs")):
        properties.remove(old)
    wide = OxmlElement("w:szCs")
    wide.set(qn("w:val"), str(round(size * 2)))
    properties.find(qn("w:sz")).addnext(wide)


def _border(edge: str, colour: str, size: int) -> Any:
    made = OxmlElement(f"w:{edge}")
    for name, value in (("val", "single"), ("sz", str(size)), ("space", "1"), ("color", colour)):
        made.set(qn(f"w:{name}"), value)
    return made


def _without_border(style: Any) -> None:
    properties = style.element.get_or_add_pPr()
    for old in properties.findall(qn("w:pBdr")):
        properties.remove(old)


_AFTER_SHADE = (
    "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct", "w:topLinePunct",
    "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind",
    "w:contextualSpacing", "w:jc", "w:outlineLvl",
)  # fmt: skip


def _shaded(style: Any) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", SHEET)):
        shade.set(qn(f"w:{name}"), value)
    style.element.get_or_add_pPr().insert_element_before(shade, *_AFTER_SHADE)


def _underlined(style: Any) -> None:
    borders = OxmlElement("w:pBdr")
    borders.append(_border("bottom", LINE, 6))
    style.element.get_or_add_pPr().insert_element_before(borders, "w:shd", *_AFTER_SHADE)


def _table_style(file: Any) -> None:
    """Hairlines between the rows and nothing else."""
    style = _style(file, "Report Table", "Normal Table", WD_STYLE_TYPE.TABLE)
    properties = OxmlElement("w:tblPr")
    borders = OxmlElement("w:tblBorders")
    for edge, colour in (("top", INK_2), ("bottom", INK_2), ("insideH", LINE)):
        borders.append(_border(edge, colour, 4))
    properties.append(borders)
    style.element.append(properties)


def _languages(file: Any, locale: str, default: Direction) -> None:
    """The language of what bears none of its own: one for each way of writing."""
    defaults = file.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for old in defaults.findall(qn("w:lang")):
        defaults.remove(old)
    made = OxmlElement("w:lang")
    made.set(qn("w:val"), "en-GB" if default == "rtl" else locale)
    made.set(qn("w:eastAsia"), "en-GB")
    made.set(qn("w:bidi"), "ar-SA")
    defaults.append(made)
