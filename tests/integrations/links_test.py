"""Jitsi and pasted links: made here, without asking anybody."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import requests

from integrations.errors import Refused
from integrations.meetings import Meeting, MeetingPlan, jitsi, pasted

PLAN = MeetingPlan("The portfolio", datetime(2026, 11, 24, 17, 0), "Africa/Nairobi", timedelta(minutes=45), "marker")
ROOMS = {"rooms": "https://meet.example.org"}


def paste(link: str) -> Meeting:
    return pasted.provider.create(requests.Session(), {}, replace(PLAN, link=link))


def test_a_room_name_cannot_be_guessed():
    made = [jitsi.provider.create(requests.Session(), ROOMS, PLAN) for _ in range(50)]
    assert len({each.join_url.lower() for each in made}) == 50
    assert all(int(each.reference, 16).bit_length() > 128 for each in made)


def test_a_room_is_on_the_configured_server_and_says_nothing_of_the_pair():
    made = jitsi.provider.create(requests.Session(), ROOMS, PLAN)
    assert made.join_url == f"https://meet.example.org/{made.reference}"


@pytest.mark.parametrize(
    "link",
    [
        "https://whereby.com/ruth-and-mateo",
        "https://us05web.zoom.us/j/123?pwd=a.1",
        "  https://teams.live.com/meet/1  ",
        "https://bücher.example/x",
    ],
)
def test_an_https_link_is_taken_as_it_is(link):
    assert paste(link).join_url == link.strip()


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("", "not a link"),
        ("zoom", "not a link"),
        ("localhost/j/1", "not a link"),
        ("ruth@zoom.us/j/1", "not a link"),
        ("http://zoom.us/j/1", "https://"),
        ("javascript:alert(1)//zoom.us", "not a link"),
        ("data:text/html,x", "not a link"),
        ("https://", "not a link"),
        ("https://localhost/x", "not a link"),
        ("https://[::1/x", "not a link"),
        ("https://zoom.us:99999/x", "not a link"),
        ("https://ruth:secret@zoom.us/j/1", "name or password"),
        ("https://zoom.us@evil.example/", "name or password"),
        ("https://zoom.us/j/1 and the code is 7", "more than a link"),
        ("https://zoom.us/\nj", "more than a link"),
        ("https:\\\\zoom.us", "more than a link"),
        ("https://zoom.us/" + "x" * 1000, "longer than"),
        ("https://us02web.zoom.us/s/85012345678?zak=eyJ0eXAi", "as its host"),
        ("https://zoom.us/s/85012345678", "as its host"),
        ("zoom.us/wc/85012345678/start?x=1", "as its host"),
        ("https://zoom.example.org/j/1?pwd=a&zak=eyJ0eXAi", "as its host"),
    ],
)
def test_anything_else_is_refused_with_what_to_mend(link, why):
    with pytest.raises(Refused, match=why):
        paste(link)


@pytest.mark.parametrize(
    ("link", "name"),
    [
        ("https://us05web.zoom.us/j/1", "Zoom"),
        ("https://meet.google.com/abc-mnop-xyz", "Google Meet"),
        ("https://notzoom.us/j/1", "notzoom.us"),
        ("https://zoom.us.evil.example/", "zoom.us.evil.example"),
    ],
)
def test_a_link_is_named_by_its_host(link, name):
    assert pasted.named_by_host(link) == name


@pytest.mark.parametrize("link", ["zoom.us/j/1?pwd=x", "Whereby.com", " meet.example.org:8443/room#now "])
def test_https_is_added_where_only_host_and_path_were_copied(link):
    assert paste(link).join_url == f"https://{link.strip()}"
