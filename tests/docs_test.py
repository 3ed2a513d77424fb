"""What the guides say is what the product does: names of settings, scopes, addresses and commands."""

import re
from pathlib import Path

import pytest
from flask import Flask

from companion import config
from companion.services import set_up
from tests.conftest import BASE_URL
from tests.server import ROOT

README, DEPLOY = (ROOT / "README.md").read_text(), (ROOT / "docs" / "deploy.md").read_text()
CHAPTERS = {"zoom": "Connect Zoom", "google_meet": "Connect Google Meet", "teams": "Connect Microsoft Teams"}
FOR_US = {"DEMO", "TESTING", "TEST_CLOCK", "TEST_DATABASE_URL", "SIMULATE", "MINUTES", "SEED", "ARGS", "PYTHON"}


def chapter(name: str) -> str:
    found = re.search(rf"^### {CHAPTERS[name]}$(.*?)^##", README, re.MULTILINE | re.DOTALL)
    assert found, f"README.md has no chapter {CHAPTERS[name]}"
    return found[1]


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_provider_s_chapter_names_all_that_is_to_be_copied(app: Flask, name: str) -> None:
    place, said = set_up.place(name), chapter(name)
    for wanted in (*(each.name for each in place.scopes), *(each.name for each in place.settings)):
        assert f"`{wanted}" in said or f"\n   {wanted}" in said, wanted
    for address in filter(None, (place.redirect_uri, place.webhook_url)):
        assert f"`{address.replace(BASE_URL, 'BASE_URL')}`" in said


def test_every_provider_has_its_chapter(app: Flask) -> None:
    assert {each.name for each in set_up.places()} == set(CHAPTERS)


def test_every_setting_is_in_the_table(app: Flask) -> None:
    source = Path(config.__file__).read_text()
    read = set(re.findall(r'said\.(?:text|flag|number|words)\(\s*"([A-Z_]+)"', source))
    read |= set(re.findall(r'(?:_one_of|_sender)\(said, "([A-Z_]+)"', source))
    read |= {each.name for place in set_up.places() for each in place.settings}
    table = set(re.findall(r"`([A-Z][A-Z_]+)`", DEPLOY.split("| Setting |")[1].split("\n\n")[0]))
    assert read - FOR_US <= table
    assert len(read) > 25


def test_every_command_is_explained(app: Flask) -> None:
    commands = app.cli.commands.items()
    ours = {name for name, each in commands if each.callback and each.callback.__module__ == "companion.cli"}
    assert {"migrate", "doctor", "manifest"} <= ours
    for name in ours - {"demo"}:  # `make run` does it
        assert re.search(rf"(flask|alongside|wsgi) {name}\b", README + DEPLOY), name


def test_links_lead_somewhere() -> None:
    for file in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", file.read_text()):
            assert (file.parent / target).exists(), f"{file.name}: {target}"
