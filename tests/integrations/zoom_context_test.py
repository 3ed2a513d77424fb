"""Whatever comes in as Zoom's word, only what Zoom sealed for our app, and lately, is anybody's word."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from integrations.oauth import Client
from integrations.zoom_context import AppContext, read
from tests.simulators.zoom_context import app_context

VECTORS = json.loads((Path(__file__).parent.parent / "contract" / "zoom_vectors.json").read_text())["app_context"]
OURS = Client("synthetic_client_id", VECTORS["client_secret"])
NOW = datetime.fromtimestamp(1795345122, UTC)
GOOD = {case["name"]: case for case in VECTORS["cases"] if case["name"] != "expired"}
SAID = GOOD["meeting_host"]["plaintext"]
BROKEN = [VECTORS[name] for name in ("tampered_tag_b64", "truncated_b64", "oversized_cipher_len_b64")]


def sealed(**other):
    return app_context({**SAID, **other}, OURS.secret)


@pytest.mark.parametrize("spelling", ["header_urlsafe_b64", "header_std_b64"])
@pytest.mark.parametrize("case", GOOD.values(), ids=list(GOOD))
def test_what_zoom_sealed_is_read_however_it_is_spelt(case, spelling):
    said = case["plaintext"]
    until = datetime.fromtimestamp(said["exp"] / 1000, UTC)
    expected = AppContext(said["uid"], said.get("mid", ""), said.get("act", ""), until)
    assert read(case[spelling], OURS, NOW) == expected


@pytest.mark.parametrize("header", BROKEN)
def test_what_was_tampered_with_says_nothing(header):
    assert read(header, OURS, NOW) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "another-app"}, {"aud": None}, {"iss": "evil.example"}, {"iss": None},
        {"exp": SAID["ts"]}, {"exp": SAID["exp"] / 1000}, {"exp": SAID["exp"] // 1000}, {"exp": "soon"}, {"exp": True},
        {"exp": None}, {"exp": -1}, {"exp": 10**30},
    ],
)  # fmt: skip
def test_what_was_sealed_for_others_or_is_too_old_says_nothing(wrong):
    assert read(sealed(), OURS, NOW) is not None
    assert read(sealed(**wrong), OURS, NOW) is None


def test_another_secret_opens_nothing():
    assert read(sealed(), Client(OURS.id, "another secret"), NOW) is None


def test_somebody_not_signed_in_to_zoom_has_no_name():
    context = read(sealed(uid=None, mid=7, act=["x"]), OURS, NOW)
    assert context is not None and (context.user, context.meeting, context.action) == ("", "", "")


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ALTERED = st.tuples(st.sampled_from(sorted(GOOD)), st.integers(0, 400), st.integers(1, 255))


@given(st.text())
@example("é")
@example("=")
@example("A" * 20_000)
def test_no_text_makes_a_fault(header):
    assert read(header, OURS, NOW) is None


@given(st.binary(max_size=300))
@example(b"")
@example(b"\x0c")
@example(b"\x00" * 40)
@example(b"\xff" * 300)
@example(b"\x0c" + b"a" * 12 + b"\x00\x00" + b"\xff\xff\xff\xff" + b"x" * 40)  # a negative length
def test_no_bytes_make_a_fault(parts):
    assert read(base64.b64encode(parts).decode(), OURS, NOW) is None


@given(ALTERED)
def test_one_byte_changed_anywhere_makes_it_nobody_s(altered):
    name, at, by = altered
    parts = bytearray(base64.b64decode(GOOD[name]["header_std_b64"]))
    parts[at % len(parts)] ^= by
    assert read(base64.b64encode(bytes(parts)).decode(), OURS, NOW) is None


@given(st.dictionaries(st.sampled_from(["uid", "mid", "act", "aud", "iss", "exp", "typ"]), ANYTHING))
def test_whatever_zoom_may_seal_makes_no_fault(said):
    context = read(app_context({**SAID, **said}, OURS.secret), OURS, NOW)
    assert context is None or all(isinstance(each, str) for each in (context.user, context.meeting, context.action))
