"""The letter after a talk: what the reader took on, a Done button each, then the partner's, then what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session as Tx

from companion import clock, links
from companion.mail.facts import Facts, Pair, at
from companion.mail.wording import as_heading, counted, number, one_line, shortened
from companion.model import moments
from companion.model.action_items import ActionItem
from companion.model.agendas import Page, Record
from companion.model.agreed import agreed_by_both
from companion.model.letters import Letter, LetterLink
from companion.model.mentorships import Role
from companion.model.sessions import Session, SessionState


@dataclass(frozen=True)
class Line:
    """One action item as it is read: `due` is a day in words or empty, `done_url` its button's page or empty."""

    text: str
    due: str
    is_done: bool
    done_url: str
    edit_url: str
    is_agreed: bool


def action_items(tx: Tx, letter: Letter) -> Facts:
    """Both lists as they stand now, the takeaways, and the next talk."""
    session = tx.get_one(Session, letter.facts["session_id"])
    pair = Pair.of(letter, session.mentorship)
    lists = _lists(tx, session, pair)
    mine, theirs = lists[pair.partner_role.other], lists[pair.partner_role]
    day = moments.local_day(session.starts_at, pair.reader)
    since = "from today" if day == moments.local_day(clock.now(), pair.reader) else "for you"
    return {
        **pair.facts(),
        **_summary(mine, theirs, pair, since),
        **_takeaways(tx, session, pair),
        **_next_talk(tx, session, pair),
        "number": session.number,
        "day": day,
        "mine": mine,
        "theirs": theirs,
        "session_url": at("sessions", session.id),
        "mentorship_url": at("mentorships", session.mentorship_id),
    }


def _lists(tx: Tx, session: Session, pair: Pair) -> dict[Role, list[Line]]:
    offered = select(LetterLink.item_id, LetterLink.id).where(
        LetterLink.person_id == pair.reader.id, LetterLink.verb == "done", LetterLink.expires_at > clock.now()
    )
    buttons = {item: at("d", links.sign("done", link)) for item, link in tx.execute(offered)}
    kept = select(ActionItem).where(ActionItem.session_id == session.id, ActionItem.dropped_at.is_(None))
    lists: dict[Role, list[Line]] = {Role.MENTOR: [], Role.MENTEE: []}
    items = tx.scalars(kept.order_by(ActionItem.position, ActionItem.id)).all()
    agreed = agreed_by_both(tx, session.id, items)
    for item in items:
        due = moments.long_day(item.due, pair.reader) if item.due else ""
        is_done, button = item.done_at is not None, buttons.get(item.id, "")
        edit = at("items", item.id)
        lists[item.owner].append(Line(one_line(item.text), due, is_done, button, edit, item.key in agreed))
    return lists


def _summary(mine: Sequence[Line], theirs: Sequence[Line], pair: Pair, since: str) -> Facts:
    """The words at the top, by what there is to do."""
    reader, partner = one_line(pair.reader.first_name), one_line(pair.partner.first_name)
    undone = [line for line in mine if not line.is_done]
    if undone:
        things = as_heading(counted(len(undone), "thing"))
        tap = "when you have finished it" if len(undone) == 1 else "as you finish each one"
        return {
            "subject": f"{things} from your talk with {partner}",
            "heading": f"{things} {since}, {reader}",
            "lead": f"Tap Done {tap}. {partner} sees it, and that is all it takes.",
            "preheader": f"{_first_of(undone)} Tap Done when you have finished one.",
        }
    if mine:
        heading, lead = f"All yours are done already, {reader}", f"{partner} can see it."
    elif theirs:
        heading, lead = f"Nothing for you this time, {reader}", f"{partner} took on {counted(len(theirs), 'thing')}."
    else:
        heading, lead = f"No action items this time, {reader}", "Nothing to do until you talk again."
    return {"subject": f"From your talk with {partner}", "heading": heading, "lead": lead, "preheader": lead}


def _first_of(undone: Sequence[Line]) -> str:
    by = f" by {undone[0].due}" if undone[0].due else ""
    more = f", and {number(len(undone) - 1)} more" if len(undone) > 1 else ""
    return f"{shortened(undone[0].text, 70)}{by}{more}."


def _takeaways(tx: Tx, session: Session, pair: Pair) -> Facts:
    record = tx.get(Record, session.id)
    page = Page.read(record.page) if record is not None else Page()
    return {
        "their_takeaway": one_line(page.takeaway(pair.partner_role)),
        "my_takeaway": one_line(page.takeaway(pair.partner_role.other)),
    }


def _next_talk(tx: Tx, session: Session, pair: Pair) -> Facts:
    coming = select(Session).where(
        Session.mentorship_id == session.mentorship_id,
        Session.state == SessionState.PLANNED,
        Session.starts_at > clock.now(),
    )
    talk = tx.scalars(coming.order_by(Session.starts_at).limit(1)).first()
    if talk is None:
        return {"next_talk": None, "next_url": ""}
    return {"next_talk": pair.moment(talk.starts_at), "next_url": at("sessions", talk.id)}
