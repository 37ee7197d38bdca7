"""Elements of WordprocessingML, and the order in which they stand within a paragraph's properties."""

from __future__ import annotations

from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

AFTER_NUMBERING = (
    *("w:suppressLineNumbers", "w:pBdr", "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku"),
    *("w:wordWrap", "w:overflowPunct", "w:topLinePunct", "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi"),
    *("w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents"),
    *("w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment", "w:textboxTightWrap"),
    *("w:outlineLvl", "w:divId", "w:cnfStyle", "w:rPr", "w:sectPr", "w:pPrChange"),
)
AFTER_BORDER = AFTER_NUMBERING[2:]
AFTER_BIDI = AFTER_NUMBERING[AFTER_NUMBERING.index("w:bidi") + 1 :]


def element(tag: str, **attributes: str) -> Any:
    """An element of WordprocessingML with attributes of the same namespace."""
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def list_levels(identity: str, ordered: bool, indent: int) -> Any:
    """The nine levels of a list, the first ``indent`` twentieths of a point from the margin."""
    made = element("w:abstractNum", abstractNumId=identity)
    made.append(element("w:multiLevelType", val="hybridMultilevel"))
    for level in range(9):
        form = element("w:lvl", ilvl=str(level))
        form.append(element("w:start", val="1"))
        form.append(element("w:numFmt", val="decimal" if ordered else "bullet"))
        form.append(element("w:lvlText", val=f"%{level + 1}." if ordered else ("•", "–")[level % 2]))
        form.append(element("w:lvlJc", val="left"))
        properties = element("w:pPr")
        properties.append(element("w:ind", left=str(indent + 397 * (level + 1) + 283), hanging="397"))
        form.append(properties)
        made.append(form)
    return made
