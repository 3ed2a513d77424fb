"""Whoever runs an installation sets a provider up: finds the page, copies, tests."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.server import Server

pytestmark = pytest.mark.windows


def test_an_administrator_copies_what_to_register_and_tests_it(window: Callable[..., Page], server: Server) -> None:
    ruth = window("ruth", permissions=["clipboard-read", "clipboard-write"])
    ruth.goto("/settings")
    ruth.get_by_role("link", name="Open set-up").click()
    ruth.get_by_role("link", name="Look after Zoom").click()
    expect(ruth.get_by_role("heading", name="Zoom", level=1)).to_be_visible()

    ruth.get_by_role("button", name=re.compile("^Copy.*redirect URL")).click()
    expect(ruth.get_by_role("button", name=re.compile("^Copied"))).to_be_visible()
    assert ruth.evaluate("navigator.clipboard.readText()") == f"{server.url}/connections/zoom/callback"

    ruth.get_by_role("button", name="Test Zoom").click()
    found = ruth.get_by_role("status")
    expect(found).to_contain_text("Zoom seems to know them")
    expect(found).to_contain_text("A signed question reached our own address and was answered as Zoom wants it.")


def test_everything_is_checked_with_one_click(window: Callable[..., Page]) -> None:
    ruth = window("ruth")
    ruth.goto("/setup")
    ruth.get_by_role("button", name="Check everything").click()
    found = ruth.get_by_role("status")
    expect(found).to_contain_text("Alongside answers at")
    expect(found).to_contain_text("lets us in. Nothing was sent.")


def test_nobody_else_finds_it(window: Callable[..., Page]) -> None:
    mateo = window("mateo")
    mateo.goto("/settings")
    expect(mateo.get_by_role("link", name="Open set-up")).to_have_count(0)
    answer = mateo.goto("/setup")
    assert answer is not None and answer.status == 404
