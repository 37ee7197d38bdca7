"""Make what the PDF writer needs besides the vendored fonts: run once after a font was changed.

``python scripts/pdf_fonts.py`` writes ``coverage.json`` (which code points each font family can draw, from
the fonts' own tables). ``python scripts/pdf_fonts.py SYMBOLS.ttf`` first cuts Noto Sans Symbols 2 down to
arrows, geometric shapes and dingbats: whole, it is larger than Noto Sans. Needs fontTools (for developers).
"""

from __future__ import annotations

import json
import sys
import unicodedata
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

ASSETS = Path(__file__).resolve().parents[1] / "forum" / "summaries" / "writers" / "assets"
FONTS = ASSETS / "fonts"
SYMBOLS = "NotoSansSymbols2_subset.ttf"
SYMBOL_RANGES = [(0x2190, 0x27BF), (0x2900, 0x297F), (0x2B00, 0x2BFF)]


def cut(source: Path) -> None:
    """Write the part of the symbol font that people write with; the same bytes each time."""
    options = subset.Options(notdef_outline=True, recalc_timestamp=False, layout_features=[])
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in SYMBOL_RANGES for code in range(first, last + 1)])
    subsetter.subset(font)
    subset.save_font(font, str(FONTS / SYMBOLS), options)


def ranges(codes: set[int]) -> list[list[int]]:
    """Sorted code points as inclusive pairs: ``{1, 2, 3, 7}`` -> ``[[1, 3], [7, 7]]``."""
    pairs: list[list[int]] = []
    for code in sorted(codes):
        if pairs and code == pairs[-1][1] + 1:
            pairs[-1][1] = code
        else:
            pairs.append([code, code])
    return pairs


def allowed(code: int) -> bool:
    """Neither PDF/A nor PDF/UA bears controls, private signs or the byte order mark."""
    kind = unicodedata.category(chr(code))
    return code != 0xFEFF and (kind == "Cf" or not kind.startswith("C"))


def coverage() -> dict[str, list[list[int]]]:
    """For each family the code points that every one of its cuts can draw."""
    families: dict[str, set[int]] = {}
    for path in sorted(FONTS.glob("*.ttf")):
        font = TTFont(path, lazy=True)
        family = font["name"].getBestFamilyName()
        codes = {code for code in font.getBestCmap() if allowed(code)}
        families[family] = families[family] & codes if family in families else codes
    return {family: ranges(codes) for family, codes in sorted(families.items())}


def written(table: dict[str, list[list[int]]]) -> str:
    """The table as it is committed: one line for each family."""
    lines = [
        f"{json.dumps(family)}: {json.dumps(pairs, separators=(',', ':'))}" for family, pairs in table.items()
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        cut(Path(sys.argv[1]))
    (ASSETS / "coverage.json").write_text(written(coverage()), encoding="utf-8")
