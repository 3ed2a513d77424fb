from tests.simulators.fixtures import google, microsoft, zoom

__all__ = ["google", "microsoft", "zoom"]
