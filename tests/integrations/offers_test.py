import pytest

from integrations.offers import offers


def test_without_credentials_only_providers_without_accounts_are_ready():
    assert {name for name, offer in offers({}, loopback=False).items() if offer.is_ready} == {"jitsi", "pasted"}


def test_hosts_come_from_the_settings():
    found = offers({"JITSI_ROOMS_URL": "https://meet.example.org/"}, loopback=False)
    assert found["jitsi"].hosts == {"rooms": "https://meet.example.org"}
    assert found["zoom"].hosts["api"] == "https://api.zoom.us"


def test_credentials_come_in_twos():
    assert not offers({"ZOOM_CLIENT_ID": "id"}, loopback=False)["zoom"].is_ready
    assert offers({"ZOOM_CLIENT_ID": "id", "ZOOM_CLIENT_SECRET": "s"}, loopback=False)["zoom"].is_ready


@pytest.mark.parametrize(
    "url", ["http://api.zoom.us", "http://127.0.0.1.evil.example", "ftp://x", "//zoom.us", "https://u@zoom.us", "zoom"]
)
def test_unfit_hosts_are_named_all_at_once(url):
    with pytest.raises(ValueError, match=r"ZOOM_API_URL must be https.*JITSI_ROOMS_URL must be https|JITSI.*ZOOM"):
        offers({"ZOOM_API_URL": url, "JITSI_ROOMS_URL": url}, loopback=True)


def test_loopback_is_for_demo_and_tests():
    here = {"ZOOM_API_URL": "http://127.0.0.1:8000"}
    assert offers(here, loopback=True)["zoom"].hosts["api"] == "http://127.0.0.1:8000"
    with pytest.raises(ValueError, match="ZOOM_API_URL"):
        offers(here, loopback=False)
