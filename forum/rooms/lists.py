"""Reads a pasted list of people: name, e-mail, group, role, from a table or typed. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from forum import text
from forum.errors import Refused
from forum.i18n import _
from forum.people.actions import email
from forum.permissions import Group, Role
from forum.rooms.actions import Invitee

MOST = 500
GROUPS = {
    **dict.fromkeys(
        ("municipality", "kommune", "stadt", "verwaltung", "kommunalverwaltung", "بلدية"), Group.MUNICIPALITY
    ),
    **dict.fromkeys(
        ("civil-society", "civil society", "zivilgesellschaft", "verein", "مجتمع مدني", "المجتمع المدني"),
        Group.CIVIL_SOCIETY,
    ),
    **dict.fromkeys(("other", "andere", "sonstige", "أخرى", ""), Group.OTHER),
}
ROLES = {
    **dict.fromkeys(
        ("participant", "teilnehmende", "teilnehmer", "teilnehmerin", "teilnahme", "مشارك", ""),
        Role.PARTICIPANT,
    ),
    **dict.fromkeys(("moderator", "moderatorin", "moderation", "مشرف"), Role.MODERATOR),
    **dict.fromkeys(("facilitator", "prozessbegleitung", "dokumentation", "ميسّر", "ميسر"), Role.FACILITATOR),
    **dict.fromkeys(
        (
            "organiser",
            "organizer",
            "organisation",
            "organisator",
            "organisatorin",
            "veranstaltung",
            "منظم",
            "منظّم",
        ),
        Role.ORGANISER,
    ),
}


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """A line that cannot be read: its number (from 1), what it says, and why."""

    line: int
    text: str
    why: str


def read(source: str) -> tuple[list[Invitee], list[Wrong]]:
    """The people in the list, and the lines that cannot be read. Nothing is guessed and no line is left out silently."""
    invitees: list[Invitee] = []
    wrong: list[Wrong] = []
    seen: set[str] = set()
    for number, line in enumerate(source.splitlines(), 1):
        if not line.strip() or (number == 1 and "@" not in line):
            continue
        try:
            invitee = _person(line)
            if invitee.email in seen:
                raise Refused("list.twice", _("This e-mail address stands in the list twice."))
            if len(invitees) >= MOST:
                raise Refused("list.long", _("At most %(count)d people at once.", count=MOST))
        except Refused as refusal:
            wrong.append(Wrong(line=number, text=line.strip()[:200], why=refusal.message))
            continue
        seen.add(invitee.email)
        invitees.append(invitee)
    return invitees, wrong


def _person(line: str) -> Invitee:
    separator = next((mark for mark in ("\t", ";", "؛", ",", "،") if mark in line), "\t")
    cells = [cell.strip().strip('"') for cell in line.split(separator)]
    place = next((place for place, cell in enumerate(cells) if "@" in cell), None)
    if place is None:
        raise Refused("list.email", _("There is no e-mail address in this line."))
    address = email(cells.pop(place))
    name = text.name(cells.pop(0) if cells and cells[0] else address.partition("@")[0])
    group, roles = Group.OTHER, set()
    for cell in (cell.casefold().removesuffix("/ة") for cell in cells if cell):
        words = [word.strip() for word in re.split(r"[+/|]", cell)]
        if cell in GROUPS:
            group = GROUPS[cell]
        elif all(word in ROLES for word in words):
            roles |= {ROLES[word] for word in words}
        else:
            raise Refused("list.word", _("“%(word)s” is neither a group nor a role.", word=cell[:40]))
    return Invitee(name=name, email=address, group=group, roles=frozenset(roles or {Role.PARTICIPANT}))
