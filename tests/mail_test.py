import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from companion import db, links, mail
from companion.mail.facts import Unwritable
from companion.mail.wording import one_line, unlinked
from companion.model.action_items import ActionItem
from companion.model.agendas import Record
from companion.model.agreed import wording
from companion.model.connections import Connection, ConnectionState
from companion.model.letters import Letter, LetterLink
from companion.model.mentorships import Invitation, InvitationState, Role
from companion.model.people import LinkedAccount, Person, SignInLink
from companion.model.sessions import Finding, Meeting, MeetingState, OverBecause, Session, SessionState
from companion.services import schedule, wind_up
from companion.services.schedule import Slot
from integrations.mail import Email
from tests.conftest import BASE_URL, NOON, Clock

JOIN = "https://zoom.example/j/123?pwd=a&b=c"
HEADERS = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"}


def letter(kind: str, to: Person | str, **facts: object) -> Letter:
    person, email = (None, to) if isinstance(to, str) else (to.id, to.email)
    return Letter(kind=kind, person_id=person, to_email=email, facts=facts, message_id="7f3a", due_at=NOON)


class Read(HTMLParser):
    """The tags, the links and the visible words of one HTML part."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.hrefs: list[str] = []
        self.attributes: set[str] = set()
        self.words = ""
        self._skip = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.update(name for name, _ in attrs)
        self.hrefs += [value or "" for name, value in attrs if name == "href"]
        self._skip += tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._skip -= tag == "style"

    def handle_data(self, data: str) -> None:
        self.words += "" if self._skip else " " + data


def words(email: Email) -> str:
    return " ".join(Read(email.html).words.split())


@pytest.fixture
def item(session: Session) -> Callable[..., ActionItem]:
    """Makes one action item of the session, with the owner's Done link while it is open."""

    def made(text: str, owner: Role, **more: object) -> ActionItem:
        with db.transaction() as tx:
            count = tx.query(ActionItem).count()
            row = ActionItem(
                mentorship_id=session.mentorship_id, session_id=session.id, key=f"k{count}", position=count,
                text=text, owner=owner, **more,
            )  # fmt: skip
            tx.add(row)
            tx.flush()
            owner_id = session.mentorship.person_in(owner).id
            if row.done_at is None:
                expires = NOON + timedelta(days=60)
                tx.add(LetterLink(item_id=row.id, person_id=owner_id, verb="done", expires_at=expires))
        return row

    return made


@pytest.fixture
def sign_in_link(ruth: Person) -> SignInLink:
    with db.transaction() as tx:
        row = SignInLink(
            email=ruth.email, person_id=ruth.id, visitor_hash="v", nonce="n" * 43, asked_from="a",
            asked_at=NOON, expires_at=NOON + timedelta(minutes=15),
        )  # fmt: skip
        tx.add(row)
    return row


@pytest.fixture
def invitation(ruth: Person) -> Invitation:
    with db.transaction() as tx:
        row = Invitation(
            inviter=tx.merge(ruth), email="ana@example.org", role=Role.MENTEE, purpose="Your first year as lead",
            nonce="n" * 43, sent_at=NOON,
        )  # fmt: skip
        tx.add(row)
    return row


@pytest.fixture
def lost_connection(ruth: Person) -> Connection:
    with db.transaction() as tx:
        row = Connection(
            person_id=ruth.id, provider="zoom", account="z", label="ruth@zoom.example", scopes="", sealed="",
            state=ConnectionState.RECONNECT, created_at=NOON,
        )  # fmt: skip
        tx.add(row)
    return row


@pytest.fixture
def linked(mateo: Person) -> LinkedAccount:
    """A Google account that opens Mateo's door."""
    with db.transaction() as tx:
        row = LinkedAccount(
            person_id=mateo.id, provider="google_meet", account="g", label="mateo@google.example", created_at=NOON
        )
        tx.add(row)
    return row


@pytest.fixture
def asked_about(session: Session, ruth: Person) -> dict[str, object]:
    """What is known of a talk that the clock took for over at noon."""
    slot = Slot(datetime(2026, 11, 24, 20, 0), "Africa/Nairobi", 60)
    asked = schedule.plan(session.mentorship_id, ruth.id, slot)
    change(asked, state=SessionState.OVER, over_because=OverBecause.CLOCK, over_at=NOON)
    closes_at = NOON + timedelta(hours=1)
    return {"session_id": asked.id, "over_at": NOON.isoformat(), "closes_at": closes_at.isoformat()}


