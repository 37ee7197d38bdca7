"""Nothing that Eve writes runs, loads or leaves its box: through all walls, and through each alone."""

from __future__ import annotations

import bleach.sanitizer
import nh3
import pytest

from forum import text
from forum.errors import Refused
from tests.text.vectors import MARKUP, vectors
from tests.text.walls import executable, inspect

ALL = vectors()
HOLES = [
    '<a href="javascript:123">x</a>',
    '<a href="tel:110">x</a>',
    '<a href="java\u200bscript:alert(1)">x</a>',
    '<a href="java&#x200b;script:alert(1)">x</a>',
    '<a href="&#1;javascript:alert(1)">x</a>',
    '<a href="//eve.example">x</a>',
    '<a href="/log-out">x</a>',
    '<p id="a" class="b" style="c" name="d" onclick="e">x</p>',
    '<img src="https://eve.example/pixel.png">',
    '<ol start="javascript:1"><li>x</li></ol>',
    '<table dir="evil"><tr><td>x</td></tr></table>',
]
"""Raw HTML with the faults that each sanitizer is known for, and with what no post may hold."""


def rendered(source: str) -> str:
    """Its HTML; none where the text is refused, which only texts without words may be."""
    try:
        return text.render(source).html
    except Refused as refused:
        assert refused.rule == "text.empty", source
        return ""


def test_there_are_enough_attacks() -> None:
    assert len(set(ALL)) > 4_000


def test_the_second_opinion_sees_what_is_wrong() -> None:
    """The oracle itself: it faults each hole as it stands, and most of the markup."""
    assert all(executable(hole) for hole in HOLES)
    assert sum(bool(executable(markup)) for markup in MARKUP) > 30


def test_only_what_is_allowed_comes_out() -> None:
    found = {source: faults for source in ALL if (faults := inspect(rendered(source)).faults)}
    assert not found


def without_bleach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bleach.sanitizer.Cleaner, "clean", lambda self, html: html)


def without_nh3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nh3, "clean", lambda html, **_options: html)


@pytest.mark.parametrize("fallen", [without_bleach, without_nh3])
def test_the_other_walls_hold_when_one_falls(monkeypatch: pytest.MonkeyPatch, fallen) -> None:
    fallen(monkeypatch)
    found = {source: faults for source in ALL[::3] + MARKUP if (faults := executable(rendered(source)))}
    assert not found


@pytest.mark.parametrize("fallen", [without_bleach, without_nh3])
def test_a_sanitizer_alone_holds_when_the_renderer_lets_everything_through(
    monkeypatch: pytest.MonkeyPatch, fallen
) -> None:
    """The holes that each sanitizer is known for are closed in that sanitizer: raw HTML straight into it."""
    fallen(monkeypatch)
    found = {hole: faults for hole in [*HOLES, *MARKUP] if (faults := executable(text._safe(hole)))}
    assert not found


def test_the_box_stays_closed_around_every_attack() -> None:
    """A page in which the text stands looks the same to a parser before and behind it."""
    for source in MARKUP:
        seen = inspect(f"<blockquote>{rendered(source)}</blockquote><p>behind</p>")
        assert not seen.faults, source
        assert seen.words[-1] == "behind"


def test_no_reference_brings_back_what_was_taken_out() -> None:
    html = text.render("a &#8238; b &#x202E; c &#8294; d &amp;#8238; e&#769;&#769; f `&#8238;` g").html
    assert not any(hidden in html for hidden in "\u202e\u2066\u0301")
    assert "&amp;#8238; e" in html, "what was written as a reference to an ampersand stays one"


@pytest.mark.parametrize(
    "link",
    [
        "[x](https://bank.example@eve.example)",
        "[x](https://exa\u200bmple.org)",
        "[x](https://exa\u200dmple.org)",
        "[x](https://example.org/\u00ad)",
        "[x](www)",
        "[x](#post)",
        "[x](?page=2)",
    ],
)
def test_addresses_that_deceive_or_lead_nowhere_are_words_only(link: str) -> None:
    assert text.render(link).html == '<p dir="auto">x</p>'
