"""Forms of the organiser."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from forum import clock
from forum.errors import Refused
from forum.i18n import LOCALES, N_, _
from forum.permissions import GROUP_NAMES, ROLE_NAMES
from forum.rooms.actions import HUES, NAMES, PAUSES, EventPlan, RoomPlan
from forum.rooms.models import Event, Room, Texts
from forum.rooms.phases import PHASE_NAMES, WRITING
from forum.web.forms import Form, choices

NEEDED = N_("Please fill this in.")
HUE_NAMES = {
    "olive": N_("Olive"),
    "saffron": N_("Saffron"),
    "pomegranate": N_("Pomegranate"),
    "sea": N_("Sea"),
    "plum": N_("Plum"),
    "slate": N_("Slate"),
}


class Boxes(SelectMultipleField):
    """Several choices as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class EventForm(Form):
    """An event's texts and dates."""

    title_de = StringField(N_("Title (German)"), [InputRequired(NEEDED)])
    title_en = StringField(N_("Title (English)"))
    title_ar = StringField(N_("Title (Arabic)"))
    welcome_de = TextAreaField(N_("Welcome (German)"))
    welcome_en = TextAreaField(N_("Welcome (English)"))
    welcome_ar = TextAreaField(N_("Welcome (Arabic)"))
    day = DateField(N_("Day of the event"), [InputRequired(NEEDED)])
    begins = TimeField(N_("Begins at"), [InputRequired(NEEDED)])
    ends = TimeField(N_("Ends at"), [InputRequired(NEEDED)])
    closes = DateField(N_("Open for writing until"), [InputRequired(NEEDED)])
    version = IntegerField()

    def plan(self, subtitle: Texts | None = None) -> EventPlan:
        """What the organiser decided, with times in UTC. Refuses days that no calendar can turn into UTC."""
        for day in (self.day, self.closes):
            if not 2000 <= day.data.year < 3000:
                raise Refused("event.day", _("Choose a day of this millennium."), day.name)
        return EventPlan(
            title=_texts(self, "title"),
            subtitle=subtitle,
            welcome=_texts(self, "welcome"),
            starts_at=datetime.combine(self.day.data, self.begins.data, clock.ZONE),
            ends_at=datetime.combine(self.day.data, self.ends.data, clock.ZONE),
            closes_at=clock.start_of(self.closes.data + timedelta(days=1)),
        )

    @classmethod
    def of(cls, event: Event) -> EventForm:
        """The form filled with what holds now."""
        starts, ends, closes = (
            moment.astimezone(clock.ZONE) for moment in (event.starts_at, event.ends_at, event.closes_at)
        )
        filled = {f"title_{code}": event.title.get(code, "") for code in LOCALES}
        filled |= {f"welcome_{code}": event.welcome.get(code, "") for code in LOCALES}
        return cls(
            **filled,
            day=starts.date(),
            begins=starts.time(),
            ends=ends.time(),
            closes=(closes - timedelta(seconds=1)).date(),
            version=event.version,
        )

    @classmethod
    def fresh(cls) -> EventForm:
        """The form for a new event, with dates that make sense."""
        day: date = clock.now().astimezone(clock.ZONE).date() + timedelta(days=28)
        return cls(
            day=day,
            begins=datetime.min.replace(hour=10).time(),
            ends=datetime.min.replace(hour=16).time(),
            closes=day + timedelta(days=60),
            version=1,
        )


class RoomForm(Form):
    """A room's texts and rules."""

    title_de = StringField(N_("Title (German)"), [InputRequired(NEEDED)])
    title_en = StringField(N_("Title (English)"))
    title_ar = StringField(N_("Title (Arabic)"))
    description_de = StringField(N_("One sentence about it (German)"))
    description_en = StringField(N_("One sentence about it (English)"))
    description_ar = StringField(N_("One sentence about it (Arabic)"))
    questions_de = TextAreaField(N_("Guiding questions, one a line (German)"))
    questions_en = TextAreaField(N_("Guiding questions, one a line (English)"))
    questions_ar = TextAreaField(N_("Guiding questions, one a line (Arabic)"))
    posting = Boxes(
        N_("When participants may write"),
        choices=choices((phase.value, PHASE_NAMES[phase]) for phase in WRITING),
        validate_choice=False,
    )
    names = RadioField(N_("Names"), choices=choices(NAMES.items()), default="own", validate_choice=False)
    premoderation = BooleanField(N_("Participants' posts wait until a moderator has approved them."))
    pause = SelectField(
        N_("Slow mode: how long a participant waits between two posts"),
        choices=lambda: choices((str(seconds), _(name)) for seconds, name in PAUSES.items()),
        default="0",
        validate_choice=False,
    )
    files = BooleanField(N_("Posts may bear pictures."), default=True)
    hue = SelectField(
        N_("Colour"), choices=lambda: choices((hue, _(HUE_NAMES[hue])) for hue in HUES), validate_choice=False
    )

    def plan(self) -> RoomPlan:
        """What the organiser decided."""
        lines = {
            code: [line for line in (self[f"questions_{code}"].data or "").splitlines() if line.strip()]
            for code in LOCALES
        }
        questions = [
            {code: said[place] for code, said in lines.items() if place < len(said)}
            for place in range(max(len(said) for said in lines.values()))
        ]
        return RoomPlan(
            title=_texts(self, "title"),
            description=_texts(self, "description"),
            questions=questions,
            posting=self.posting.data or [],
            names=self.names.data or "own",
            premoderation=bool(self.premoderation.data),
            pause=next((seconds for seconds in PAUSES if str(seconds) == (self.pause.data or "0")), -1),
            files=bool(self.files.data),
            hue=self.hue.data or "",
        )

    @classmethod
    def of(cls, room: Room) -> RoomForm:
        """The form filled with what holds now."""
        filled = {f"title_{code}": room.title.get(code, "") for code in LOCALES}
        filled |= {f"description_{code}": room.description.get(code, "") for code in LOCALES}
        filled |= {
            f"questions_{code}": "\n".join(question.get(code, "") for question in room.questions).strip()
            for code in LOCALES
        }
        return cls(
            **filled,
            posting=room.posting,
            names=room.names,
            premoderation=room.premoderation,
            pause=str(room.pause),
            files=room.files,
            hue=room.hue,
        )


def _texts(form: Form, name: str) -> Texts:
    return {code: form[f"{name}_{code}"].data or "" for code in LOCALES}


class PeopleForm(Form):
    """A pasted list of people."""

    people = TextAreaField(N_("People, one a line: name; e-mail; group; role"), [InputRequired(NEEDED)])


class MemberForm(Form):
    """A member's roles and group."""

    roles = Boxes(
        N_("Roles"),
        choices=choices((role.value, name) for role, name in ROLE_NAMES.items()),
        validate_choice=False,
    )
    group = RadioField(
        N_("Group"),
        choices=choices((group.value, name) for group, name in GROUP_NAMES.items()),
        validate_choice=False,
    )
