"""The main job once more, with PostgreSQL in the place of SQLite."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from tests.databases import fresh_postgresql
from tests.journeys import whole_job_test
from tests.server import Server, serving
from tests.simulators.smtp import Sink


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, post: Sink) -> Iterator[Server]:
    letters = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(post.port), "SMTP_SECURITY": "none"}
    with fresh_postgresql() as url:
        data_dir = tmp_path_factory.mktemp("data")
        Server(data_dir, DATABASE_URL=url, **letters).flask("demo")
        with serving(data_dir, DATABASE_URL=url, **letters) as running:
            yield running


def test_from_the_invitation_to_the_letters(window: Callable[..., Page], post: Sink) -> None:
    whole_job_test.test_from_the_invitation_to_the_letters(window, post, "Jitsi")
