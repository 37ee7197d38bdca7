"""What the README and the pages it leads to tell people to type, open and read is there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click import Group
from flask_migrate.cli import db as migrations

from forum.serving import _options
from tests.stage import Stage

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PAGES = {"README.md": README} | {
    str(page.relative_to(ROOT)): page.read_text("utf-8") for page in sorted((ROOT / "docs").rglob("*.md"))
}
PROGRAMS = ("flask", "make", "python", "app.py")
FILES = r"(?:forum|templates|static|tests|scripts|migrations|docs|\.ci)/[\w./@-]*\w"


def commands(text: str) -> list[list[str]]:
    """Every command of a page, in words: from blocks of shell, and from inline code that begins with a program."""
    found = []
    for block in re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        found += [part for line in block.splitlines() for part in re.split(r"&&|\|", line.partition("# ")[0])]
    inline = re.findall(
        r"(?<!`)`([^`\n]+)`(?!`)", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    )
    found += [code for code in inline if Path(code.partition(" ")[0]).name in PROGRAMS and " " in code]
    return [_bare(shlex.split(command)) for command in found if command.strip()]


def _bare(words: list[str]) -> list[str]:
    """Without settings before it."""
    while words and re.match(r"[A-Z_]+=", words[0]):
        words = words[1:]
    return words


ALL = [(page, command) for page, text in PAGES.items() for command in commands(text)]


def test_the_test_command_is_the_one_of_ci() -> None:
    line = re.search(
        r"^python3 -m venv .*-m pytest -n 2$", (ROOT / ".ci/run").read_text("utf-8"), re.MULTILINE
    )
    assert line is not None
    assert f"```sh\n{line[0]}\n```" in README


def test_the_start_command_is_there() -> None:
    start = (
        "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt && .venv/bin/python app.py --demo"
    )
    assert f"```sh\n{start}\n```" in README


def test_commands_are_found_at_all() -> None:
    assert ["make", "sure"] in commands("Run `make sure` first.")
    assert commands("```sh\nA=1 .venv/bin/python app.py && b c  # so\n```") == [
        [".venv/bin/python", "app.py"],
        ["b", "c"],
    ]
    assert len(ALL) > 15


@pytest.mark.parametrize(("where", "command"), ALL, ids=[f"{page}: {' '.join(c)}" for page, c in ALL])
def test_a_command_exists(stage: Stage, where: str, command: list[str]) -> None:
    program, arguments = Path(command[0]).name, command[1:]
    assert _exists(stage, program, arguments), f"{where} names {' '.join(command)}"


def _exists(stage: Stage, program: str, arguments: list[str]) -> bool:
    """Whether the forum's own part of a command is there; of others' programs nothing is known here."""
    if program == "flask":
        return _flask(stage.app.cli, arguments)
    if program == "make":
        return all(f"\n{target}:" in (ROOT / "Makefile").read_text("utf-8") for target in arguments)
    if program == "app.py":
        return _options(arguments) is not None
    if program in ("python", "python3") and arguments and not arguments[0].startswith("-"):
        file = ROOT / arguments[0]
        return file.is_file() and (file.name != "app.py" or _options(arguments[1:]) is not None)
    if program == "pip":
        return all((ROOT / name).is_file() for name in arguments if name.endswith(".txt"))
    return True


def _flask(group: Group, words: list[str]) -> bool:
    while words and words[0] in ("--app", "app"):
        words = words[1:]
    command = {"db": migrations, **group.commands}.get(words[0])
    if isinstance(command, Group):
        return bool(words[1:]) and _flask(command, words[1:])
    known = {name for option in command.params for name in option.opts} if command else set()
    return command is not None and {word for word in words[1:] if word.startswith("--")} <= known


@pytest.mark.parametrize(
    "wrong", ["flask fly", "flask demo --yaml", "flask user", "make haste", "python nothing.py"]
)
def test_a_command_that_is_not_there_is_found(stage: Stage, wrong: str) -> None:
    program, *arguments = wrong.split()
    assert not _exists(stage, program, arguments)


@pytest.mark.parametrize("where", PAGES)
def test_links_and_named_files_lead_somewhere(where: str) -> None:
    folder = (ROOT / where).parent
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", PAGES[where])]
    named = re.findall(rf"`({FILES}/?)`", PAGES[where])
    lost = [link for link in links if "://" not in link and link and not (folder / link).exists()]
    assert lost + [name for name in named if not (ROOT / name).exists()] == []
