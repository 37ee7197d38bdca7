"""The part of a form that brings pictures, with and without scripts.

A picture is kept as soon as it has come in, whatever becomes of the form: it then stands in the form by its id, with
a field for what it shows in words. Ids and words lie in parallel fields, so drafts keep them like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from wtforms import Field, MultipleFileField

from forum.discussion import attachments
from forum.discussion.attachments import FIELD, MOST, Chosen
from forum.discussion.cards import File
from forum.discussion.images import LARGEST_FILE, small_size
from forum.errors import Refused
from forum.i18n import N_, _
from forum.markup import shows
from forum.permissions import Actor
from forum.rooms import queries as rooms
from forum.rooms.models import Room
from forum.web import identity, uploads
from forum.web.forms import Form

REMOVED = {
    "location": N_("the place where it was taken"),
    "camera": N_("details of the camera"),
    "date": N_("the time when it was taken"),
    "name": N_("a name"),
    "comment": N_("a comment"),
    "other": N_("other hidden details"),
}
"""What files tell beside their picture, and what is taken out."""


class Several(Field):
    """Values of fields of one name, as they were sent."""

    def process_data(self, value: Any) -> None:
        """What holds where nothing was sent."""
        self.data = list(value or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        """What was sent."""
        self.data = list(valuelist)

    def add(self, value: str) -> None:
        """One more, as if it had been sent."""
        self.data = self.raw_data = [*self.data, value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A picture as it stands in the form; sizes in points, of the small version."""

    id: str
    width: int
    height: int
    alternative: str
    plain: bool
    leave: bool
    removed: Sequence[str]
    wrong: bool


class PicturesForm(Form):
    """A form that may bring pictures."""

    pictures = MultipleFileField(N_("Pictures"))
    file = Several()
    """Ids of pictures that came in before."""
    alt = Several()
    """What each of them shows, in words."""
    plain = Several()
    """Ids of those that only decorate."""
    leave = Several()
    """Ids of those that are not to stand on the post."""
    enclosed: tuple[File, ...] = ()
    """What the post bears already."""

    def take(self, actor: Actor, room: Room) -> None:
        """Keep the pictures that came with the form; what cannot be kept is said beside the field."""
        self._said: list[Refused] = []
        sent = uploads.sent(FIELD)
        if not sent or not rooms.writable(actor, room):
            return
        if not room.files:
            self._refuse(Refused("file.room", _("In this room posts bear no pictures."), FIELD))
            return
        free = max(
            0, MOST - len(set(self.file.data) | {file.id for file in self.enclosed}) + len(self.leave.data)
        )
        for one in sent[:free]:
            try:
                self.file.add(attachments.receive(actor, one.filename or "", one.read(LARGEST_FILE + 1)))
            except Refused as refusal:
                self._refuse(refusal)
        if len(sent) > free:
            said = _("A post bears at most %(count)d pictures.", count=MOST)
            self._refuse(Refused("file.many", said, FIELD))

    def _refuse(self, refusal: Refused) -> None:
        self.refuse(refusal)
        self._said.append(refusal)

    def refuse(self, refusal: Refused) -> None:
        """Put a refusal beside its field, once."""
        if refusal not in getattr(self, "_said", ()):
            super().refuse(refusal)

    def chosen(self) -> tuple[Chosen, ...]:
        """The pictures that are to stand on the post. Raises ``Refused`` where one could not be kept, or has no words."""
        for refusal in getattr(self, "_said", ()):
            raise refusal
        wanted = {key: said for key, said in self._typed().items() if key not in self.leave.data}
        if any(self._wordless(key, said) for key, said in wanted.items()):
            said = _("Please say for each picture what it shows, or that it only decorates.")
            raise Refused("file.alternative", said, FIELD)
        return tuple(
            Chosen(id=key, alternative=attachments.alternative(said) if shows(said) else "")
            for key, said in wanted.items()
        )

    def _typed(self) -> dict[str, str]:
        ids: list[str] = self.file.data[: 4 * MOST]
        return dict(zip_longest(ids, self.alt.data[: len(ids)], fillvalue=""))

    def _wordless(self, key: str, said: str) -> bool:
        return not shows(said) and key not in self.plain.data

    def entries(self) -> list[Entry]:
        """The pictures that stand in the form, those that the post bears first."""
        return list(self._entries())

    def _entries(self) -> Iterator[Entry]:
        typed, borne = self._typed(), {file.id: file for file in self.enclosed}
        new = attachments.unsent(identity.actor(), [key for key in typed if key not in borne])
        for key in dict.fromkeys([*borne, *typed]):
            found = borne.get(key) or new.get(key)
            if found is None:  # it was not kept any longer
                continue
            width, height = small_size(found.width, found.height)
            said = typed.get(key, found.alternative)
            plain = key in self.plain.data if key in typed else not found.alternative
            yield Entry(
                id=key,
                width=width,
                height=height,
                alternative=said,
                plain=plain,
                leave=key in self.leave.data,
                removed=[_(REMOVED[kind]) for kind in getattr(found, "removed", ())],
                wrong=bool(self.pictures.errors) and key in typed and self._wordless(key, said),
            )
