"""What two people do with an agenda: order it, take back, go through it, keep notes to themselves."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.journeys.agenda import add_topic, expect_order, grip, line, paste, put_caret, says, sit_down, topic
from tests.journeys.pair import Both

PRIVATE = "Ask him about the divorce"


def test_a_talking_point_is_moved_by_mouse(both: Both) -> None:
    three_topics(both)
    drag(both.ruth, grip(both.ruth, "Third"), above=topic(both.ruth, "First"))
    expect_order(both, ["Third", "First", "Second"])


def test_a_talking_point_is_moved_by_keys(both: Both) -> None:
    three_topics(both)
    grip(both.ruth, "Third").focus()
    both.ruth.keyboard.press("Alt+ArrowUp")
    expect_order(both, ["First", "Third", "Second"])
    expect(grip(both.ruth, "Third")).to_be_focused()
    expect(both.ruth.get_by_text("Now 2 of 3")).to_be_attached()


def test_undo_takes_back_ones_own_last_step_and_not_the_partners(both: Both) -> None:
    three_topics(both)
    grip(both.ruth, "Second").click()
    both.ruth.get_by_role("button", name="Remove", exact=True).click()
    expect_order(both, ["First", "Third"])
    add_topic(both.mateo, "Mateo’s own")
    expect(grip(both.ruth, "Mateo’s own")).to_be_visible()
    both.ruth.get_by_role("button", name="Undo", exact=True).click()
    expect_order(both, ["First", "Second", "Third", "Mateo’s own"])


def test_minutes_are_counted_for_both(both: Both) -> None:
    add_topic(both.ruth, "The portfolio")
    minutes = both.ruth.get_by_label("Minutes for The portfolio")
    minutes.fill("25")
    minutes.press("Tab")
    expect(both.mateo.get_by_label("Minutes for The portfolio")).to_have_value("25")
    expect(both.mateo.locator("minutes-budget")).to_contain_text("25 of 60 minutes planned")


def test_both_see_what_is_talked_about_now_and_what_is_done(both: Both) -> None:
    add_topic(both.ruth, "First")
    add_topic(both.ruth, "Second")
    for page in (both.ruth, both.mateo):
        page.goto(f"{both.session}/beside")
        says(page, "Saved")
    for now in ("First", "Second"):
        both.ruth.locator("next-up button").click()
        for page in (both.ruth, both.mateo):
            expect(page.locator("now-topic h2")).to_have_text(now)
    both.mateo.goto(both.session)
    expect(topic(both.mateo, "First")).to_have_attribute("data-state", "done")


def test_what_is_left_from_before_is_taken_up_once_whoever_presses(both: Both) -> None:
    open_items = [page.locator("carried-list button").first for page in (both.ruth, both.mateo)]
    words = open_items[0].get_attribute("data-text")
    for button in open_items:
        button.dispatch_event("click")
    for page in (both.ruth, both.mateo):
        says(page, "Saved")
        expect(page.locator("topic-list li")).to_have_count(1)
        expect(line(page)).to_have_value(str(words))


def test_a_pasted_list_becomes_as_many_lines_and_one_step_to_take_back(both: Both) -> None:
    add_topic(both.ruth, "Before")
    paste(both.ruth.get_by_label("Add a talking point"), "- Salary\r\n- Offsite\n\n- Thesis")
    expect_order(both, ["Before", "Salary", "Offsite", "Thesis"])
    both.ruth.get_by_role("button", name="Undo", exact=True).click()
    expect_order(both, ["Before"])
    put_caret(line(both.ruth), 6)
    paste(line(both.ruth), ", all\nAfter")
    expect_order(both, ["Before, all", "After"])
    both.ruth.get_by_role("button", name="Undo", exact=True).click()
    expect_order(both, ["Before"])
    put_caret(line(both.ruth), 6)
    paste(line(both.ruth), ", all\nAfter")
    paste(both.ruth.get_by_label("Add an action item"), "send CV @mateo\nread it @ruth")
    for page in (both.ruth, both.mateo):
        expect(page.locator("item-list li")).to_have_count(2)
    paste(both.ruth.get_by_label("Add a talking point"), "x\n" * 101)
    expect(both.ruth.get_by_text("paste up to 100 at a time")).to_be_visible()
    expect_order(both, ["Before, all", "After"])


def test_ones_own_steps_are_taken_back_and_done_again_from_anywhere_the_partners_never(both: Both) -> None:
    undo, redo = (both.ruth.get_by_role("button", name=name) for name in ("Undo your last step", "Redo it"))
    expect(undo).to_be_disabled()
    add_topic(both.ruth, "Ruth’s")
    expect_order(both, ["Ruth’s"])
    add_topic(both.mateo, "Mateo’s")
    expect_order(both, ["Ruth’s", "Mateo’s"])
    undo.click()
    expect_order(both, ["Mateo’s"])
    expect(both.ruth.get_by_text("Taken back")).to_be_attached()
    expect(undo).to_be_disabled()
    redo.click()
    expect_order(both, ["Ruth’s", "Mateo’s"])
    both.ruth.keyboard.press("Control+z")  # the button has the focus
    expect_order(both, ["Mateo’s"])
    both.ruth.keyboard.press("Control+Shift+z")
    expect_order(both, ["Ruth’s", "Mateo’s"])


def test_a_note_is_added_by_keys_and_the_partner_sees_it_being_written(both: Both) -> None:
    add_topic(both.ruth, "The portfolio")
    add_topic(both.ruth, "The offsite")
    keys = both.ruth.keyboard
    grip(both.ruth, "The portfolio").focus()
    keys.press("Enter")
    both.ruth.get_by_role("button", name="Add a note").press("Enter")
    field = both.ruth.get_by_label("Add a note to The portfolio")
    expect(field).to_be_focused()
    keys.type("Bring the dr")
    folded = topic(both.mateo, "The portfolio").locator("summary")
    expect(folded).to_have_text("1 note")
    folded.click()
    note = both.mateo.get_by_label("Note by Ruth")
    expect(note).to_have_value("Bring the dr")
    keys.type("afts")
    keys.press("Enter")
    expect(field).to_be_focused()
    expect(both.ruth.get_by_label("Your note")).to_have_value("Bring the drafts")
    paste(field, "- Numbers\n- Names")
    expect(both.mateo.get_by_label("Note by Ruth")).to_have_count(3)
    expect(folded).to_have_text("3 notes")
    expect(topic(both.mateo, "The offsite").locator("summary")).to_be_hidden()
    expect(both.mateo.locator("li.topic")).to_have_count(2)


def test_a_note_is_added_with_a_finger(both: Both, window: Callable[..., Page]) -> None:
    add_topic(both.ruth, "The portfolio")
    phone = window("mateo", 390, 700, has_touch=True, is_mobile=True)
    sit_down(phone, both.session)
    grip(phone, "The portfolio").tap()
    phone.get_by_role("button", name="Add a note").tap()
    expect(phone.get_by_label("Add a note to The portfolio")).to_be_focused()
    phone.keyboard.type("Bring the drafts")
    phone.keyboard.press("Enter")
    topic(both.ruth, "The portfolio").locator("summary").click()
    expect(both.ruth.get_by_label("Note by Mateo")).to_have_value("Bring the drafts")


def test_a_note_that_was_not_begun_leaves_no_trace(both: Both) -> None:
    add_topic(both.ruth, "The portfolio")
    notes = topic(both.ruth, "The portfolio").locator("topic-notes")
    grip(both.ruth, "The portfolio").click()
    both.ruth.get_by_role("button", name="Add a note").click()
    both.ruth.get_by_label("Add a note to The portfolio").press_sequentially("No")
    expect(topic(both.mateo, "The portfolio").locator("summary")).to_be_visible()
    for _ in "No":
        both.ruth.keyboard.press("Backspace")
    expect(notes).to_be_visible()
    both.ruth.get_by_label("Add a talking point").focus()
    expect(notes).to_be_hidden()
    expect(topic(both.mateo, "The portfolio").locator("summary")).to_be_hidden()


def test_an_address_in_a_line_can_be_opened_by_both(both: Both) -> None:
    add_topic(both.ruth, "Read https://example.org/offers, then talk")
    for page in (both.ruth, both.mateo):
        link = page.get_by_role("link", name="example.org/offers")
        expect(link).to_have_attribute("href", "https://example.org/offers")
        expect(link).to_have_attribute("target", "_blank")
    line(both.mateo).fill("Read it, then talk")
    expect(both.ruth.get_by_role("link", name="example.org/offers")).to_have_count(0)


def test_a_private_note_never_reaches_the_partner(both: Both) -> None:
    """Neither what is written in the private field, nor what is written in the shared line with the lock on."""
    add_topic(both.ruth, "The portfolio")
    heard = frames_of(both.mateo)
    for page in (both.mateo, both.ruth):
        page.goto(f"{both.session}/beside")
        says(page, "Saved")
    both.ruth.locator("next-up button").click()
    both.ruth.get_by_role("button", name="Only for me").click()
    both.ruth.keyboard.insert_text(PRIVATE)  # at once: a leak would be whole in one frame
    both.ruth.keyboard.press("Enter")
    expect(both.ruth.locator("private-notes textarea")).to_have_value(PRIVATE)
    expect(both.ruth.locator("private-notes [data-ref=status]")).to_have_text("Saved")
    both.ruth.get_by_role("button", name="Only for me").click()
    both.ruth.keyboard.insert_text("For both of us")
    expect(both.mateo.get_by_label("Note by Ruth")).to_have_value("For both of us")
    both.mateo.reload()
    says(both.mateo, "Saved")
    assert any(b"For both of us" in frame for frame in heard)
    assert not any(PRIVATE.encode() in frame for frame in heard)
    assert PRIVATE not in both.mateo.content()
    both.ruth.reload()
    expect(both.ruth.locator("private-notes textarea")).to_have_value(PRIVATE)


def three_topics(both: Both) -> None:
    for words in ("First", "Second", "Third"):
        add_topic(both.ruth, words)
    expect_order(both, ["First", "Second", "Third"])


def drag(page: Page, handle: Locator, above: Locator) -> None:
    handle.hover()
    page.mouse.down()
    box = above.bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 30, steps=5)
    page.mouse.move(box["x"] + 20, box["y"] + 5, steps=5)
    page.mouse.up()


def frames_of(page: Page) -> list[bytes]:
    """Everything that this page's sockets and requests are told from now on."""
    heard: list[bytes] = []

    def listen(frame: bytes | str) -> None:
        heard.append(frame if isinstance(frame, bytes) else frame.encode())

    page.on("websocket", lambda socket: socket.on("framereceived", listen))
    return heard