@pytest.fixture
def troubled_link(session: Session, mateo: Person) -> dict[str, object]:
    """What is known of a link of Mateo's that lets only people in who are signed in at Zoom."""
    slot = Slot(datetime(2026, 11, 25, 20, 0), "Africa/Nairobi", 60)
    other = schedule.plan(session.mentorship_id, mateo.id, slot)
    with db.transaction() as tx:
        row = Meeting(
            session_id=other.id, provider="zoom", reference="81234567890", join_url=f"{BASE_URL}/call",
            state=MeetingState.MADE, made_by=mateo.id, marker="m", created_at=NOON, finding=Finding.SIGN_IN,
            spare_url=f"{BASE_URL}/spare",
        )  # fmt: skip
        tx.add(row)
        tx.flush()
        return {"meeting_id": row.id, "finding": "sign_in"}


@pytest.fixture
def gone_link(session: Session, mateo: Person) -> dict[str, object]:
    """What is known of a link whose maker took Alongside away at Zoom."""
    slot = Slot(datetime(2026, 11, 26, 20, 0), "Africa/Nairobi", 60)
    other = schedule.plan(session.mentorship_id, mateo.id, slot)
    with db.transaction() as tx:
        row = Meeting(
            session_id=other.id, provider="zoom", state=MeetingState.GONE, made_by=mateo.id, marker="g",
            created_at=NOON, finding=Finding.DELETED, spare_url=f"{BASE_URL}/spare",
        )  # fmt: skip
        tx.add(row)
        tx.flush()
        return {"meeting_id": row.id}


@pytest.fixture
def differs(
    asked_about: dict[str, object],
    troubled_link: dict[str, object],
    gone_link: dict[str, object],
    linked: LinkedAccount,
) -> dict[str, dict[str, object]]:
    """What single kinds need to be told of: another session than the usual one, or an account."""
    told = {
        "ask_if_over": asked_about,
        "new_link": troubled_link,
        "link_trouble": troubled_link,
        "link_gone": gone_link,
    }
    return told | {"account_linked": {"linked_id": linked.id}}


def change(row: object, **values: object) -> None:
    with db.transaction() as tx:
        merged = tx.merge(row)
        for name, value in values.items():
            setattr(merged, name, value)


def test_every_kind_of_letter_has_words_in_both_parts(
    session: Session,
    ruth: Person,
    mateo: Person,
    sign_in_link: SignInLink,
    invitation: Invitation,
    lost_connection: Connection,
    differs: dict[str, dict[str, object]],
) -> None:
    facts = {"session_id": session.id, "by": ruth.id, "was": NOON.isoformat()}
    facts |= {"link_id": sign_in_link.id, "invitation_id": invitation.id, "connection_id": lost_connection.id}
    facts |= {"mentorship_id": session.mentorship_id}
    for kind in mail.KINDS:
        email = mail.compose(letter(kind, mateo, **(facts | differs.get(kind, {}))))
        assert len(email.subject) > 10
        assert len(email.text) > 100
        assert len(words(email)) > 100
        assert email.message_id == "<7f3a@localhost>"
        assert email.date == NOON


def test_a_sign_in_letter_carries_a_link_and_a_code(sign_in_link: SignInLink, ruth: Person) -> None:
    email = mail.compose(letter("sign_in", ruth, link_id=sign_in_link.id))
    (href,) = Read(email.html).hrefs
    assert links.read("sign-in", href.rsplit("/", 1)[1]) == [sign_in_link.id, sign_in_link.nonce]
    code = links.code("sign-in", sign_in_link.id, sign_in_link.nonce)
    assert code in words(email)
    assert code in email.text
    assert code not in email.subject
    assert "15 minutes" in email.text


@pytest.mark.parametrize("change_to", [{"used_at": NOON}, {"expires_at": NOON}])
def test_a_sign_in_letter_that_opens_nothing_is_not_sent(
    sign_in_link: SignInLink, ruth: Person, change_to: dict[str, datetime]
) -> None:
    change(sign_in_link, **change_to)
    with pytest.raises(Unwritable):
        mail.compose(letter("sign_in", ruth, link_id=sign_in_link.id))


def test_an_invitation_says_who_asks_for_what(invitation: Invitation) -> None:
    email = mail.compose(letter("invitation", invitation.email, invitation_id=invitation.id))
    assert email.subject == "Ruth would like to mentor you"
    assert "Your first year as lead" in words(email)
    (href,) = Read(email.html).hrefs
    assert links.read("invitation", href.rsplit("/", 1)[1]) == [invitation.id, invitation.nonce]
    assert links.code("invitation", invitation.id, invitation.nonce) in email.text


