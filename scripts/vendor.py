"""Bring the third-party files named in ``vendor.toml`` into ``static/``, and prove that they are unaltered.

``python scripts/vendor.py`` fetches with ``npm pack`` and writes ``static/vendor/``, the icon sprite and
``vendor.lock.json``; a second run changes no byte, and a package whose archive differs from the locked one
is refused. ``python scripts/vendor.py --check`` needs no network: it exits with 1 and names every file that
is missing, altered or not in the lock.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = "static/vendor"
LOCK = "vendor.lock.json"

Fetch = Callable[[str, str, Path], Path]
"""Name, version and a folder in, the path of the package's archive in that folder out."""


class RefusedError(Exception):
    """A package is not what was asked for or what was locked."""


def npm_pack(name: str, version: str, into: Path) -> Path:
    """Fetch one package's archive with the ordinary client; its scripts do not run."""
    npm = shutil.which("npm")
    if npm is None:
        raise RefusedError("npm is needed to fetch packages, and is not installed.")
    command = [
        npm,
        "pack",
        "--silent",
        "--ignore-scripts",
        "--pack-destination",
        str(into),
        f"{name}@{version}",
    ]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    return into / done.stdout.split()[-1]


def wanted(root: Path) -> list[dict[str, Any]]:
    """The packages of ``vendor.toml``, in the order of their folders."""
    packages: list[dict[str, Any]] = tomllib.loads((root / "vendor.toml").read_text("utf-8"))["package"]
    return sorted(packages, key=lambda package: package["folder"])


def sprite(icons: dict[str, str], stroke_width: str) -> str:
    """One SVG file with a ``<symbol>`` for each icon, drawn in the colour of the text around it."""
    symbols = []
    for name, svg in sorted(icons.items()):
        inner = re.sub(r"\s*\n\s*", "", re.search(r"<svg[^>]*>(.*)</svg>", svg, re.S)[1])  # type: ignore[index]
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
            f'stroke-width="{stroke_width}" stroke-linecap="round" stroke-linejoin="round">{inner}</symbol>'
        )
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def unpack(package: dict[str, Any], archive: Path) -> tuple[str, dict[str, bytes]]:
    """The package's licence name, and what it contributes: path below the root → bytes."""
    with tarfile.open(archive) as tar:
        content = {
            member.name.partition("/")[2]: tar.extractfile(member).read()  # type: ignore[union-attr]
            for member in tar.getmembers()
            if member.isfile()
        }
    about = json.loads(content["package.json"])
    if (about["name"], about["version"]) != (package["name"], package["version"]):
        raise RefusedError(
            f"Asked for {package['name']} {package['version']}, got {about['name']} {about['version']}."
        )
    base = f"{FOLDER}/{package['folder']}@{package['version']}"
    licences = [path for path in content if re.fullmatch(r"(?i)licen[cs]e(\.\w+)?", path)]
    if not licences:
        raise RefusedError(f"{package['name']} comes without a licence file.")
    files = {f"{base}/{Path(path).name}": content[path] for path in [*licences, *package["files"]]}
    if wish := package.get("sprite"):
        icons = {name: content[f"icons/{name}.svg"].decode() for name in wish["icons"]}
        files[wish["to"]] = sprite(icons, wish["stroke_width"]).encode()
    return about["license"], files


def locked(root: Path) -> dict[str, Any]:
    """What ``vendor.lock.json`` holds: package → asked for, licence, tarball's sha512, files' sha256."""
    path = root / LOCK
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def run(root: Path = ROOT, fetch: Fetch = npm_pack) -> None:
    """Fetch everything, then replace what lies in ``static/`` and the lock; a failure changes nothing."""
    before, lock, everything = locked(root), {}, {}
    for package in wanted(root):
        key = f"{package['name']}@{package['version']}"
        with tempfile.TemporaryDirectory() as folder:
            archive = fetch(package["name"], package["version"], Path(folder))
            sha512 = hashlib.sha512(archive.read_bytes()).hexdigest()
            if key in before and before[key]["tarball_sha512"] != sha512:
                raise RefusedError(f"The archive of {key} is not the one that was locked.")
            licence, files = unpack(package, archive)
        lock[key] = {
            "asked": package,
            "licence": licence,
            "tarball_sha512": sha512,
            "files": {path: hashlib.sha256(data).hexdigest() for path, data in sorted(files.items())},
        }
        everything.update(files)
    shutil.rmtree(root / FOLDER, ignore_errors=True)
    for path, data in everything.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    (root / LOCK).write_text(json.dumps(lock, indent=2, sort_keys=True) + "\n", "utf-8")


def check(root: Path = ROOT) -> list[str]:
    """One sentence for each thing that is not as locked; empty when all is well. Needs no network."""
    lock, faults = locked(root), []
    if [entry["asked"] for entry in lock.values()] != sorted(
        wanted(root), key=lambda p: f"{p['name']}@{p['version']}"
    ):
        faults.append(f"vendor.toml asks for something else than {LOCK} holds: run scripts/vendor.py.")
    files = {path: sha for entry in lock.values() for path, sha in entry["files"].items()}
    for path, sha in files.items():
        if not (root / path).is_file():
            faults.append(f"{path} is missing.")
        elif hashlib.sha256((root / path).read_bytes()).hexdigest() != sha:
            faults.append(f"{path} is not the file that was locked.")
    found = [
        path.relative_to(root).as_posix() for path in sorted((root / FOLDER).rglob("*")) if path.is_file()
    ]
    faults += [f"{path} is in no package of {LOCK}." for path in found if path not in files]
    return faults


def main() -> int:
    """Run or check; the process's exit code."""
    if sys.argv[1:] not in ([], ["--check"]):
        sys.stderr.write("Usage: vendor.py [--check]\n")
        return 2
    try:
        if not sys.argv[1:]:
            run()
        faults = check()
    except (RefusedError, subprocess.CalledProcessError) as error:
        faults = [str(error)]
    sys.stderr.writelines(f"{fault}\n" for fault in faults)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
