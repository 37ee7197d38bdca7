"""German Markdown as people of a municipal partnership write it, made from parts: the same number, the same text."""

from __future__ import annotations

import random

SUBJECTS = (
    "Unser Arbeitskreis",
    "Die Verwaltung",
    "Der Jugendbeirat",
    "Die Freiwilligenagentur",
    "Ein Verein aus der Südstadt",
    "Die Kollegin im Rathaus",
    "Der Partnerschaftsbeirat",
    "Unsere Partnergemeinde",
)
VERBS = (
    "hat im Frühjahr beschlossen",
    "fragt sich seit Längerem",
    "hat zweimal versucht",
    "wünscht sich sehr",
    "erlebt gerade",
    "musste lernen",
)
OBJECTS = (
    "die Sitzungen für alle zu öffnen",
    "wie neue Menschen dazukommen können",
    "dass Übersetzungen früher vorliegen müssen",
    "dass Vertrauen mehr Zeit braucht als ein Förderantrag",
    "die Müllabfuhr und die Wasserwerke zusammenzubringen",
    "ob ein gemeinsamer Haushalt überhaupt möglich wäre",
    "die Ehrenamtlichen besser zu entlasten",
)
ENDS = (
    "und das hat uns überrascht.",
    "weil größere Träger sonst alles entscheiden.",
    "obwohl die Mittel knapp sind.",
    "und am Ende waren alle müde, aber zufrieden.",
    "was wir **ausdrücklich** begrüßen.",
    "auch wenn es *nicht* in jedem Jahr gelingt.",
)
ITEMS = (
    "ein fester Ansprechpartner je Ort",
    "Treffen nach Feierabend",
    "Fahrtkosten auch für Ehrenamtliche",
    "ein Protokoll in einfacher Sprache",
)


def title(number: int) -> str:
    """The title of a topic."""
    made = random.Random(f"title {number}")
    return f"{made.choice(SUBJECTS)}: {made.choice(OBJECTS)} ({number})"


def body(number: int, length: int | None = None) -> str:
    """A post in Markdown of about ``length`` characters; without it, of a length as people vary (200 to 1,800)."""
    made = random.Random(f"body {number}")
    wanted = length or int(made.triangular(200, 1_800, 700))
    parts = [_paragraph(made)]
    while sum(map(len, parts)) + 2 * len(parts) < wanted - 80:
        kind = made.random()
        if kind < 0.12:
            parts.append("\n".join(f"- {item}" for item in made.sample(ITEMS, 3)))
        elif kind < 0.2:
            parts.append(f"> {_sentence(made)}")
        elif kind < 0.26:
            parts.append(f"Mehr dazu: https://partnerschaft.example/themen/{made.randrange(900)}")
        else:
            parts.append(_paragraph(made))
    return "\n\n".join(parts)[: wanted if length else None].rstrip(" *_>-\n")


def _paragraph(made: random.Random) -> str:
    return " ".join(_sentence(made) for _ in range(made.randint(1, 4)))


def _sentence(made: random.Random) -> str:
    return f"{made.choice(SUBJECTS)} {made.choice(VERBS)}, {made.choice(OBJECTS)}, {made.choice(ENDS)}"
