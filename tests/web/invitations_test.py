"""An invitation from letter to pair, in whichever browser it is opened."""

from collections.abc import Callable

import pytest

from companion import links
from companion.model.mentorships import Invitation, InvitationState, Role
from companion.model.people import Person
from companion.services import devices, invite, pair
from tests.conftest import Browser

Browse = Callable[[Person | None], Browser]


@pytest.fixture
def asked(ruth: Person) -> Invitation:
    return invite.invite(ruth.id, "ana@example.org", Role.MENTEE, "Speak at a <b>conference</b>")


@pytest.fixture
def page(asked: Invitation) -> str:
    return f"/invitations/{pair.token_of(asked)}"


def test_the_first_page_says_who_and_what_for(browse: Browse, page: str) -> None:
    shown = browse(None).get(page).text
    assert "Ruth would like to mentor you" in shown
    assert "Speak at a &lt;b&gt;conference&lt;/b&gt;" in shown
    assert "Accept" in shown and "Decline" in shown and "<input class" not in shown


def test_looks_change_nothing(browse: Browse, page: str, asked: Invitation) -> None:
    visitor = browse(None)
    for where in (page, f"{page}/accept", f"{page}/decline"):
        for _ in range(3):
            assert visitor.get(where).status_code == visitor.head(where).status_code
    assert pair.opened(pair.token_of(asked)).state is InvitationState.OPEN


def test_accepting_signs_the_new_person_in_and_asks_their_name(browse: Browse, page: str) -> None:
    visitor = browse(None)
    answer = visitor.submit(f"{page}/accept")
    assert visitor.get(answer.headers["Location"]).headers["Location"].startswith("/welcome?next=/mentorships/")


def test_a_button_pressed_twice_signs_in_one_device(browse: Browse, page: str) -> None:
    visitor = browse(None)
    before = visitor.get_cookie("alongside")
    first = visitor.submit(f"{page}/accept")
    assert before is not None
    visitor.set_cookie("alongside", before.value)
    second = visitor.submit(f"{page}/accept")
    assert first.headers["Location"] == second.headers["Location"]
    assert first.headers["Set-Cookie"].split(";")[0] == second.headers["Set-Cookie"].split(";")[0]


def test_signed_in_as_somebody_else_it_asks_which(as_mateo: Browser, page: str) -> None:
    shown = as_mateo.get(page).text
    assert "Accept as Mateo Fuentes" in shown and "Accept as ana@example.org" in shown


def test_somebody_else_may_accept_as_themselves(as_mateo: Browser, mateo: Person, page: str) -> None:
    assert as_mateo.submit(f"{page}/accept", **{"as": "me"}).status_code == 302
    assert [each.mentee_id for each in pair.mentorships_of(mateo.id)] == [mateo.id]
    assert as_mateo.get("/people").status_code == 200


def test_accepting_as_the_invited_signs_the_other_out_here(as_mateo: Browser, mateo: Person, page: str) -> None:
    as_mateo.submit(f"{page}/accept")
    assert devices.of(mateo.id) == []
    assert pair.mentorships_of(mateo.id) == []


def test_who_asked_can_t_accept_for_themselves(as_ruth: Browser, ruth: Person, page: str) -> None:
    assert "Accept as Ruth" not in as_ruth.get(page).text
    assert as_ruth.submit(f"{page}/accept", **{"as": "me"}).status_code == 409
    assert pair.mentorships_of(ruth.id) == []


def test_declining_says_so_ever_after(browse: Browse, page: str) -> None:
    visitor = browse(None)
    assert visitor.submit(f"{page}/decline").headers["Location"] == page
    shown = visitor.get(page).text
    assert "You said no" in shown and "Accept" not in shown
    assert visitor.submit(f"{page}/accept").status_code == 409


def test_a_withdrawn_one_says_so(as_ruth: Browser, browse: Browse, asked: Invitation, page: str) -> None:
    assert as_ruth.submit(f"/invitations/{asked.id}/withdraw").status_code == 302
    visitor = browse(None)
    assert "taken back" in visitor.get(page).text
    assert visitor.submit(f"{page}/accept").status_code == 409


def test_an_accepted_one_leads_to_signing_in(browse: Browse, page: str) -> None:
    browse(None).submit(f"{page}/accept")
    shown = browse(None).get(page).text
    assert "accepted" in shown and 'href="/sign-in"' in shown


def test_the_digits_open_it_on_another_device(browse: Browse, asked: Invitation, page: str) -> None:
    visitor = browse(None)
    code = links.code("invitation", asked.id, asked.nonce)
    answer = visitor.submit("/invitations/code", email="ana@example.org", code=code)
    assert "Ruth would like to mentor you" in visitor.get(answer.headers["Location"]).text
    assert visitor.submit("/invitations/code", email="ana@example.org", code="1").status_code == 422
    assert visitor.submit("/invitations/code", email="ana", code=code).status_code == 422


@pytest.mark.parametrize("token", ["x", "1", "%2e%2e", "a.b.c", "é"])
def test_a_token_we_did_not_make_is_no_page(browse: Browse, asked: Invitation, token: str) -> None:
    visitor = browse(None)
    assert visitor.get(f"/invitations/{token}").status_code == 404
    for deed in ("accept", "decline"):
        assert visitor.submit(f"/invitations/{token}/{deed}").status_code == 404


def test_asking_and_asking_again(as_ruth: Browser, ruth: Person) -> None:
    assert as_ruth.submit("/invitations/new", role="mentor", email="bo@example.org", purpose="").status_code == 302
    shown = as_ruth.submit("/invitations/new", role="mentor", email="bo@example.org", purpose="")
    assert shown.status_code == 422 and "asked bo@example.org to be your mentor already" in shown.text
    [asked] = pair.invitations_of(ruth.id)
    assert "Sent again" in as_ruth.get(as_ruth.submit(f"/invitations/{asked.id}/resend").headers["Location"]).text


@pytest.mark.parametrize("form", [{}, {"role": "boss", "email": "bo@example.org"}, {"role": "mentor", "email": "bo"}])
def test_what_is_missing_is_said(as_ruth: Browser, form: dict[str, str]) -> None:
    assert as_ruth.submit("/invitations/new", **form).status_code == 422


def test_strangers_and_visitors_can_t_touch_an_invitation(
    as_stranger: Browser, browse: Browse, asked: Invitation
) -> None:
    for deed in ("withdraw", "resend"):
        assert as_stranger.submit(f"/invitations/{asked.id}/{deed}").status_code == 404
        assert browse(None).submit(f"/invitations/{asked.id}/{deed}").status_code == 401
