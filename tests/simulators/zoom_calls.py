"""What people do at the simulated Zoom itself: they come and go in calls, change meetings, take our app away."""

from typing import Any

from tests.simulators import clock, zoom_meetings, zoom_runs
from tests.simulators.consent import CLIENT_ID
from tests.simulators.server import Simulator
from tests.simulators.zoom_accounts import SCOPES, Accounts, User
from tests.simulators.zoom_runs import Guest, Run
from tests.simulators.zoom_webhooks import SECRET, Webhooks


class Calls(Simulator):
    """`runs` holds the calls by meeting number. Each deed puts its messages into `webhooks.outbox`; `deliver` posts.

    Messages are said of people who let the app in, as with `event_usage` EVENT_FOR_USER.
    """

    def __init__(self) -> None:
        super().__init__()
        self.accounts = Accounts(self.url)
        self.users, self.grants = self.accounts.users, self.accounts.grants
        self.scopes = SCOPES
        self.webhooks = Webhooks(self.lock)
        self.runs: dict[int, list[Run]] = {}

    def webhooks_to(self, url: str, secret: str = SECRET) -> None:
        """Messages go to this address, signed with this secret."""
        self.webhooks.url, self.webhooks.secret = url, secret

    def deliver(self) -> list[int]:
        """Post what is due; see Webhooks."""
        return self.webhooks.deliver()

    def granted(self, email: str) -> dict[str, Any]:
        """A token answer for this user, as if they had just gone through consent."""
        with self.lock:
            return self.accounts.granted(email, self.scopes)

    def meetings_of(self, email: str) -> list[dict[str, Any]]:
        """What this user's Zoom page would show."""
        return list(self.users[email].meetings.values()) if email in self.users else []

    def start(self, number: int | str) -> str:
        """The call begins; gives its uuid, a new one for each call. Where one is going on, that one's."""
        with self.lock:
            host, meeting = self._whose(number)
            running = self.running(number)
            if running is None:
                running = Run(meeting["uuid"], clock.now())
                self.runs.setdefault(meeting["id"], []).append(running)
                meeting["status"] = "started"
                self._say(host, "meeting.started", zoom_runs.told(meeting, running))
            return running.uuid

    def join(self, number: int | str, name: str, user_id: str = "", email: str = "") -> str:
        """Somebody comes in, and the call starts if it hasn't; gives the name of their connection.

        `user_id` is the Zoom account of somebody signed in; a known `email` tells it too.
        """
        with self.lock:
            self.start(number)
            if not user_id and email in self.users:
                user_id = self.users[email].id
            run = self.running(number)
            assert run is not None
            guest = zoom_runs.come(run, name, user_id, email)
            self._say_of(number, "meeting.participant_joined", run, guest)
            return guest.key

    def leave(self, number: int | str, who: str) -> None:
        """Somebody goes, by connection or by name (their latest); the call ends with the last."""
        with self.lock:
            run = self.running(number)
            inside = [guest for guest in run.inside if who in (guest.key, guest.name)] if run else []
            if run is not None and inside:
                inside[-1].left_at = clock.now()
                self._say_of(number, "meeting.participant_left", run, inside[-1])
                if not run.inside:
                    self.end(number)

    def end(self, number: int | str) -> None:
        """The call is over for all. The meeting stays, and its next call has another uuid."""
        with self.lock:
            host, meeting = self._whose(number)
            run = self.running(number)
            if run is None:
                return
            for guest in run.inside:
                guest.left_at = clock.now()
                self._say_of(number, "meeting.participant_left", run, guest)
            run.ended_at = clock.now()
            meeting["status"], meeting["uuid"] = "waiting", zoom_runs.uuid()
            self._say(host, "meeting.ended", zoom_runs.told(meeting, run))

    def has(self, number: int | str) -> bool:
        """Whether there is such a meeting."""
        return any(int(number) in user.meetings for user in self.users.values())

    def running(self, number: int | str) -> Run | None:
        """The call going on at this meeting."""
        runs = self.runs.get(int(number), [])
        return runs[-1] if runs and runs[-1].ended_at is None else None

    def edit(self, number: int | str, **wish: Any) -> None:
        """A meeting is changed, with the names that PATCH takes."""
        with self.lock:
            host, meeting = self._whose(number)
            old = dict(meeting)
            zoom_meetings.change(meeting, wish)
            changed = {name: value for name, value in meeting.items() if value != old[name]}
            names = {"id": meeting["id"], "uuid": meeting["uuid"]}
            was = {name: old[name] for name in changed}
            stamp = int(clock.now().timestamp() * 1000)
            more = {"scope": "all", "time_stamp": stamp, "old_object": names | was}
            self._say(host, "meeting.updated", names | changed, **_by(host), **more)

    def tell_created(self, host: User, meeting: dict[str, Any]) -> None:
        """A meeting was made."""
        names = ("uuid", "id", "host_id", "topic", "type", "start_time", "duration", "timezone", "join_url", "settings")
        there = {name: meeting[name] for name in names}
        self._say(host, "meeting.created", there, **_by(host), operation="all")

    def remove(self, number: int | str) -> None:
        """A meeting is deleted; it lies in the bin. Its call, if any, ends."""
        with self.lock:
            self.end(number)
            host, meeting = self._whose(number)
            host.bin[meeting["id"]] = host.meetings.pop(meeting["id"])
            names = ("uuid", "id", "host_id", "topic", "type", "start_time", "duration", "timezone")
            there = {name: meeting[name] for name in names}
            self._say(host, "meeting.deleted", there, **_by(host), operation="all")

    def deauthorise(self, email: str) -> None:
        """This user takes the app away: their tokens are dead."""
        with self.lock:
            user = self.users[email]
            self.accounts.forget(user)
            payload = {
                "account_id": user.account_id,
                "user_id": user.id,
                "signature": "an old form, to be ignored",
                "deauthorization_time": f"{clock.now():%Y-%m-%dT%H:%M:%S}.000Z",
                "client_id": CLIENT_ID,
                "user_data_retention": None,
            }
            self.webhooks.say("app_deauthorized", payload)

    def happens(self, meeting: str, action: str, name: str, email: str = "") -> None:
        """As Simulator's. Also "remove" and "edit" (`name` is the new start)."""
        deeds = {
            "start": lambda: self.start(meeting),
            "join": lambda: self.join(meeting, name, email=email),
            "leave": lambda: self.leave(meeting, name),
            "end": lambda: self.end(meeting),
            "remove": lambda: self.remove(meeting),
            "edit": lambda: self.edit(meeting, start_time=name),
        }
        deeds[action]()

    def _say_of(self, number: int | str, event: str, run: Run, guest: Guest) -> None:
        host, meeting = self._whose(number)
        there = zoom_runs.told(meeting, run) | {"participant": zoom_runs.told_of(guest)}
        self._say(host, event, there)

    def _say(self, host: User, event: str, there: dict[str, Any], **more: Any) -> None:
        if self.accounts.has_granted(host):
            self.webhooks.say(event, {"account_id": host.account_id, **more, "object": there})

    def _whose(self, number: int | str) -> tuple[User, dict[str, Any]]:
        for user in self.users.values():
            if meeting := user.meetings.get(int(number)):
                return user, meeting
        raise KeyError(number)


def _by(host: User) -> dict[str, str]:
    return {"operator": host.email, "operator_id": host.id}
