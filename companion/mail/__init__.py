"""Letters made from what is true when they leave: a row of ids becomes words, links, and one e-mail."""

from collections.abc import Callable
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, select_autoescape
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from companion import config, db
from companion.mail import facts, meetings
from companion.mail.action_items import action_items
from companion.mail.ask_if_over import ask_if_over
from companion.mail.facts import Facts, Unwritable
from companion.mail.wording import one_line
from companion.model.letters import Letter
from integrations.mail import Email

KINDS: dict[str, Callable[[Session, Letter], Facts]] = {
    "sign_in": facts.sign_in,
    "invitation": facts.invitation,
    "session_planned": facts.session_planned,
    "session_moved": facts.session_moved,
    "session_cancelled": facts.session_cancelled,
    "action_items": action_items,
    "ask_if_over": ask_if_over,
    "partner_left": facts.partner_left,
    "new_link": meetings.new_link,
    "link_trouble": meetings.link_trouble,
    "link_gone": meetings.link_gone,
    "connect_again": facts.connect_again,
    "account_linked": facts.account_linked,
}
_TEMPLATES = Path(__file__).parents[2] / "templates" / "emails"


def _environment() -> Environment:
    """HTML parts escape everything people wrote; text parts and subjects are no markup."""
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


_environment_of_letters = _environment()


def compose(letter: Letter) -> Email:
    """The letter in words, looked up now. Raises Unwritable when there is nothing true left to tell."""
    try:
        with db.reading() as tx:
            said = KINDS[letter.kind](tx, letter)
        settings = config.current()
        name, address = parseaddr(settings.mail_from)
        return Email(
            message_id=f"<{letter.message_id}@{urlsplit(settings.base_url).hostname}>",
            date=letter.due_at,
            sender_name=name or "Alongside",
            sender=address,
            to=letter.to_email,
            subject=one_line(_rendered(letter.kind, "subject.txt", said)),
            text=_rendered(letter.kind, "body.txt", said),
            html=_rendered(letter.kind, "body.html", said),
        )
    except NoResultFound as error:
        raise Unwritable("What it tells of is no longer there") from error
    except (LookupError, ValueError, TemplateError) as error:
        raise Unwritable(f"It could not be put into words: {error!r}") from error


def _rendered(kind: str, part: str, said: Facts) -> str:
    return _environment_of_letters.get_template(f"{kind}/{part}").render(said)
