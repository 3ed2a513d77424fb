"""Ten kills; `make soak` goes on for as many as are asked for."""

import random
from pathlib import Path

import pytest

from tests.bench import people
from tests.server import serving
from tests.soak.__main__ import Enough, gather, look, soak


@pytest.mark.timeout(300)
def test_what_was_said_to_be_saved_or_shown_to_a_partner_outlives_ten_kills(tmp_path: Path) -> None:
    with serving(tmp_path) as server, people.installation(server) as app:
        partners = gather(app, server, pairs=2, seed="ten kills")
        count = soak(server, partners, random.Random("ten kills"), Enough(kills=10, minutes=None, most=30))
        assert count.kills == 10
        assert not count.lost
        partners[0].saved.add("a word that never came")
        assert look(partners) == {"saved": 1}  # a loss would have been found
