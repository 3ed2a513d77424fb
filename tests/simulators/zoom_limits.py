"""How much Zoom takes: by second for a whole account, by day for a host and for a meeting, and never two at once."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Literal

from tests.simulators import clock
from tests.simulators.zoom_accounts import Refusal, User

Label = Literal["Light", "Medium", "Heavy"]
Plan = Literal["", "free", "pro", "business"]
PER_SECOND: dict[str, dict[Label, int]] = {
    "free": {"Light": 4, "Medium": 2, "Heavy": 1},
    "pro": {"Light": 30, "Medium": 20, "Heavy": 10},
    "business": {"Light": 80, "Medium": 60, "Heavy": 40},
}
UPDATES_OF_ONE_MEETING = 100


class Limits:
    """What was asked so far. The clock is the simulators': where it stands still, so does the second."""

    def __init__(self) -> None:
        self.asked: Counter[tuple[str, Label, datetime]] = Counter()
        self.updates: Counter[tuple[int, date]] = Counter()

    def count(self, user: User, label: Label, plan: Plan) -> None:
        """One more call. Raises Refusal above the plan's limit by second; "" has none."""
        if not plan:
            return
        second, most = clock.now().replace(microsecond=0), PER_SECOND[plan][label]
        self.asked[user.account_id, label, second] += 1
        if self.asked[user.account_id, label, second] > most:
            reset = str(int((second + timedelta(seconds=1)).timestamp()))
            headers = _headers("QPS", label, most) | {"X-RateLimit-Reset": reset}
            raise Refusal(429, 429, "You have reached the maximum per-second rate limit for this API.", headers)

    def count_write(self, user: User, most: int, number: int | None = None) -> None:
        """One more creation, or update of the meeting `number`. Raises Refusal until the next UTC day."""
        today = clock.now().date()
        if user.writes[today] >= most:
            _refuse_today("You have exceeded the daily rate limit of meeting creations and updates.", most)
        user.writes[today] += 1
        if number is not None:
            self.updates[number, today] += 1
            if self.updates[number, today] > UPDATES_OF_ONE_MEETING:
                _refuse_today("You have exceeded the daily rate limit of updates of one meeting.", most)


def _refuse_today(words: str, most: int) -> None:
    midnight = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT00:00:00Z")
    raise Refusal(429, 429, words, _headers("Daily-limit", "Light", most) | {"Retry-After": midnight})


def _headers(kind: str, label: Label, most: int) -> dict[str, str]:
    return {
        "X-RateLimit-Category": label,
        "X-RateLimit-Type": kind,
        "X-RateLimit-Limit": str(most),
        "X-RateLimit-Remaining": "0",
    }
