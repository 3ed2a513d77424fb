"""What this installation holds of people and why, for anybody to read: Zoom and Google ask for such a page, too."""

from email.utils import parseaddr

from flask import Blueprint, render_template

from companion import config, identity
from companion.services import agenda_past, devices, follow_call, hear, set_up

pages = Blueprint("privacy", __name__)


@pages.get("/privacy")
def show() -> str:
    """Follows from the settings: it names only providers that are offered here."""
    offered = {each.name: each for each in set_up.places() if each.is_offered}
    return render_template(
        "pages/privacy/index.html", me=identity.person_here(), offered=offered, whom_to_ask=_whom_to_ask(),
        base_url=config.current().base_url, is_local=config.current().local_letters,
        days_of_events=hear.KEPT.days, days_of_calls=follow_call.KEPT.days, days_signed_in=devices.IDLE.days,
        days_of_history=agenda_past.KEPT.days,
    )  # fmt: skip


def _whom_to_ask() -> list[str]:
    """Those who run this installation; the sender of its letters where the settings name nobody."""
    return sorted(config.current().admins) or [parseaddr(config.current().mail_from)[1]]
