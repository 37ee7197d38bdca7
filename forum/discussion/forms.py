"""Forms for writing."""

from __future__ import annotations

from wtforms import HiddenField, IntegerField, RadioField, StringField, TextAreaField

from forum.discussion.actions import About
from forum.discussion.picture_fields import PicturesForm
from forum.errors import Refused
from forum.i18n import N_, _
from forum.rooms.models import Room
from forum.web.forms import choices


class WordsForm(PicturesForm):
    """What an author says: the words, and what they say about them."""

    body = TextAreaField(N_("Your post"))
    warning = StringField(N_("Content warning (optional)"))
    language = StringField(N_("Language of the post"))
    question = StringField(N_("Answers the guiding question"))
    place = saved = ""
    """Where its draft is kept, and since when, in words; see ``drafting.py``."""

    def about(self) -> About:
        """What the author says about the post."""
        number = self.question.data or None
        if number is not None and not (number.isascii() and number.isdecimal() and len(number) < 4):
            raise Refused("post.question", _("This room has no such guiding question."), "question")
        return About(
            warning=self.warning.data,
            language=self.language.data or None,
            question=int(number) if number else None,
            pictures=self.chosen(),
            dropped=frozenset(self.leave.data),
        )


class PostForm(WordsForm):
    """A new post: also the name it is written under where the room lets one choose."""

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


class EditForm(WordsForm):
    """A changed post, and the version that was read."""

    version = IntegerField()