def test_an_invitation_to_mentor_asks_the_other_way_round(invitation: Invitation) -> None:
    change(invitation, role=Role.MENTOR)
    email = mail.compose(letter("invitation", invitation.email, invitation_id=invitation.id))
    assert email.subject == "Ruth would like you as a mentor"


def test_an_invitation_taken_back_is_not_sent(invitation: Invitation) -> None:
    change(invitation, state=InvitationState.WITHDRAWN)
    with pytest.raises(Unwritable):
        mail.compose(letter("invitation", invitation.email, invitation_id=invitation.id))


@pytest.mark.parametrize("advert", ["see https://bad.example/x", "bad.example", "me@bad.example", "//bad.example/"])
def test_no_mail_program_finds_a_link_in_a_strangers_words(advert: str) -> None:
    assert not re.search(r"\w[.:@][\w/]", unlinked(advert))


def test_a_planned_session_is_told_in_the_readers_time_with_the_partners_beside_it(
    session: Session, ruth: Person, mateo: Person
) -> None:
    email = mail.compose(letter("session_planned", mateo, session_id=session.id, by=ruth.id))
    assert email.subject == "Ruth planned a talk: Tuesday 24 November, 11:00"
    assert "Tuesday 24 November, 11:00 your time . 17:00 for Ruth." in words(email)
    assert f"{BASE_URL}/sessions/{session.id}" in email.text
    assert "Join the call" not in email.text


def test_a_reader_who_says_5_pm_reads_5_pm(session: Session, ruth: Person, mateo: Person) -> None:
    change(ruth, locale="en-US")
    email = mail.compose(letter("session_planned", ruth, session_id=session.id, by=mateo.id))
    assert "5:00 pm your time" in email.text
    assert "11:00 am for Mateo" in email.text


def test_the_join_link_is_there_once_there_is_one(session: Session, ruth: Person, mateo: Person) -> None:
    _meeting(session, JOIN)
    email = mail.compose(letter("session_planned", mateo, session_id=session.id, by=ruth.id))
    assert JOIN in email.text
    assert JOIN in Read(email.html).hrefs


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "https://[bad", "//x", "https:///x", "a@b"])
def test_a_join_link_that_opens_no_web_page_is_left_out(
    session: Session, ruth: Person, mateo: Person, url: str
) -> None:
    _meeting(session, url)
    email = mail.compose(letter("session_planned", mateo, session_id=session.id, by=ruth.id))
    assert "Join the call" not in email.text


def test_a_moved_session_says_from_when_to_when_and_who_moved_it(session: Session, ruth: Person, mateo: Person) -> None:
    was = session.starts_at.isoformat()
    schedule.move(session.id, ruth.id, Slot(datetime.fromisoformat("2026-11-26T09:00"), "Africa/Nairobi", 60))
    email = mail.compose(letter("session_moved", mateo, session_id=session.id, by=ruth.id, was=was))
    assert email.subject == "Your talk with Ruth is now Thursday 26 November, 03:00"
    assert "Ruth moved your talk" in email.text
    assert "Was: Tuesday 24 November, 11:00" in email.text


def test_a_new_length_is_not_called_a_move(session: Session, ruth: Person, mateo: Person) -> None:
    was = session.starts_at.isoformat()
    email = mail.compose(letter("session_moved", mateo, session_id=session.id, by=ruth.id, was=was))
    assert "Ruth changed the length of your talk" in words(email)
    assert "Was" not in email.text


def test_a_cancelled_session_says_which_and_by_whom(session: Session, ruth: Person, mateo: Person) -> None:
    schedule.cancel(session.id, ruth.id)
    email = mail.compose(letter("session_cancelled", mateo, session_id=session.id, by=ruth.id))
    assert email.subject == "Cancelled: your talk with Ruth on Tuesday 24 November"
    assert "Ruth cancelled your talk" in words(email)


def test_nobody_is_told_of_a_plan_that_was_cancelled_meanwhile(session: Session, ruth: Person, mateo: Person) -> None:
    schedule.cancel(session.id, ruth.id)
    with pytest.raises(Unwritable, match="cancelled"):
        mail.compose(letter("session_planned", mateo, session_id=session.id, by=ruth.id))


