"""The pages that are printed from the code say what the code says."""

import subprocess
import sys
from pathlib import Path

import pytest

from forum.permissions import Permission, Role
from scripts import printed

ROOT = Path(__file__).resolve().parents[2]
PAGES = {"docs/permissions.md": printed.permissions(), "docs/changes.md": printed.changes()}


def test_the_pages_are_current() -> None:
    """In a process of its own: the app that knows the API is made for this alone."""
    done = subprocess.run(
        [sys.executable, "scripts/printed.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_what_was_just_written_is_current(tmp_path: Path) -> None:
    printed.write(tmp_path, PAGES)
    assert printed.check(tmp_path, PAGES) == []


def test_a_page_that_says_something_else_is_found(tmp_path: Path) -> None:
    printed.write(tmp_path, PAGES)
    page = tmp_path / "docs/permissions.md"
    page.write_text(page.read_text().replace("Hide a post", "Burn a post"))
    assert printed.check(tmp_path, PAGES) == ["docs/permissions.md no longer says what the code says."]


def test_a_missing_page_is_found(tmp_path: Path) -> None:
    printed.write(tmp_path, PAGES)
    (tmp_path / "docs/changes.md").unlink()
    assert printed.check(tmp_path, PAGES) == ["docs/changes.md is missing."]


def test_a_right_that_moves_to_another_role_changes_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Permission.POST_HIDE, "roles", frozenset({Role.PARTICIPANT}))
    assert (
        "| `POST_HIDE` | Hide a post with a reason, and restore it. | yes | – | – | – |"
        in printed.permissions()
    )
    assert printed.permissions() != PAGES["docs/permissions.md"]


def test_a_call_of_the_api_is_a_row() -> None:
    page = printed.api(
        {"paths": {"/api/v1/posts/{id}": {"parameters": [], "get": {"summary": "A `post` | one"}}}}
    )
    assert "| `GET` | `/api/v1/posts/{id}` | A post \\| one |" in page


def test_an_unknown_wish_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed.main(["--chek"]) == 2
    assert "Usage" in capsys.readouterr().err
