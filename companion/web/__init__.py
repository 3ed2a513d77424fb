"""The web door: one blueprint per family of pages. It knows who asks, calls one verb, and answers with a page."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

from companion.web import (
    assets,
    connections,
    dev_mail,
    hand_over,
    health,
    history,
    home,
    hooks,
    invitations,
    items,
    letters,
    meet_panel,
    meetings,
    mentorships,
    notes,
    oauth,
    people,
    phone,
    plans,
    privacy,
    refusals,
    security,
    sessions,
    set_up,
    shell,
    sign_in,
    words,
    zoom,
)

FAMILIES = (
    home,
    people,
    sign_in,
    invitations,
    mentorships,
    sessions,
    history,
    phone,
    meetings,
    plans,
    notes,
    items,
    connections,
    letters,
    hooks,
    health,
    set_up,
    privacy,
    hand_over,
    meet_panel,
    shell,
    zoom,
)


class RowId(IntegerConverter):
    """An id as databases have them; a larger number is no page's address."""

    def __init__(self, rules: Map) -> None:
        super().__init__(rules, max=2**31 - 1)


def open_web(app: Flask) -> None:
    """Open every page."""
    app.url_map.converters["int"] = RowId
    security.guard(app)
    refusals.answer(app)
    words.teach(app)
    assets.show(app)
    oauth.open_oauth(app)
    for family in FAMILIES:
        app.register_blueprint(family.pages)
    dev_mail.open_in_demo(app)