def test_a_letter_about_something_deleted_is_not_sent(mateo: Person) -> None:
    with pytest.raises(Unwritable, match="no longer there"):
        mail.compose(letter("action_items", mateo, session_id=4711))


def test_the_readers_items_come_first_with_a_button_each(
    session: Session, mateo: Person, item: Callable[..., ActionItem], clock: Clock
) -> None:
    clock.set(session.ends_at)
    item("Introduce Paula", Role.MENTOR, due=date(2026, 11, 26))
    first = item("Send CV to Ana", Role.MENTEE, due=date(2026, 11, 27))
    item("Ask for a mock interview", Role.MENTEE)
    email = mail.compose(letter("action_items", mateo, session_id=session.id))
    said, buttons = words(email), [href for href in Read(email.html).hrefs if "/d/" in href]
    assert email.subject == "Two things from your talk with Ruth"
    assert "Two things from today, Mateo" in said
    in_order = ["Send CV to Ana By Friday 27 November", "Ask for a mock interview", "Introduce Paula"]
    assert sorted(in_order, key=said.index) == in_order
    assert len(buttons) == 2
    with db.reading() as tx:
        link = tx.get_one(LetterLink, links.read("done", buttons[0].rsplit("/", 1)[1])[0])
    assert (link.item_id, link.person_id) == (first.id, mateo.id)
    assert all(button in email.text for button in buttons)


def test_the_inbox_shows_the_first_item_beside_the_subject(
    session: Session, mateo: Person, item: Callable[..., ActionItem]
) -> None:
    for text in ("Send CV to Ana", "Write", "Ask"):
        item(text, Role.MENTEE, due=date(2026, 11, 27))
    email = mail.compose(letter("action_items", mateo, session_id=session.id))
    assert "Send CV to Ana by Friday 27 November, and two more." in words(email)


def test_what_both_agreed_to_is_said_of_that_item_alone(
    session: Session, ruth: Person, mateo: Person, item: Callable[..., ActionItem]
) -> None:
    agreed, other = item("Send CV to Ana", Role.MENTEE), item("Ask Paula", Role.MENTOR)
    said = wording(agreed.text, agreed.owner, agreed.due)
    wind_up.agree(session.id, ruth.id, {agreed.key: said, other.key: said})
    wind_up.agree(session.id, mateo.id, {agreed.key: said})
    email = mail.compose(letter("action_items", mateo, session_id=session.id))
    assert "No date, agreed by both" in email.text
    assert (email.text.count("agreed"), email.html.count("agreed by both")) == (1, 1)


def test_an_item_done_in_the_call_is_said_to_be_done(
    session: Session, mateo: Person, item: Callable[..., ActionItem]
) -> None:
    item("Book the room", Role.MENTEE, done_at=NOON)
    email = mail.compose(letter("action_items", mateo, session_id=session.id))
    assert "Book the room Done already" in words(email)
    assert "All yours are done already, Mateo" in email.text
    assert "/d/" not in email.html


def test_an_item_let_go_is_left_out(session: Session, mateo: Person, item: Callable[..., ActionItem]) -> None:
    item("Never mind", Role.MENTEE, dropped_at=NOON)
    assert "Never mind" not in mail.compose(letter("action_items", mateo, session_id=session.id)).text


def test_a_talk_without_action_items_reads_well(session: Session, mateo: Person) -> None:
    email = mail.compose(letter("action_items", mateo, session_id=session.id))
    assert email.subject == "From your talk with Ruth"
    assert "No action items this time, Mateo" in words(email)


def test_takeaways_and_the_next_talk_are_told(session: Session, mateo: Person, ruth: Person, clock: Clock) -> None:
    schedule.plan(
        session.mentorship_id, ruth.id, Slot(datetime.fromisoformat("2026-12-08T17:00"), "Africa/Nairobi", 60)
    )
    clock.set(session.ends_at)
    with db.transaction() as tx:
        tx.merge(session).state = SessionState.CLOSED
        page = {"takeaway_mentor": "You said the number out loud.", "takeaway_mentee": "Ask first."}
        tx.add(Record(session_id=session.id, page=page, seq=1, sealed_at=clock.now))
    said = words(mail.compose(letter("action_items", mateo, session_id=session.id)))
    assert "You said the number out loud. Ruth Ask first. You" in said
    assert "Next talk: Tuesday 8 December, 11:00 your time . 17:00 for Ruth." in said


