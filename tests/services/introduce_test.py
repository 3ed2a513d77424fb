"""What people say of themselves."""

import pytest

from companion.errors import Invalid
from companion.model.people import Person
from companion.services import introduce


def test_name_zone_and_locale_are_kept(ruth: Person) -> None:
    person = introduce.oneself(ruth.id, "  Ruth   W. ", "Asia/Calcutta", "en-IN")
    assert (person.name, person.zone, person.locale) == ("Ruth W.", "Asia/Kolkata", "en-IN")


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "Ruth\u202egnaw", "Ruth\x00"])
def test_a_name_is_a_line_that_can_be_read(ruth: Person, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        introduce.oneself(ruth.id, name, "Africa/Nairobi", "en")
    assert refused.value.field == "name"


@pytest.mark.parametrize("zone", ["", "Nairobi", "../../etc/passwd", "UTC+3", "Africa/Nairobi\n"])
def test_a_zone_is_one_that_exists(ruth: Person, zone: str) -> None:
    with pytest.raises(Invalid) as refused:
        introduce.oneself(ruth.id, "Ruth", zone, "en")
    assert refused.value.field == "zone"
