import pytest

from companion.services import connect
from tests.simulators.fixtures import google, microsoft, zoom
from tests.writing import Pen

__all__ = ["google", "microsoft", "zoom"]


@pytest.fixture
def pen(session, mateo):
    """Mateo's document with one action item and a few keystrokes, saved as five edits."""
    made = Pen()
    item = made.add_item("Send CV")
    for letter in " now":
        made.type(item, letter)
    made.save(session.id, mateo.id)
    return made


@pytest.fixture
def at_zoom(zoom, ruth):
    """Ruth's grant there."""
    return connect.remember(ruth.id, "zoom", zoom.granted("ruth@zoom.example"))
