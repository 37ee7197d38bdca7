"""The rooms that a new event begins with: the four themes, in three languages."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from forum.rooms.actions import RoomPlan


@cache
def rooms() -> tuple[RoomPlan, ...]:
    """The rooms of the template, in their order."""
    with (Path(__file__).parent / "template.toml").open("rb") as file:
        rows = tomllib.load(file)["room"]
    return tuple(
        RoomPlan(
            key=row["key"],
            title=row["title"],
            description=row["description"],
            questions=row["questions"],
            hue=row["hue"],
            icon=row["icon"],
            premoderation=row["premoderation"],
            files=row.get("files", True),
        )
        for row in rows
    )
