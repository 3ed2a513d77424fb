"""Who may do what: every route, asked by everybody. A route that is new fails until its row is here."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from companion import db, links
from companion.config import Settings
from companion.model.action_items import ActionItem
from companion.model.connections import Connection
from companion.model.letters import LetterLink
from companion.model.mentorships import Invitation, Role
from companion.model.people import LinkedAccount, Person, SignIn
from companion.model.sessions import Session
from companion.services import deliver, invite, pair
from tests.conftest import NOON, Browser

WHO = ("anonymous", "stranger", "mentor", "mentee", "former")
"""Nobody; somebody of another pair; the two; and the mentee after the mentorship has ended."""

ROWS = """
GET  /                                           302 200 200 200 200
GET  /connections                                302 200 200 200 200
POST /connections/<int:connection_id>/disconnect 401 404 302 404 404
POST /connections/<provider>                     401 422 422 422 422
GET  /connections/<provider>/callback            302 302 302 302 302
POST /connections/<provider>/link                401 422 422 422 422
POST /connections/linked/<int:linked_id>/unlink  401 404 302 404 404
GET  /d/<token>                                  200 200 200 200 410
POST /d/<token>                                  303 303 303 303 410
POST /d/<token>/undo                             303 303 303 303 410
GET  /dev/mail                                   200 200 200 200 200
GET  /dev/mail/<name>                            200 200 200 200 200
GET  /dev/mail/<name>/page                       200 200 200 200 200
GET  /finished                                   302 200 200 200 200
GET  /healthz                                    200 200 200 200 200
POST /hand-over                                  409 409 409 409 409
POST /hooks/<provider>                           404 404 404 404 404
POST /invitations/<int:invitation_id>/resend     401 404 302 404 404
POST /invitations/<int:invitation_id>/put-away   401 404 302 404 404
POST /invitations/<int:invitation_id>/withdraw   401 404 302 404 404
GET  /invitations/<token>                        200 200 200 200 200
POST /invitations/<token>/accept                 302 302 302 302 302
POST /invitations/<token>/decline                302 302 302 302 302
GET  /invitations/code                           200 200 200 200 200
POST /invitations/code                           422 422 422 422 422
GET  /invitations/new                            302 200 200 200 200
POST /invitations/new                            401 302 302 302 302
GET  /items/<int:item_id>                        302 404 200 200 200
POST /items/<int:item_id>                        401 404 302 302 409
POST /items/<int:item_id>/done                   401 404 302 302 409
POST /items/<int:item_id>/drop                   401 404 302 302 409
POST /look-around/<who>                          404 404 404 404 404
GET  /meet                                       200 200 200 200 200
GET  /meet/sign-in                               302 200 200 200 200
POST /meet/sign-in                               401 404 200 200 200
GET  /mentorships/<int:mentorship_id>            302 404 200 200 200
GET  /mentorships/<int:mentorship_id>/end        302 404 200 200 200
POST /mentorships/<int:mentorship_id>/end        401 404 302 302 302
GET  /mentorships/<int:mentorship_id>/moment     302 404 200 200 200
GET  /mentorships/<int:mentorship_id>/plan       302 404 200 200 200
POST /mentorships/<int:mentorship_id>/plan       401 404 302 302 409
GET  /manifest.webmanifest                        200 200 200 200 200
GET  /offline                                    200 200 200 200 200
GET  /people                                     302 200 200 200 200
GET  /phone/<token>                              409 409 409 409 409
POST /phone/<token>                              409 409 409 409 409
GET  /privacy                                    200 200 200 200 200
GET  /readyz                                     200 200 200 200 200
GET  /sessions/<int:session_id>                  302 404 200 200 200
GET  /sessions/<int:session_id>/beside           302 404 200 200 200
POST /sessions/<int:session_id>/cancel           401 404 302 302 409
POST /sessions/<int:session_id>/close            401 404 302 302 409
POST /sessions/<int:session_id>/end              401 404 302 302 409
GET  /sessions/<int:session_id>/history          302 404 200 200 200
GET  /sessions/<int:session_id>/history/edits    302 404 200 200 200
POST /sessions/<int:session_id>/items/<int:item_id>/done 401 404 302 302 409
POST /sessions/<int:session_id>/link             401 404 302 302 303
POST /sessions/<int:session_id>/meeting          401 404 302 302 303
POST /sessions/<int:session_id>/meeting/adopt    401 404 303 303 303
POST /sessions/<int:session_id>/meeting/anew     401 404 303 303 303
POST /sessions/<int:session_id>/meeting/check    401 404 303 303 303
POST /sessions/<int:session_id>/meeting/drop     401 404 302 302 302
POST /sessions/<int:session_id>/meeting/host     401 404 409 409 409
POST /sessions/<int:session_id>/meeting/restore  401 404 303 303 303
GET  /sessions/<int:session_id>/move             302 404 200 200 302
POST /sessions/<int:session_id>/move             401 404 302 302 409
POST /sessions/<int:session_id>/next             401 404 302 302 409
POST /sessions/<int:session_id>/note             401 404 302 302 302
GET  /sessions/<int:session_id>/parts/<name>     302 404 200 200 200
GET  /sessions/<int:session_id>/phone            302 404 200 200 200
POST /sessions/<int:session_id>/phone            401 404 200 200 200
POST /sessions/<int:session_id>/resume           401 404 302 302 409
POST /sessions/<int:session_id>/seat             401 404 200 200 404
POST /sessions/<int:session_id>/start            401 404 302 302 409
GET  /sessions/<int:session_id>/wrap-up          302 404 302 302 302
POST /sessions/<int:session_id>/zoom             401 404 409 409 409
GET  /settings                                   302 200 200 200 200
POST /settings                                   401 302 302 302 302
POST /settings/devices/<int:sign_in_id>/sign-out 401 404 302 404 404
GET  /settings/leave                             302 200 200 200 200
POST /settings/leave                             401 422 422 422 422
POST /settings/sign-out-everywhere               401 302 302 302 302
GET  /setup                                      302 404 200 404 404
GET  /setup/<provider>                           302 404 200 404 404
GET  /setup/<provider>/manifest.json             302 404 200 404 404
GET  /setup/<provider>/test                      302 404 302 404 404
POST /setup/<provider>/test                      401 404 200 404 404
GET  /setup/check                                302 404 302 404 404
POST /setup/check                                401 404 200 404 404
GET  /sign-in                                    200 302 302 302 302
POST /sign-in                                    302 302 302 302 302
GET  /sign-in/<token>                            410 302 302 302 302
POST /sign-in/<token>                            409 409 409 409 409
POST /sign-in/code                               409 409 409 409 409
GET  /sign-in/sent                               302 302 302 302 302
POST /sign-in/with/<provider>                    422 302 302 302 302
POST /sign-out                                   302 302 302 302 302
GET  /sw.js                                      200 200 200 200 200
GET  /welcome                                    302 302 302 302 302
POST /welcome                                    401 302 302 302 302
GET  /zoom                                       200 200 200 200 200
POST /zoom/code                                  409 409 409 409 409
POST /zoom/consent                               200 200 200 200 200
POST /zoom/consented                             409 409 409 409 409
POST /zoom/open                                  200 200 200 200 200
POST /zoom/sign-in                               422 422 422 422 422
"""

FIELDS: dict[str, dict[str, str]] = {
    "/invitations/new": {"role": "mentee", "email": "bea@example.org"},
    "/items/<int:item_id>": {"text": "Call Paula", "owner": "mentee"},
    "/mentorships/<int:mentorship_id>/plan": {"day": "2026-12-01", "time": "17:00", "minutes": "60"},
    "/meet/sign-in": {"session": "1"},
    "/sessions/<int:session_id>/link": {"link": "https://meet.example.org/two"},
    "/sessions/<int:session_id>/meeting": {"provider": "jitsi"},
    "/sessions/<int:session_id>/next": {"at": "2026-12-08T14:00:00+00:00"},
    "/sessions/<int:session_id>/move": {"day": "2026-12-01", "time": "17:00", "minutes": "60"},
    "/settings": {"name": "Somebody", "zone": "Europe/Lisbon", "clock": "24"},
    "/sign-in": {"email": "ruth@example.org"},
    "/welcome": {"name": "Somebody", "zone": "Europe/Lisbon"},
}
"""What a form needs, where the deed itself shall be tried and not only the door."""

Route = tuple[str, str]


def table() -> dict[Route, dict[str, int]]:
    """(method, rule) → the status that each of WHO gets."""
    rows = (line.split() for line in ROWS.strip().splitlines())
    return {(row[0], row[1]): dict(zip(WHO, map(int, row[2:]), strict=True)) for row in rows}


def routes(app: Flask) -> list[Route]:
    """What the product answers to; HEAD and OPTIONS follow from GET."""
    plain = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    return sorted((method, rule.rule) for rule in plain for method in (rule.methods or set()) - {"HEAD", "OPTIONS"})


@pytest.fixture
def named(live_session: Session, ruth: Person, mateo: Person, linh: Person, settings: Settings) -> dict[str, str]:
    """What the parts of an address that vary stand for: everything is Ruth's or the pair's."""
    invite.invite(ruth.id, "ana@example.org", Role.MENTEE, "")
    with db.transaction() as tx:
        item = ActionItem(
            mentorship_id=live_session.mentorship_id, session_id=live_session.id, key="k", position=0,
            text="Call Paula", owner=Role.MENTEE,
        )  # fmt: skip
        grant = Connection(person_id=ruth.id, provider="zoom", account="z", sealed="-", created_at=NOON)
        linked = LinkedAccount(person_id=ruth.id, provider="zoom", account="z", created_at=NOON)
        device = SignIn(
            person_id=ruth.id, token_hash="0" * 64, browser="Firefox", created_at=NOON, seen_at=NOON, kept={}
        )
        tx.add_all([item, grant, linked, device])
        tx.flush()
        link = LetterLink(item_id=item.id, person_id=mateo.id, verb="done", expires_at=NOON + timedelta(days=60))
        tx.add(link)
        tx.flush()
        (invitation,) = tx.query(Invitation)
        token = pair.token_of(invitation)
    deliver.run_once(deliver.local_mailer(settings))
    (letter, *_) = deliver.local_mailer(settings).letters()
    return {
        "<int:session_id>": str(live_session.id), "<int:mentorship_id>": str(live_session.mentorship_id),
        "<int:item_id>": str(item.id), "<int:connection_id>": str(grant.id),
        "<int:linked_id>": str(linked.id), "<int:sign_in_id>": str(device.id),
        "<int:invitation_id>": str(invitation.id), "/d/<token>": f"/d/{links.sign('done', link.id)}",
        "/invitations/<token>": f"/invitations/{token}", "/sign-in/<token>": "/sign-in/x",
        "/dev/mail/<name>": f"/dev/mail/{letter.name}",
        "<provider>": "zoom", "<who>": "ruth", "parts/<name>": "parts/call",
    }  # fmt: skip


@pytest.fixture
def put_back(named: dict[str, str], tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Makes the database what it was, so that each deed finds the same world."""
    file = tmp_path / "alongside.db"
    with closing(sqlite3.connect(":memory:")) as kept:
        with closing(sqlite3.connect(file)) as first:
            first.backup(kept)

        def again() -> None:
            with closing(sqlite3.connect(file)) as target:
                kept.backup(target)

        yield again


def test_every_route_has_its_row(app: Flask) -> None:
    assert routes(app) == sorted(table())


@pytest.mark.parametrize("who", WHO)
def test_everybody_gets_what_is_theirs_and_nothing_else(
    who: str, app: Flask, browse: Callable[[Person | None], Browser], named: dict[str, str],
    ruth: Person, mateo: Person, linh: Person, request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    if who == "former":
        pair.close(int(named["<int:mentorship_id>"]), by=ruth.id)
    person = {"anonymous": None, "stranger": linh, "mentor": ruth, "mentee": mateo, "former": mateo}[who]
    put_back = request.getfixturevalue("put_back")
    got = {}
    for method, rule in routes(app):
        put_back()
        got[method, rule] = ask(browse(person), method, rule, named)
    assert got == {route: expected[who] for route, expected in table().items()}


def ask(browser: Browser, method: str, rule: str, named: dict[str, str]) -> int:
    """The status of one route, asked as our own page would."""
    address = rule
    for part, value in named.items():
        address = address.replace(part, value)
    fields = {"csrf": browser.csrf, **FIELDS.get(rule, {})} if method == "POST" else None
    with browser.open(address, method=method, data=fields, headers={"Origin": "http://localhost"}) as answer:
        return answer.status_code