OUR_TAGS = {"html", "head", "meta", "title", "style", "body", "div", "table", "tr", "td"}
OUR_TAGS |= {"p", "h1", "b", "br", "span", "a"}
NASTY = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "</b><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a\r\nBcc: x@evil.example",
            "{{ 7*7 }}{% raw %}", "<a href='https://evil.example'>x</a>", "\u202eevil", "=?utf-8?q?=0D=0ABcc:_x?=",
            "\ud800", "' style='x", "<!--", "]]>",
        ]
    ),
)  # fmt: skip


@given(st.tuples(NASTY, NASTY, NASTY, NASTY))
@hypothesis_settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_people_write_stays_words(
    session: Session,
    ruth: Person,
    mateo: Person,
    invitation: Invitation,
    sign_in_link: SignInLink,
    lost_connection: Connection,
    differs: dict[str, dict[str, object]],
    written: tuple[str, ...],
) -> None:
    name, title, text, purpose = (_storable(words) for words in written)
    change(ruth, name=name)
    change(session, title=title)
    change(invitation, purpose=purpose)
    change(lost_connection, label=name)
    with db.transaction() as tx:
        tx.merge(Record(session_id=session.id, page={"takeaway_mentor": text}, seq=1, sealed_at=NOON))
        tx.query(ActionItem).delete()
        tx.query(LinkedAccount).update({"label": name})
        of = {"mentorship_id": session.mentorship_id, "session_id": session.id}
        tx.add(ActionItem(key="k", position=0, text=text, owner=Role.MENTEE, **of))
    facts = {"session_id": session.id, "by": ruth.id, "was": NOON.isoformat()}
    facts |= {"link_id": sign_in_link.id, "invitation_id": invitation.id, "connection_id": lost_connection.id}
    facts |= {"mentorship_id": session.mentorship_id}
    for kind in mail.KINDS:
        _is_harmless(mail.compose(letter(kind, mateo, **(facts | differs.get(kind, {})))))


