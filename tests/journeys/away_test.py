"""Away for long: asleep, signed out meanwhile, or the server came back older than it was. Each word arrives once, or is
there to be copied."""

import shutil
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.agenda import add_topic, line, says, sit_down, titles
from tests.journeys.conftest import look_around
from tests.journeys.pair import Both
from tests.server import Server


def test_an_hour_offline_on_both_sides_ends_with_the_same_words(both: Both) -> None:
    """Their clocks jump, as those of devices that slept do."""
    for page, words in ((both.ruth, "Ruth's, from the train"), (both.mateo, "Mateo's, from the bus")):
        page.clock.install()
        page.reload()
        says(page, "Saved")
        page.context.set_offline(True)
        add_topic(page, words)
        says(page, "Kept on this device")
        page.clock.fast_forward("01:00:00")
        says(page, "Kept on this device")
    for page in (both.ruth, both.mateo):
        page.context.set_offline(False)
    for page in (both.ruth, both.mateo):
        expect(page.locator("topic-list li")).to_have_count(2)
        says(page, "Saved")
    assert titles(both.ruth) == titles(both.mateo)
    assert set(titles(both.ruth)) == {"Ruth's, from the train", "Mateo's, from the bus"}


def test_who_was_signed_out_meanwhile_finds_their_words_after_signing_in_and_they_arrive_once(both: Both) -> None:
    page = both.ruth
    page.context.set_offline(True)
    add_topic(page, "Written while the cookie ran out")
    says(page, "Kept on this device")
    page.context.clear_cookies()
    page.context.set_offline(False)
    expect(page.get_by_role("dialog").get_by_role("textbox")).to_have_value("Written while the cookie ran out")
    look_around(page, "ruth")
    sit_down(page, both.session)
    for each in (page, both.mateo):
        expect(each.locator("topic-list li")).to_have_count(1)
        expect(line(each)).to_have_value("Written while the cookie ran out")


def test_after_a_backup_was_put_back_nothing_returns_by_itself_and_unsaved_words_can_be_copied(
    both: Both, server: Server, tmp_path: Path
) -> None:
    add_topic(both.mateo, "Before the backup")
    says(both.mateo, "Saved")
    server.flask("backup", str(tmp_path / "backup.db"))
    add_topic(both.mateo, "After the backup")
    expect(both.ruth.locator("topic-list li")).to_have_count(2)
    says(both.mateo, "Saved")
    both.ruth.context.set_offline(True)
    add_topic(both.ruth, "Never sent")
    says(both.ruth, "Kept on this device")
    server.kill()
    put_back(server, tmp_path / "backup.db")
    server.start()
    both.ruth.context.set_offline(False)
    expect(both.ruth.get_by_role("dialog").get_by_role("textbox")).to_have_value("Never sent")
    both.ruth.get_by_role("dialog").get_by_role("button", name="I have them").click()
    for page in (both.ruth, both.mateo):  # both pages open the agenda anew by themselves
        expect(page.locator("topic-list li")).to_have_count(1)
        says(page, "Saved")
        assert titles(page) == ["Before the backup"]


def put_back(server: Server, backup: Path) -> None:
    """As docs/deploy.md says."""
    here = server.data_dir / "alongside.db"
    for more in ("-wal", "-shm"):
        here.with_name(here.name + more).unlink(missing_ok=True)
    shutil.copy(backup, here)
    server.flask("restored")
