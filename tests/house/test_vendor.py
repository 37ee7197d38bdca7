"""What the browser is sent: third-party files as locked, and styles and macros that need nothing else."""

import gzip
import io
import json
import re
import tarfile
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from wtforms import BooleanField, DateField, Form, RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from forum.web.pages import icon
from scripts import vendor

ROOT = Path(__file__).resolve().parents[2]
STYLES = sorted((ROOT / "static/css").glob("*.css"))
TOML = """
[[package]]
name = "@wool/thread"
version = "1.2.0"
folder = "thread"
files = ["dist/thread.js"]
[package.sprite]
to = "static/icons.svg"
stroke_width = "1.5"
icons = ["pin"]
"""
CONTENT = {
    "package.json": json.dumps({"name": "@wool/thread", "version": "1.2.0", "license": "ISC"}),
    "LICENSE": "Use it well.",
    "dist/thread.js": "export default 1;\n",
    "dist/unwanted.js": "no",
    "icons/pin.svg": '<!-- by us -->\n<svg\n  width="24"\n>\n  <path d="M1 1h2" />\n</svg>\n',
}


def pack(content: dict[str, str]) -> vendor.Fetch:
    """An npm that has one package, with this content."""

    def fetch(name: str, version: str, into: Path) -> Path:
        with tarfile.open(into / "package.tgz", "w") as tar:
            for path, text in content.items():
                member = tarfile.TarInfo(f"package/{path}")
                member.size = len(text.encode())
                tar.addfile(member, io.BytesIO(text.encode()))
        return into / "package.tgz"

    return fetch


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project with one package fetched."""
    (tmp_path / "vendor.toml").write_text(TOML)
    vendor.run(tmp_path, pack(CONTENT))
    return tmp_path


def everything(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_the_forum_serves_what_was_locked() -> None:
    assert vendor.check(ROOT) == []


def test_a_package_is_laid_down_with_its_licence_and_nothing_unasked(shop: Path) -> None:
    found = everything(shop)
    assert set(found) == {
        "vendor.toml",
        "vendor.lock.json",
        "static/icons.svg",
        "static/vendor/thread@1.2.0/LICENSE",
        "static/vendor/thread@1.2.0/thread.js",
    }
    assert '<symbol id="pin"' in found["static/icons.svg"].decode()
    assert json.loads(found["vendor.lock.json"])["@wool/thread@1.2.0"]["licence"] == "ISC"


def test_a_second_run_changes_no_byte(shop: Path) -> None:
    before = everything(shop)
    vendor.run(shop, pack(CONTENT))
    assert everything(shop) == before
    assert vendor.check(shop) == []


def test_an_archive_that_differs_from_the_locked_one_is_refused(shop: Path) -> None:
    before = everything(shop)
    with pytest.raises(vendor.RefusedError, match="not the one that was locked"):
        vendor.run(shop, pack(CONTENT | {"dist/thread.js": "export default 2;\n"}))
    assert everything(shop) == before


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (CONTENT | {"package.json": '{"name": "@w00l/thread", "version": "1.2.0"}'}, "Asked for"),
        ({path: text for path, text in CONTENT.items() if path != "LICENSE"}, "without a licence"),
    ],
)
def test_a_package_of_another_name_or_without_a_licence_is_refused(
    tmp_path: Path, content: dict[str, str], why: str
) -> None:
    (tmp_path / "vendor.toml").write_text(TOML)
    with pytest.raises(vendor.RefusedError, match=why):
        vendor.run(tmp_path, pack(content))
    assert set(everything(tmp_path)) == {"vendor.toml"}


def test_a_changed_file_is_found(shop: Path) -> None:
    (shop / "static/vendor/thread@1.2.0/thread.js").write_text("export default 3;\n")
    assert vendor.check(shop) == ["static/vendor/thread@1.2.0/thread.js is not the file that was locked."]


def test_a_missing_file_is_found(shop: Path) -> None:
    (shop / "static/icons.svg").unlink()
    assert vendor.check(shop) == ["static/icons.svg is missing."]


def test_an_extra_file_is_found(shop: Path) -> None:
    (shop / "static/vendor/stray.js").write_text("")
    assert vendor.check(shop) == ["static/vendor/stray.js is in no package of vendor.lock.json."]


def test_a_wish_that_was_never_fetched_is_found(shop: Path) -> None:
    (shop / "vendor.toml").write_text(TOML.replace('["pin"]', '["pin", "pin-off"]'))
    assert [fault for fault in vendor.check(shop) if "vendor.toml asks for something else" in fault]


def test_styles_name_only_files_that_are_here() -> None:
    urls = [(style, url) for style in STYLES for url in re.findall(r'url\("?([^")]+)', style.read_text())]
    assert len(urls) >= 7  # the fonts
    assert [url for style, url in urls if not (style.parent / url).is_file()] == []


def test_styles_know_no_left_and_right() -> None:
    """Arabic is the mirror image only while no property names a side of the screen."""
    side = re.compile(
        r"(?:(?:margin|padding|border|inset|scroll-margin)-(?:left|right|top|bottom)"
        r"|(?<![-\w])(?:left|right|top|bottom|width|height|(?:min|max)-(?:width|height)))"
        r"\s*:|(?:text-align|float):\s*(?:left|right)"
    )
    assert side.search("  .room { margin-left: 1rem; }")
    assert not side.search("  .room { margin-inline-start: 1rem; block-size: 8px; }")
    rules = [(s.name, line) for s in STYLES for line in s.read_text().splitlines() if "@media" not in line]
    assert [found for found in rules if side.search(re.sub(r"@media[^{]*", "", found[1]))] == []


def test_a_first_visit_in_latin_letters_is_below_200_kilobytes() -> None:
    """Fonts and scripts as they lie here (woff2 is packed already), unpacked, without the page itself."""
    first = [*STYLES, ROOT / "static/icons.svg", *ROOT.glob("static/vendor/*/*.js")]
    first += ROOT.glob("static/vendor/*/noto-sans-latin-wght-normal.woff2")
    first += ROOT.glob("static/vendor/*/source-serif-4-latin-wght-normal.woff2")
    packed = sum(len(_gzip(path)) for path in first)
    assert packed < 150_000  # 200 KB less what our own scripts and the page need


def _gzip(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), 6)


def test_templates_ask_only_for_icons_of_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static/icons.svg").read_text()))
    asked = {
        name
        for template in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'\bicon\("([a-z0-9-]+)"', template.read_text())
    }
    assert asked - sprite == set()


class RoomForm(Form):
    title = StringField("Title", [InputRequired()], description="One line.")
    starts = DateField("Starts")
    names = RadioField("Names", choices=[SelectChoice("own", "Own"), SelectChoice("alias", "Alias")])
    guard = BooleanField("Guard")


def draw(source: str, **context: object) -> str:
    app = Flask("face", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.jinja_env.globals["_"] = lambda message, **gaps: message % gaps if gaps else message
    app.jinja_env.globals["icon_html"] = icon
    imports = '{% from "macros/ui.html" import icon, button, field, notice, empty, pager, tag %}'
    with app.test_request_context():
        return render_template_string(imports + source, **context)


def test_a_field_ties_label_hint_and_error_together() -> None:
    form = RoomForm()
    form.validate()
    html = draw('{{ field(form.title, dir="auto") }}', form=form)
    assert '<label for="title">Title</label>' in html
    assert 'aria-describedby="title-hint title-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="title-error"' in html
    assert "This field is required." in html
    assert 'dir="auto"' in html


def test_a_field_that_may_stay_empty_says_so_and_claims_no_error() -> None:
    html = draw("{{ field(form.starts) }}", form=RoomForm())
    assert "(optional)" in html
    assert "aria-invalid" not in html


def test_choices_are_one_group_with_a_name() -> None:
    html = draw("{{ field(form.names) }}{{ field(form.guard) }}", form=RoomForm())
    assert "<legend>Names</legend>" in html
    assert html.count('type="radio"') == 2
    assert html.count('type="checkbox"') == 1


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('{{ icon("pin") }}', 'aria-hidden="true"><use href="'),
        ('{{ icon("pin", "Pinned") }}', 'role="img" aria-label="Pinned"'),
        ('{{ icon("reply") }}', 'class="ico flip"'),
        ('{{ button("Go", "primary") }}', '<button class="primary" type="submit">Go</button>'),
        ('{{ button("Go", href="/x") }}', '<a class="button" href="/x">Go</a>'),
        (
            '{{ button("<Go>", aria_pressed="true", disabled=True) }}',
            'aria-pressed="true" disabled>&lt;Go&gt;',
        ),
        ('{% call notice("error", live=True) %}Lost.{% endcall %}', 'class="notice error" role="alert"'),
        ('{{ empty("inbox", "Nothing", "Yet", "/new", "Begin") }}', 'href="/new">Begin</a>'),
        ('{{ pager("/a", "/b", 2, 3) }}', "Page 2 of 3"),
        ('{{ tag("Locked", "lock", "warn") }}', 'class="tag warn"'),
    ],
)
def test_a_macro_draws(source: str, expected: str) -> None:
    assert expected in draw(source)


def test_a_single_page_has_no_pager() -> None:
    assert draw("{{ pager() }}").strip() == ""
