"""What Ruth and Mateo talked about so far: the words of the demo, nothing else."""

import base64
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Promise:
    """An action item; days are counted from the session, 0 means never."""

    text: str
    owner: str
    due_in: int = 0
    done_in: int = 0


@dataclass(frozen=True)
class Point:
    """A talking point with its notes, each (by, text)."""

    title: str
    raised_by: str
    minutes: int = 15
    state: str = "done"
    notes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Told:
    """One past session."""

    title: str
    points: tuple[Point, ...]
    items: tuple[Promise, ...]
    takeaway_mentor: str
    takeaway_mentee: str

    def page(self) -> dict[str, Any]:
        """As the keeper would have projected its agenda."""
        return {
            "talking_points": [
                {
                    "id": f"demopoint{place}", "title": point.title, "raised_by": point.raised_by, "minutes": point.minutes,
                    "state": point.state, "from": None,
                    "notes": [
                        {"id": f"demonote{place}{line}", "by": by, "text": text}
                        for line, (by, text) in enumerate(point.notes)
                    ],
                }
                for place, point in enumerate(self.points)
            ],
            "takeaway_mentor": self.takeaway_mentor,
            "takeaway_mentee": self.takeaway_mentee,
        }  # fmt: skip


PAST = (
    Told(
        "Hello",
        (
            Point("What we hope for", "mentor", notes=(("mentee", "Lead a team without losing the craft"), ("mentor", "Every two weeks, an hour, cameras on"))),
            Point("The last good week at work", "mentee", notes=(("mentee", "The week nobody needed me"),)),
        ),
        (Promise("Write down three moments of feeling useful", "mentee", 7, 6), Promise("Send the questions my first mentor asked me", "mentor", 3, 2)),
        "He listens first. Ask more, tell less.",
        "I am allowed to want this.",
    ),
    Told(
        "The write-up",
        (
            Point("The migration write-up", "mentee", 25, notes=(("mentor", "Lead with what broke"), ("mentee", "Who is it for? Paula, not the team"))),
            Point("Saying no to the on-call swap", "mentee", notes=(("mentor", "“I can’t this month” is a whole sentence"),)),
        ),
        (Promise("Share the write-up with two people", "mentee", 10, 9), Promise("Read Mateo’s migration write-up", "mentor", 20), Promise("Ask Paula for twenty minutes", "mentee", 14, 12)),
        "He undersells the migration.",
        "The first page is for the reader, not for me.",
    ),
    Told(
        "Mock interview",
        (
            Point("The mock interview", "mentor", 35, notes=(("mentor", "Strong on systems, shy on results"), ("mentee", "I say “we” when I mean “I”"))),
            Point("Which companies, and why", "mentee", notes=(("mentee", "Small enough to know everybody"),)),
            Point("What would make this spring a good one?", "mentor", state="open"),
        ),
        (
            Promise("Pick three target companies", "mentee", 9),
            Promise("Practise the migration story, twice, out loud", "mentee", 12, 13),
            Promise("Write to Paula Sanhueza about the platform role", "mentor", 14),
            Promise("Send the salary band sheet", "mentor", 16),
        ),
        "Twice, out loud, on a Saturday. I noticed.",
        "I keep waiting to feel ready, and nobody else is waiting.",
    ),
)  # fmt: skip

# The next agenda as one Yjs update: three talking points that the two have already prepared.
NEXT_AGENDA = base64.b64decode(
    "ASW5hvCN6ea2BQAnAQ50YWxraW5nX3BvaW50cww5ODE2Njk3MGY5ZDgBKAC5hvCN6ea2BQAEcmFuawF3B2EwMDAwMDEoALmG8I3p"
    "5rYFAAlyYWlzZWRfYnkBdwZtZW50ZWUoALmG8I3p5rYFAAdtaW51dGVzAXxBcAAAKAC5hvCN6ea2BQAFc3RhdGUBdwRvcGVuKAC5"
    "hvCN6ea2BQAEZnJvbQF+JwC5hvCN6ea2BQAFdGl0bGUCBAC5hvCN6ea2BQYVQSB3aW4gc2luY2UgbGFzdCB0aW1lJwC5hvCN6ea2"
    "BQAFbm90ZXMBJwEOdGFsa2luZ19wb2ludHMMZGY0YzYwNWQyNzU4ASgAuYbwjenmtgUdBHJhbmsBdwdhMDAwMDAyKAC5hvCN6ea2"
    "BR0JcmFpc2VkX2J5AXcGbWVudGVlKAC5hvCN6ea2BR0HbWludXRlcwF8QXAAACgAuYbwjenmtgUdBXN0YXRlAXcEb3BlbigAuYbw"
    "jenmtgUdBGZyb20BficAuYbwjenmtgUdBXRpdGxlAgQAuYbwjenmtgUjJkhvdyB0byBvcGVuIHRoZSBzYWxhcnkgdGFsayB3aXRo"
    "IFBhdWxhJwC5hvCN6ea2BR0Fbm90ZXMBJwC5hvCN6ea2BUoMYWIwMTA5NTRhZTgyASgAuYbwjenmtgVLBHJhbmsBdwdhMDAwMDAz"
    "KAC5hvCN6ea2BUsCYnkBdwZtZW50b3InALmG8I3p5rYFSwR0ZXh0AgQAuYbwjenmtgVOMUJhbmRzIGFyZSBwdWJsaWM6IGhlIGlz"
    "IFA0LCBhc2sgZm9yIHRoZSB0b3AgdGhpcmQnALmG8I3p5rYFSgwwZjQzMTllNjA5ZmQBKAC5hvCN6ea2BYABBHJhbmsBdwdhMDAw"
    "MDA0KAC5hvCN6ea2BYABAmJ5AXcGbWVudGVlJwC5hvCN6ea2BYABBHRleHQCBAC5hvCN6ea2BYMBF1NoZSBkZWNpZGVzIGluIERl"
    "Y2VtYmVyJwEOdGFsa2luZ19wb2ludHMMZDBiZjE2OTQ1MGY5ASgAuYbwjenmtgWbAQRyYW5rAXcHYTAwMDAwNSgAuYbwjenmtgWb"
    "AQlyYWlzZWRfYnkBdwZtZW50b3IoALmG8I3p5rYFmwEHbWludXRlcwF8QXAAACgAuYbwjenmtgWbAQVzdGF0ZQF3BG9wZW4oALmG"
    "8I3p5rYFmwEEZnJvbQF+JwC5hvCN6ea2BZsBBXRpdGxlAgQAuYbwjenmtgWhASVUaGUgcG9ydGZvbGlvIGNhc2Ugc3R1ZHk6IHdo"
    "YXQgdG8gY3V0JwC5hvCN6ea2BZsBBW5vdGVzAQA="
)
