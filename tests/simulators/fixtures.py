"""The providers for one test, living by the product's clock. Imported by conftest files."""

from collections.abc import Iterator

import pytest

from tests.contract.discovery import wrong
from tests.simulators.google import Google
from tests.simulators.microsoft import Microsoft
from tests.simulators.zoom import Zoom


@pytest.fixture
def zoom(clock: object) -> Iterator[Zoom]:
    with Zoom() as running:
        yield running


@pytest.fixture
def google(clock: object) -> Iterator[Google]:
    with Google() as running:
        yield running
    # Whatever a test is about: Google's own descriptions must have nothing against what was said in it.
    assert [fault for exchange in running.exchanges for fault in wrong(exchange)] == []


@pytest.fixture
def microsoft(clock: object) -> Iterator[Microsoft]:
    with Microsoft() as running:
        yield running
