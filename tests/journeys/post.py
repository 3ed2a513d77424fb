"""What journeys do with letters: wait for one, read it, follow its links."""

import re
from email.message import EmailMessage

from tests.simulators.smtp import Sink
from tests.waiting import until


def wait_for(post: Sink, to: str, subject: str = "", seconds: float = 15) -> EmailMessage:
    """The newest letter to this address with these words in its subject."""
    return until(lambda: letters(post, to, subject), seconds)[-1]


def letters(post: Sink, to: str, subject: str = "") -> list[EmailMessage]:
    return [letter for letter in post.taken if to in letter["To"] and subject in letter["Subject"]]


def text_of(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def links_in(letter: EmailMessage, path: str) -> list[str]:
    """The addresses in a letter's text whose path begins so."""
    return [link for link in re.findall(r"https?://[^\s>)]+", text_of(letter)) if path in link]