def _storable(text: str) -> str:
    """No NUL and no lone surrogate: PostgreSQL and SQLite refuse them before any letter sees them."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _is_harmless(email: Email) -> None:
    read = Read(email.html)
    assert set(email.message().keys()) == HEADERS
    assert set(read.tags) <= OUR_TAGS
    assert not any(name.startswith("on") or name == "src" for name in read.attributes)
    assert all(href.startswith(BASE_URL + "/") for href in read.hrefs)
    assert not set(email.subject) & set("\r\n\u202e")


def test_one_line_keeps_the_words_and_nothing_that_moves_them() -> None:
    assert one_line("  Ruth\r\nBcc:\u2028 x\u202e\x00y 👩🏽‍💻 ") == "Ruth Bcc: x y 👩🏽‍💻"


def _meeting(session: Session, url: str) -> None:
    with db.transaction() as tx:
        tx.add(
            Meeting(
                session_id=session.id, provider="zoom", join_url=url, state=MeetingState.MADE,
                made_by=session.planned_by, marker="m", created_at=NOON,
            )
        )  # fmt: skip


def test_a_lost_connection_is_told_with_one_button(lost_connection: Connection, ruth: Person) -> None:
    email = mail.compose(letter("connect_again", ruth, connection_id=lost_connection.id))
    assert email.subject == "Connect Zoom again"
    assert Read(email.html).hrefs == [f"{BASE_URL}/connections#zoom"]
    assert "ruth@zoom.example" in email.text


def test_nobody_is_told_to_connect_what_is_connected_again(lost_connection: Connection, ruth: Person) -> None:
    change(lost_connection, state=ConnectionState.OK)
    with pytest.raises(Unwritable, match="connected again meanwhile"):
        mail.compose(letter("connect_again", ruth, connection_id=lost_connection.id))


def test_a_new_way_in_is_told_with_the_account_and_where_to_unlink_it(linked: LinkedAccount, mateo: Person) -> None:
    email = mail.compose(letter("account_linked", mateo, linked_id=linked.id))
    assert email.subject == "You can now sign in with Google"
    assert Read(email.html).hrefs == [f"{BASE_URL}/connections#sign-in"]
    for part in (email.text, words(email)):
        assert "mateo@google.example" in part and "Not you?" in part


def test_a_way_in_that_was_unlinked_is_told_to_nobody(linked: LinkedAccount, mateo: Person, ruth: Person) -> None:
    with pytest.raises(Unwritable, match="unlinked meanwhile"):  # its number went to another's
        mail.compose(letter("account_linked", ruth, linked_id=linked.id))
    with db.transaction() as tx:
        tx.delete(tx.get_one(LinkedAccount, linked.id))
    with pytest.raises(Unwritable):
        mail.compose(letter("account_linked", mateo, linked_id=linked.id))


def test_the_question_whether_it_is_over_says_when_the_lists_go_out(
    asked_about: dict[str, object], ruth: Person
) -> None:
    email = mail.compose(letter("ask_if_over", ruth, **asked_about))
    assert email.subject == "Is your talk with Mateo over?"
    assert "Both lists go out at 14:40 your time." in words(email)
    assert "both lists go out at 14:40 your time." in email.text
    assert Read(email.html).hrefs == [f"{BASE_URL}/sessions/{asked_about['session_id']}/wrap-up"]


@pytest.mark.parametrize(
    "change_to",
    [{"state": SessionState.LIVE}, {"over_because": OverBecause.PERSON}, {"over_at": NOON + timedelta(hours=2)}],
)
def test_a_question_that_was_answered_is_not_sent(
    asked_about: dict[str, object], ruth: Person, change_to: dict[str, object]
) -> None:
    with db.reading() as tx:
        session = tx.get_one(Session, asked_about["session_id"])
    change(session, **change_to)
    with pytest.raises(Unwritable):
        mail.compose(letter("ask_if_over", ruth, **asked_about))


def test_a_link_in_trouble_is_said_with_its_page_and_the_spare_room(
    troubled_link: dict[str, object], mateo: Person
) -> None:
    email = mail.compose(letter("link_trouble", mateo, **troubled_link))
    assert email.subject == "Your Zoom link for the talk with Ruth needs you"
    assert "Zoom lets only people in who are signed in there. Ruth may be left outside." in words(email)
    assert f"{BASE_URL}/spare" in Read(email.html).hrefs


def test_every_letter_with_the_link_has_the_spare_room_too(troubled_link: dict[str, object], mateo: Person) -> None:
    with db.reading() as tx:
        ahead = tx.get_one(Meeting, troubled_link["meeting_id"]).session_id
    facts = {"session_id": ahead, "by": mateo.id, "was": NOON.isoformat(), **troubled_link}
    for kind in ("session_planned", "session_moved", "new_link"):
        email = mail.compose(letter(kind, mateo, **facts))
        assert f"{BASE_URL}/spare" in Read(email.html).hrefs and "If it fails" in words(email)
        assert f"If it fails, a room that needs no account:\n{BASE_URL}/spare" in email.text


def test_trouble_that_is_over_is_told_to_nobody(troubled_link: dict[str, object], mateo: Person) -> None:
    with db.transaction() as tx:
        tx.get_one(Meeting, troubled_link["meeting_id"]).finding = Finding.FINE
    with pytest.raises(Unwritable):
        mail.compose(letter("link_trouble", mateo, **troubled_link))


def test_a_new_link_says_who_made_it(troubled_link: dict[str, object], ruth: Person, mateo: Person) -> None:
    by_hand = mail.compose(letter("new_link", ruth, **troubled_link, by=mateo.id))
    assert "Mateo made a new link." in words(by_hand) and "Mateo made a new link." in by_hand.text
    by_itself = mail.compose(letter("new_link", ruth, **troubled_link, by=None))
    assert "so Alongside made another" in words(by_itself) and "Mateo made" not in words(by_itself)


def test_a_link_that_went_with_its_account_is_said_to_both_with_the_way_to_a_new_one(
    gone_link: dict[str, object], ruth: Person, mateo: Person
) -> None:
    with db.reading() as tx:
        page = f"{BASE_URL}/sessions/{tx.get_one(Meeting, gone_link['meeting_id']).session_id}"
    for reader, whose in ((ruth, "Mateo’s"), (mateo, "Your")):
        email = mail.compose(letter("link_gone", reader, **gone_link))
        assert f"{whose} Zoom was disconnected from Alongside, so this session has no link." in words(email)
        assert page in Read(email.html).hrefs and page in email.text


def test_a_new_link_is_in_its_letter_while_it_counts(troubled_link: dict[str, object], mateo: Person) -> None:
    email = mail.compose(letter("new_link", mateo, **troubled_link))
    assert f"{BASE_URL}/call" in Read(email.html).hrefs and f"{BASE_URL}/call" in email.text
    with db.transaction() as tx:
        tx.get_one(Meeting, troubled_link["meeting_id"]).state = MeetingState.GONE
    with pytest.raises(Unwritable):
        mail.compose(letter("new_link", mateo, **troubled_link))
