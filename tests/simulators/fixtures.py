"""Both providers for one test, living by the product's clock. Imported by conftest files."""

from collections.abc import Iterator

import pytest

from tests.simulators.google import Google
from tests.simulators.zoom import Zoom


@pytest.fixture
def zoom(clock: object) -> Iterator[Zoom]:
    with Zoom() as running:
        yield running


@pytest.fixture
def google(clock: object) -> Iterator[Google]:
    with Google() as running:
        yield running
