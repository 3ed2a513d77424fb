"""A button in a letter, answered without signing in: its link serves one item, one verb and one person, for 60 days."""

from dataclasses import dataclass

from companion import clock, links
from companion.db import reading
from companion.errors import NotYours, Refusal
from companion.model.action_items import ActionItem
from companion.model.letters import LetterLink
from companion.model.people import Person
from companion.services import promises


class RunOut(Refusal):
    """The link was ours, and serves nothing any more."""

    status = 410


@dataclass(frozen=True)
class Tap:
    """What one link is about: whose button it is, which item, and whether they have pressed it."""

    reader: Person
    partner: Person
    item: ActionItem

    @property
    def is_done(self) -> bool:
        """Done, by whomever."""
        return self.item.done_at is not None

    @property
    def can_undo(self) -> bool:
        """Done by this link's own reader."""
        return self.is_done and self.item.done_by == self.reader.id


def find(token: str) -> Tap:
    """What this link is about. Raises NotYours for a link we never made, RunOut for one past its time."""
    try:
        (link_id,) = links.read("done", token)
    except (links.BadLink, ValueError) as error:
        raise NotYours from error
    with reading() as tx:
        link = tx.get(LetterLink, link_id)
        if link is None:
            raise NotYours
        item = tx.get_one(ActionItem, link.item_id)
    if link.expires_at <= clock.now():
        raise RunOut("Done buttons work for 60 days, and this one has run out. Sign in and tick it there.")
    if not item.mentorship.is_active:
        raise RunOut("This mentorship has ended, so its action items can only be read.")
    if item.dropped_at is not None:
        raise RunOut("This action item was let go: neither of you waits for it any more.")
    partner = item.mentorship.partner_of(link.person_id)
    return Tap(item.mentorship.partner_of(partner.id), partner, item)


def done(token: str) -> None:
    """Press it. Pressing again changes nothing."""
    tap = find(token)
    promises.mark_done(tap.item.id, by=tap.reader.id)


def undo(token: str) -> None:
    """Take back what this link did, and nothing else."""
    tap = find(token)
    if tap.can_undo:
        promises.mark_open(tap.item.id, by=tap.reader.id)
