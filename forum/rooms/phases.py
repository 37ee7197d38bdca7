"""The phases of an event follow from its dates. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from forum.i18n import N_


class Phase(StrEnum):
    """Before, during and after the event; archived means read only."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"
    ARCHIVED = "archived"


PHASE_NAMES = {
    Phase.BEFORE: N_("Before the event"),
    Phase.DURING: N_("During the event"),
    Phase.AFTER: N_("After the event"),
    Phase.ARCHIVED: N_("Archived"),
}
WRITING = (Phase.BEFORE, Phase.DURING, Phase.AFTER)


def phase(starts: datetime, ends: datetime, closes: datetime, now: datetime) -> Phase:
    """The phase at ``now``: during from the start up to the end, archived from the closing on."""
    if now >= closes:
        return Phase.ARCHIVED
    if now < starts:
        return Phase.BEFORE
    return Phase.DURING if now < ends else Phase.AFTER


def may_post(open_phases: Collection[str], now_phase: Phase, *, anytime: bool) -> bool:
    """Whether the room's rule lets one write now. ``anytime``: a role that may write outside of the open phases."""
    if now_phase is Phase.ARCHIVED:
        return False
    return anytime or now_phase in open_phases
