"""Forms for writing."""

from __future__ import annotations

from wtforms import HiddenField, IntegerField, RadioField, StringField, TextAreaField

from forum.i18n import N_
from forum.rooms.models import Room
from forum.web.forms import Form, choices


class PostForm(Form):
    """A post: its words, what to warn of, and the name it is written under where the room lets one choose."""

    body = TextAreaField(N_("Your post"))
    warning = StringField(N_("Content warning (optional)"))
    alias = RadioField(
        N_("Name"),
        choices=choices([("", N_("Under my own name")), ("yes", N_("Under an alias"))]),
        default="",
        validate_choice=False,
    )
    parent = HiddenField()
    key = HiddenField()

    def wish(self, room: Room) -> bool | None:
        """Whether an alias is wanted, where the room gives the choice."""
        return self.alias.data == "yes" if room.names == "choice" else None


class ThreadForm(PostForm):
    """A topic with its opening post."""

    title = StringField(N_("Title of the topic"))


class EditForm(Form):
    """A changed post, and the version that was read."""

    body = TextAreaField(N_("Your post"))
    warning = StringField(N_("Content warning (optional)"))
    version = IntegerField()
