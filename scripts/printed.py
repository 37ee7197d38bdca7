"""Print the pages of ``docs/`` that the code itself can tell: who may, what can happen, what the API offers.

``python scripts/printed.py`` writes them, ``python scripts/printed.py --check`` exits with 1 and names every page
that no longer says what the code says.
"""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from forum import changes as happenings  # noqa: E402  # the forum can be found only now
from forum.changes import Change, ThreadChange  # noqa: E402
from forum.permissions import ROLE_NAMES, Permission, Role  # noqa: E402

FOOT = "\nPrinted from the code by `python scripts/printed.py`.\n"
VERBS = ("get", "post", "put", "patch", "delete")


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def permissions() -> str:
    """``docs/permissions.md``: one row for each right."""
    rows = [
        [f"`{right.name}`", right.meaning, *("yes" if role in right.roles else "–" for role in Role)]
        for right in Permission
    ]
    return (
        "# Who may do what\n\n"
        "Rights in an event come from the roles a member holds in it and from nothing else; one person may hold "
        "several. Whoever signs in can read the same table in the forum under `/help/permissions`. To make an event "
        "takes an account that may organise, or the role of organiser in another event.\n\n"
        + table(["right", "what it allows", *(ROLE_NAMES[role].lower() for role in Role)], rows)
        + FOOT
    )


def changes() -> str:
    """``docs/changes.md``: what can happen, and who hears it."""
    found = [c for c in vars(happenings).values() if inspect.isclass(c) and issubclass(c, Change)]
    numbered = [c for c in found if issubclass(c, ThreadChange) and hasattr(c, "kind")]
    told = [c for c in found if c not in numbered and not c.__subclasses__()]
    head = ["change", "what happened", "it carries", "heard together", "heard afterwards"]
    return (
        "# What can happen\n\n"
        "Every change carries ids and nothing that anybody wrote. Listeners that hear it *together* work in its "
        "transaction; those that hear it *afterwards* work once it is committed, and their failures undo nothing.\n\n"
        "## Changes of a thread\n\n"
        "Each takes the next number of its thread, its revision, and is told to all who follow the thread.\n\n"
        + table(["name in the live protocol", *head], [[f"`{c.kind}`", *_heard(c)] for c in numbered])
        + "\n## Other changes\n\nThey take no number.\n\n"
        + table(head, [_heard(c) for c in told])
        + FOOT
    )


def _heard(change: type[Change]) -> list[str]:
    from forum.listeners import AFTERWARDS, TOGETHER

    fields = ", ".join(f"`{field.name}`" for field in dataclasses.fields(change))
    ears = [
        ", ".join(
            f"`{ear.__module__.removeprefix('forum.')}.{ear.__name__}`" for ear in heard.get(change, ())
        )
        for heard in (TOGETHER, AFTERWARDS)
    ]
    return [f"`{change.__name__}`", _line(change), fields, *(said or "–" for said in ears)]


def _line(thing: object) -> str:
    return (inspect.getdoc(thing) or "").partition("\n")[0]


def api(document: Mapping[str, Any]) -> str:
    """``docs/api.md``: every call of the OpenAPI document."""
    rows = [
        [f"`{verb.upper()}`", f"`{path}`", str(call[verb].get("summary", "")).replace("`", "")]
        for path, call in sorted(document["paths"].items())
        for verb in VERBS
        if verb in call
    ]
    return (
        "# The JSON API\n\n"
        "A running forum gives the whole OpenAPI document, with every field, under `/api/v1/openapi.json`. A program "
        "sends `Authorization: Bearer TOKEN`; `flask token create EMAIL` makes a token. Errors are problem details "
        "(RFC 9457); what a caller may not know of is answered with 404, as if it were not there.\n\n"
        + table(["method", "path", "what for"], rows)
        + FOOT
    )


@contextlib.contextmanager
def described() -> Iterator[dict[str, Any]]:
    """The OpenAPI document of an app made for this moment alone."""
    from forum import config
    from forum.factory import create_app

    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):  # no .env of this checkout
        app = create_app(config.read({"FORUM_INSTANCE": folder, "FORUM_LOG_LEVEL": "warning"}))
        document: dict[str, Any] = app.test_client().get("/api/v1/openapi.json").get_json()
        yield document


def pages() -> dict[str, str]:
    """Every printed page: path below the checkout -> what it has to say."""
    with described() as document:
        return {
            "docs/permissions.md": permissions(),
            "docs/changes.md": changes(),
            "docs/api.md": api(document),
        }


def check(root: Path, printed: Mapping[str, str]) -> list[str]:
    """One line for each page that is missing or says something else than the code."""
    faults = []
    for name, text in printed.items():
        file = root / name
        if not file.is_file():
            faults.append(f"{name} is missing.")
        elif file.read_text("utf-8") != text:
            faults.append(f"{name} no longer says what the code says.")
    return faults


def write(root: Path, printed: Mapping[str, str]) -> None:
    """Write the pages."""
    for name, text in printed.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


def main(arguments: list[str]) -> int:
    """Write the pages, or with ``--check`` compare them; gives the exit code."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("Usage: python scripts/printed.py [--check]\n")
        return 2
    printed = pages()
    if not arguments:
        write(ROOT, printed)
        return 0
    faults = check(ROOT, printed)
    for fault in faults:
        sys.stderr.write(fault + "\n")
    if faults:
        sys.stderr.write("Print them anew: python scripts/printed.py\n")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
