"""A new version comes while people write: nobody is reloaded, and their old files stay while they need them."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.journeys.agenda import add_topic, says
from tests.journeys.installed import install
from tests.journeys.pair import Both
from tests.server import ROOT, Server
from tests.waiting import until

VERSIONS = "async () => (await caches.keys()).filter((name) => name.startsWith('alongside-files-'))"
LOADED = "() => document.querySelector('script[src*=session]').src"


@pytest.fixture(scope="module")
def workers() -> Literal["allow", "block"]:
    return "allow"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the product, to be upgraded."""
    root = tmp_path_factory.mktemp("release")
    for folder in ("companion", "integrations", "templates"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
    shutil.copy(ROOT / "wsgi.py", root)
    (root / "companion/frontend/node_modules").symlink_to(ROOT / "companion/frontend/node_modules")
    return root


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, release: Path) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("data"))
    started.root = release
    started.start(prepare="demo")
    yield started
    started.kill()


def upgrade(release: Path) -> list[str]:
    """Build other files in place of the old ones, which go; gives the names of those that are gone."""
    source, built = release / "companion/frontend/src/elements/all.js", release / "companion/static/build"
    before = json.loads((built / "manifest.json").read_text())["session.js"]
    source.write_text(source.read_text() + "\nglobalThis.isNew = true;\n")
    dates = release / "companion/frontend/src/agenda/dates.js"
    dates.write_text(dates.read_text() + "\nglobalThis.isNew = true;\n")
    subprocess.run(["node", "build.mjs"], cwd=release / "companion/frontend", check=True, capture_output=True)
    after = json.loads((built / "manifest.json").read_text())["session.js"]
    gone = [name for name in before["first"] + before["later"] if name not in after["first"] + after["later"]]
    for name in gone:
        assert (built / name).exists(), "a page without a worker may still ask for it"
        (built / name).unlink()
        (built / f"{name}.gz").unlink()
    return gone


def versions(page: Page) -> int:
    return len(page.evaluate(VERSIONS))


def opens_new(page: Page, session: str, old: str) -> bool:
    """From a slow server, a page kept today stands in once more with its old files."""
    page.goto(session)
    return bool(page.evaluate(LOADED) != old)


def test_a_new_version_comes_with_the_next_page_and_an_open_agenda_goes_on_with_its_old_files(
    both: Both, release: Path
) -> None:
    page = both.ruth
    install(page)
    gone = upgrade(release)
    other = page.context.new_page()
    until(lambda: opens_new(other, both.session, page.evaluate(LOADED)), seconds=20)
    assert other.evaluate("isNew")
    until(lambda: versions(other) == 2, seconds=20)
    add_topic(page, "Written in the old version")
    says(page, "Saved")
    assert page.evaluate("typeof isNew") == "undefined", "it was reloaded under its writer"
    for name in gone:
        assert page.evaluate("async (name) => (await fetch(name)).status", f"/static/build/{name}") == 200
    page.close()
    other.goto("/people")
    until(lambda: is_swept(other), seconds=20)


def is_swept(page: Page) -> bool:
    page.goto("/people")
    return versions(page) == 1
