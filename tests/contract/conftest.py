from tests.simulators.fixtures import google, zoom

__all__ = ["google", "zoom"]
