"""Word: opened again with python-docx, and its XML held against the order that the standard asks for."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree

from forum.i18n import speaking
from forum.summaries.documents import Document, phase_heading
from forum.summaries.writers import WRITERS
from forum.summaries.writers.wordparts import AFTER_NUMBERING
from tests.summaries.writing import HOSTILE, document


def opened(made: Document) -> Any:
    return docx.Document(io.BytesIO(WRITERS["docx"].write(made)))


def parts(made: Document) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(WRITERS["docx"].write(made))) as file:
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        return {name: file.read(name) for name in file.namelist()}


def of_style(file: Any, style: str) -> list[str]:
    return [paragraph.text for paragraph in file.paragraphs if paragraph.style.name == style]


def paragraph(file: Any, start: str) -> Any:
    return next(each for each in file.paragraphs if each.text.startswith(start))


def test_headings_lists_and_quotes_are_real_styles() -> None:
    file = opened(document())
    with speaking("de"):
        phases = [phase_heading(phase) for phase in ("pinned", "before", "during", "after")]
    assert of_style(file, "Title") == ["Zivilgesellschaft & Kommune"]
    assert of_style(file, "Heading 1")[1:] == ["Ansätze", "Shrinking spaces"]
    assert of_style(file, "Heading 2") == ["Zeit", *phases]
    assert of_style(file, "Heading 3")[1] == "Partner gewinnen"
    assert of_style(file, "List Number")[:2] == ["Einladen", "Treffen"]
    assert of_style(file, "List Bullet")[:4] == [
        "Was hat sich bewährt?",
        "ما الذي ينجح؟",
        "in Ruhe",
        "mit Zeit",
    ]
    assert of_style(file, "Quote")[0] == "Angeheftet" and of_style(file, "Code") == [
        "if treffen:\n    protokoll()"
    ]
    assert of_style(file, "Inner Quote") == ["Vertrauen wächst langsam."]
    text = [each.text for each in file.paragraphs]
    assert text.index("Angeheftet") < text.index("Einladen") < text.index("Danke, Bela.")


def test_hostile_texts_stay_texts() -> None:
    file = opened(document())
    quoted = of_style(file, "Quote")
    assert [text for text in HOSTILE if text not in quoted] == []
    assert sum(text == "Ebene" for text in of_style(file, "List Bullet")) >= 9
    assert "\n".join(each.text for each in file.paragraphs).count("Ebene") == 14


@pytest.mark.parametrize("language", ["de", "ar"])
def test_arabic_goes_from_right_to_left(language: str) -> None:
    file = opened(document(language))  # type: ignore[arg-type]
    arabic, german = paragraph(file, "الثقة تُبنى"), paragraph(file, "Danke")
    assert arabic._p.pPr.find(qn("w:bidi")).get(qn("w:val")) == "1"
    assert german._p.pPr.find(qn("w:bidi")).get(qn("w:val")) == "0"
    assert [(run.text, bool(run.font.rtl)) for run in arabic.runs if run.text.strip(" .")] == [
        ("الثقة ", True),
        ("تُبنى", True),
        (" ببطء مع بلدية ", True),
        ("Köln", False),
    ]
    assert arabic.runs[1].font.bold and arabic.runs[1].font.cs_bold
    assert arabic.runs[0]._r.rPr.find(qn("w:lang")).get(qn("w:bidi")) == "ar-SA"
    assert german.runs[0]._r.rPr.find(qn("w:lang")).get(qn("w:val")) == "de-DE"
    assert (file.sections[0]._sectPr.find(qn("w:bidi")) is not None) == (language == "ar")
    border = {"left": german, "right": arabic}
    for edge, each in border.items():
        assert each._p.pPr.find(qn("w:pBdr")).find(qn(f"w:{edge}")).get(qn("w:color")) == "5b6b1f"


def test_tables_tell_their_header_and_turn_with_the_script() -> None:
    german, arabic = opened(document()).tables
    assert [[cell.text for cell in row.cells] for row in german.rows] == [["Stadt", "Zahl"], ["Nablus", "12"]]
    for table, turned in ((german, False), (arabic, True)):
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert table.rows[1]._tr.trPr.find(qn("w:tblHeader")) is None
        assert (table._tbl.tblPr.find(qn("w:bidiVisual")) is not None) == turned


def test_each_list_counts_on_its_own() -> None:
    file = opened(document())
    numbers = [
        each._p.pPr.numPr.numId.val
        for each in file.paragraphs
        if each.text in ("Einladen", "Was hat sich bewährt?")
    ]
    numbering = file.part.numbering_part.element
    (ordered,) = [num for num in numbering.num_lst if num.numId == numbers[1]]
    assert len(set(numbers)) == 2 and ordered.lvlOverride_lst[0].startOverride.val == 3


def test_links_are_relationships_to_the_web() -> None:
    file = opened(document())
    addresses = [link.address for each in file.paragraphs for link in each.hyperlinks if link.address]
    assert "https://example.org/?a=1&b=2" in addresses and "https://forum.example/posts/p5" in addresses
    outside = [rel for rel in file.part.rels.values() if rel.is_external]
    assert outside and all(rel.target_ref.startswith("https://") for rel in outside)


def test_the_contents_are_a_field_with_links_to_the_chapters() -> None:
    body = opened(document()).element.body
    assert [code.text.split()[0] for code in body.iter(qn("w:instrText"))] == ["TOC"]
    anchors = [link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink")) if link.get(qn("w:anchor"))]
    marks = {mark.get(qn("w:name")): mark.getparent() for mark in body.iter(qn("w:bookmarkStart"))}
    chapters = [marks[anchor].text for anchor in anchors]
    assert chapters[1:] == ["Ansätze", "Shrinking spaces"]


def test_the_file_tells_nothing_of_who_made_it() -> None:
    files = parts(document())
    core = opened(document()).core_properties
    assert (core.title, core.language) == ("Zivilgesellschaft & Kommune", "de-DE")
    assert len(etree.fromstring(files["docProps/core.xml"])) == 2
    assert [name for name in files if name.startswith(("docProps/", "customXml/"))] == ["docProps/core.xml"]
    assert b"python-docx" not in b"".join(files.values())


def test_without_attribution_no_name_stands_anywhere() -> None:
    whole = b"".join(parts(document(attribution="none")).values()).decode(errors="replace")
    assert "Cem" not in whole and "Bela" not in whole.replace("Danke, Bela.", "")


@pytest.mark.parametrize("language", ["de", "ar"])
def test_properties_of_paragraphs_stand_in_the_order_of_the_standard(language: str) -> None:
    order = [
        "w:pStyle",
        "w:keepNext",
        "w:keepLines",
        "w:pageBreakBefore",
        "w:framePr",
        "w:widowControl",
        "w:numPr",
    ]
    places = {qn(name): place for place, name in enumerate([*order, *AFTER_NUMBERING])}
    files = parts(document(language))  # type: ignore[arg-type]
    seen = 0
    for name in (
        "word/document.xml",
        "word/styles.xml",
        "word/header1.xml",
        "word/footer1.xml",
        "word/numbering.xml",
    ):
        for properties in etree.fromstring(files[name]).iter(qn("w:pPr")):
            found = [places[child.tag] for child in properties]
            assert found == sorted(found) and len(found) == len(set(found))
            seen += 1
    assert seen > 50


def test_libreoffice_reads_it(tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed: the Word file is checked by its XML alone")
    source = tmp_path / "summary.docx"
    source.write_bytes(WRITERS["docx"].write(document()))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    convert = ["--headless", "--convert-to", "txt:Text", "--outdir", str(tmp_path), str(source)]
    subprocess.run([office, profile, *convert], check=True, capture_output=True, timeout=100)
    text = (tmp_path / "summary.txt").read_text(encoding="utf-8", errors="replace")
    assert re.search(r"3\.\s*Einladen", text) and "Danke, Bela." in text
