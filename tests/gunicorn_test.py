import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import GUNICORN, ROOT, Server
from tests.waiting import until


@pytest.fixture
def server(tmp_path):
    made = Server(tmp_path)
    yield made
    if made.process is not None and made.processes():
        made.kill()


def last_words(server, *arguments, **environment):
    """What it says when it refuses to serve, and with which code it ends."""
    done = subprocess.run(
        [sys.executable, *GUNICORN, *arguments],
        cwd=ROOT,
        env={**server.environment, **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_second_worker_is_refused_with_a_sentence(server):
    code, words = last_words(server, "--workers", "2")
    assert code != 0
    assert "Alongside is served by one worker" in words
    assert "Traceback" not in words


def test_settings_that_cannot_be_used_end_it_with_their_sentences(server):
    code, words = last_words(server, DEMO="0", SECRET_KEY="weak")
    assert code != 0
    assert "Alongside can't start with these settings" in words
    assert "Traceback" not in words
    assert words.count("Booting worker") == 1


def test_a_database_that_was_not_migrated_ends_it_with_a_sentence(server):
    code, words = last_words(server)
    assert code != 0
    assert "flask migrate" in words
    assert words.count("Booting worker") == 1


def test_web_concurrency_is_not_asked_and_a_worker_cannot_be_added_later(server):
    server.environment = {**server.environment, "WEB_CONCURRENCY": "3"}
    server.start()
    assert server.log.read_text().count("Booting worker") == 1
    os.kill(server.process.pid, signal.SIGTTIN)
    until(lambda: "Alongside is served by one worker" in server.log.read_text())
    assert server.log.read_text().count("Booting worker") == 1


def test_nothing_was_imported_before_the_worker_patched_the_standard_library(server):
    server.start()
    assert "MonkeyPatchWarning" not in server.log.read_text()


def test_a_stop_leaves_no_process_behind(server):
    server.start()
    until(lambda: len(server.processes()) >= 4)  # master, worker, keeper, spare
    family = server.processes()
    server.stop()
    assert server.process.returncode == 0
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family))
