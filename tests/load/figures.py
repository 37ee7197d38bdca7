"""What was measured: several runs of a figure, its median and spread, and its ratio to a bare limit of the same runs."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure over several runs. ``beside``: the bare limit measured in the same runs, in the same order."""

    part: str
    name: str
    unit: str
    values: Sequence[float]
    beside: Sequence[float] = ()
    beside_name: str = ""
    mode: str = ""

    @property
    def ratios(self) -> list[float]:
        """Figure by bare limit, run by run, so that a busy moment of the machine weighs on both."""
        return [value / bare for value, bare in zip(self.values, self.beside, strict=False) if bare]

    def as_json(self) -> dict[str, Any]:
        """Everything, for programs."""
        found = {
            "part": self.part,
            "name": self.name,
            "unit": self.unit,
            "mode": self.mode,
            "values": list(self.values),
            **_spread(self.values),
        }
        if self.beside:
            found["beside"] = {
                "name": self.beside_name,
                "values": list(self.beside),
                **_spread(self.beside),
            }
            found["ratio"] = _spread(self.ratios)
        return found

    def line(self) -> str:
        """One line of the table."""
        told = f"  {self.name:<52} {_say(self.values):>26} {self.unit:<5}"
        if self.ratios:
            told += f"  = {median(self.ratios):.2f} × {self.beside_name} ({_say(self.beside)} {self.unit};"
            told += f" {min(self.ratios):.2f}–{max(self.ratios):.2f} ×)"
        return told.rstrip()


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {"median": median(values), "min": min(values), "max": max(values)} if values else {}


def _say(values: Sequence[float]) -> str:
    if not values:
        return "–"
    if min(values) == max(values):
        return _number(values[0])
    return f"{_number(median(values))} ({_number(min(values))}–{_number(max(values))})"


def _number(value: float) -> str:
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:,.1f}" if abs(value) < 1000 else f"{value:,.0f}"


def share(values: Iterable[float], part: float) -> float:
    """The value below which this part of all values lies (0.5: the median), 0 where there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


@dataclass
class Report:
    """All figures of one call, with what is to be known about the machine and the data."""

    facts: dict[str, Any] = field(default_factory=dict)
    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, figures: Iterable[Figure]) -> None:
        """Keep figures and print them."""
        for figure in figures:
            self.figures.append(figure)
            print(figure.line(), flush=True)

    def note(self, said: str) -> None:
        """Keep and print what went otherwise than meant."""
        self.notes.append(said)
        print(f"  ! {said}", flush=True)

    def write(self, file: Path) -> None:
        """As JSON."""
        facts = {"python": platform.python_version(), "machine": platform.machine(), **self.facts}
        whole = {"facts": facts, "notes": self.notes, "figures": [one.as_json() for one in self.figures]}
        file.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", "utf-8")
