"""The shared agenda: its log as rows, and its page as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Model
from companion.model.mentorships import Role


class AgendaUpdate(Model):
    """One committed edit. `seq` grows over all sessions; the database is the only truth of an agenda.

    `at` is in seconds of the Unix clock: four bytes a row, where an instant takes 26.
    """

    __tablename__ = "agenda_updates"
    __table_args__ = (Index("ix_agenda_updates_session_seq", "session_id", "seq"), {"sqlite_autoincrement": True})

    seq: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(Integer)
    at: Mapped[int] = mapped_column(Integer, server_default="0")
    data: Mapped[bytes] = mapped_column(LargeBinary)


class AgendaSnapshot(Model):
    """All edits up to `upto`, folded into one. `epoch` changes when the log is not what browsers remember."""

    __tablename__ = "agenda_snapshots"

    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    upto: Mapped[int] = mapped_column(BigInteger, default=0)
    data: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    epoch: Mapped[str] = mapped_column(String(32))


class AgendaPast(Model):
    """Edits that were folded into the snapshot, as `services/agenda_past.py` packs them: the agenda's history."""

    __tablename__ = "agenda_pasts"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), index=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class PrivateNote(Model):
    """What one person wrote about one session for themselves. Never part of the shared document."""

    __tablename__ = "private_notes"

    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    text: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=0)


class Record(Model):
    """A closed session's page, as it was sealed: the log ended at `seq`."""

    __tablename__ = "records"

    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    page: Mapped[dict[str, Any]] = mapped_column(JSON)
    seq: Mapped[int] = mapped_column(BigInteger)
    sealed_at: Mapped[datetime]


@dataclass(frozen=True)
class Note:
    """One shared line under a talking point."""

    id: str
    by: Role
    text: str


@dataclass(frozen=True)
class TalkingPoint:
    """Something to talk about. `origin` names what it continues: `item:17` or `point:41:k3jf…`."""

    id: str
    title: str
    raised_by: Role
    minutes: int | None
    state: str
    origin: str | None
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class AgendaItem:
    """An action item while the session is open."""

    id: str
    text: str
    owner: Role
    due: date | None
    done_at: datetime | None


@dataclass(frozen=True)
class Page:
    """A whole agenda as plain values. A guest's text: nothing here is trusted for access, identity or HTML."""

    talking_points: tuple[TalkingPoint, ...] = ()
    action_items: tuple[AgendaItem, ...] = ()
    takeaway_mentor: str = ""
    takeaway_mentee: str = ""

    def takeaway(self, role: Role) -> str:
        """The sentence this partner takes away."""
        return self.takeaway_mentor if role is Role.MENTOR else self.takeaway_mentee

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> "Page":
        """From the keeper's projection; what can't be understood is left out."""
        return cls(
            talking_points=_merged([_point(each) for each in _rows(said, "talking_points") if _words(each, "title")]),
            action_items=tuple(_item(each) for each in _rows(said, "action_items") if _words(each, "text")),
            takeaway_mentor=_words(said, "takeaway_mentor", 2000),
            takeaway_mentee=_words(said, "takeaway_mentee", 2000),
        )


def _rows(said: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = said.get(name)
    return (
        [row for row in rows if isinstance(row, Mapping) and isinstance(row.get("id"), str)]
        if isinstance(rows, list)
        else []
    )


def _words(said: Mapping[str, Any], name: str, most: int = 1000) -> str:
    value = said.get(name)
    return " ".join(value.split())[:most] if isinstance(value, str) else ""


def _role(said: Mapping[str, Any], name: str) -> Role:
    return Role.MENTOR if said.get(name) == Role.MENTOR else Role.MENTEE


def _point(said: Mapping[str, Any]) -> TalkingPoint:
    minutes, origin = said.get("minutes"), said.get("from")
    return TalkingPoint(
        id=said["id"],
        title=_words(said, "title"),
        raised_by=_role(said, "raised_by"),
        minutes=int(minutes) if isinstance(minutes, int | float) and 0 < minutes <= 600 else None,
        state=state if (state := said.get("state")) in ("done", "parked") else "open",  # no set: a list has no hash
        origin=origin if isinstance(origin, str) else None,
        notes=tuple(
            Note(each["id"], _role(each, "by"), _words(each, "text"))
            for each in _rows(said, "notes")
            if _words(each, "text")
        ),
    )


def _merged(points: list[TalkingPoint]) -> tuple[TalkingPoint, ...]:
    """Both partners took up the same thing at once: shown as one, under the smaller id, with the notes of both."""
    shown: dict[str, TalkingPoint] = {}
    for point in points:
        name = point.origin or point.id
        first = shown.get(name)
        if first is None:
            shown[name] = point
        else:
            kept = min(first, point, key=lambda each: each.id)
            shown[name] = replace(kept, notes=(*first.notes, *point.notes))
    return tuple(shown.values())


def _item(said: Mapping[str, Any]) -> AgendaItem:
    return AgendaItem(
        id=said["id"],
        text=_words(said, "text", 500),
        owner=_role(said, "owner"),
        due=_date(said.get("due")),
        done_at=_moment(said.get("done_at")),
    )


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
