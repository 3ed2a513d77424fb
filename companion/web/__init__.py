"""The web door: one blueprint per family of pages. It knows who asks, calls one verb, and answers with a page."""

from flask import Flask

from companion.web import (
    assets,
    connections,
    dev_mail,
    health,
    home,
    invitations,
    items,
    letters,
    mentorships,
    notes,
    oauth,
    people,
    plans,
    refusals,
    security,
    sessions,
    sign_in,
    words,
)

FAMILIES = (
    home,
    people,
    sign_in,
    invitations,
    mentorships,
    sessions,
    plans,
    notes,
    items,
    connections,
    letters,
    health,
)


def open_web(app: Flask) -> None:
    """Open every page."""
    security.guard(app)
    refusals.answer(app)
    words.teach(app)
    assets.show(app)
    oauth.open_oauth(app)
    for family in FAMILIES:
        app.register_blueprint(family.pages)
    dev_mail.open_in_demo(app)
