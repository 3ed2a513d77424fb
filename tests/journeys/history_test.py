"""What was written when: who wrote and removed what, and the way back for each line, also after the session."""

from playwright.sync_api import expect

from tests.journeys.agenda import add_topic, end, line, paste, says
from tests.journeys.pair import Both


def test_what_the_partner_removed_and_changed_is_put_back_for_both(both: Both) -> None:
    paste(both.ruth.get_by_label("Add a talking point"), "The offer\nSalary")
    expect(both.mateo.locator("topic-list li")).to_have_count(2)
    both.mateo.get_by_role("button", name="Move or change: The offer").click()
    both.mateo.get_by_role("button", name="Remove", exact=True).click()
    expect(both.ruth.locator("topic-list li")).to_have_count(1)
    line(both.mateo).fill("Pay")
    expect(line(both.ruth)).to_have_value("Pay")
    says(both.mateo, "Saved")
    both.ruth.get_by_role("link", name="History").click()
    rows = both.ruth.locator("past-list li")
    expect(rows).to_have_count(4)
    expect(rows.nth(1)).to_contain_text("Mateo removed a talking point")
    expect(rows.nth(3)).to_contain_text("You wrote a talking point")
    both.ruth.get_by_role("button", name="Put back The offer").click()
    both.ruth.get_by_role("button", name="Put back Salary").click()
    for place, words in enumerate(("The offer", "Salary")):
        expect(line(both.mateo, place)).to_have_value(words)
    expect(both.ruth.get_by_role("button", name="Put back")).to_have_count(0)
    both.ruth.get_by_role("button", name="Undo", exact=True).click()
    expect(line(both.mateo, 1)).to_have_value("Pay")
    add_topic(both.mateo, "Written meanwhile")
    both.ruth.get_by_role("button", name="Look again").click()
    expect(rows.first).to_contain_text("Written meanwhile")
    both.ruth.get_by_label("Only what was changed or removed").check()
    expect(rows.get_by_text("wrote")).to_have_count(0)


def test_the_history_is_there_after_the_session_to_read(both: Both) -> None:
    add_topic(both.ruth, "Talked about")
    says(both.ruth, "Saved")
    end(both.ruth)
    both.ruth.get_by_role("button", name="Send both lists").click()
    both.ruth.get_by_role("link", name="History").click()
    expect(both.ruth.locator("past-list li")).to_contain_text(["You wrote a talking point"])
    expect(both.ruth.get_by_role("button", name="Put back")).to_have_count(0)
