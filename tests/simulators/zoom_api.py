"""The simulated Zoom's REST operations, each with the scope it wants and its rate label."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote, unquote

from flask import jsonify, request
from werkzeug.wrappers import Response as Answer

from tests.simulators import clock, zoom_meetings, zoom_runs
from tests.simulators.zoom_accounts import Refusal, User, refused
from tests.simulators.zoom_calls import Calls
from tests.simulators.zoom_limits import Label, Limits, Plan
from tests.simulators.zoom_runs import Run

Given = Answer | tuple[Answer | str, int]
YEAR = timedelta(days=365)


class Api(Calls):
    """`daily_limit` is how many writes a host has each UTC day; `plan` ("free", "pro", …) has limits by second.

    `policy` are settings that the account forces upon every meeting. `webinars` are numbers that are no meetings.
    """

    def __init__(self) -> None:
        super().__init__()
        self.daily_limit = 100
        self.plan: Plan = ""
        self.policy: dict[str, Any] = {}
        self.webinars: set[int] = set()
        self.limits = Limits()
        self.app.url_map.merge_slashes = False  # a uuid may hold two
        self.app.register_error_handler(Refusal, refused)
        self.app.register_error_handler(
            404, lambda _: refused(Refusal(404, 2300, "This API endpoint is not recognized."))
        )
        for operation, (verb, scope, label) in self.operations().items():
            method, path = operation.split(" ")
            view = self._answering(verb, scope, label)
            self.app.add_url_rule(f"/v2{path}", operation, view, methods=[method])

    def operations(self) -> Mapping[str, tuple[Callable[..., Given], str, Label]]:
        """By method and path: what does it, its scope and its label (of `users/me` from memory)."""
        meeting, past = "/meetings/<int:number>", "/past_meetings/<path:key>"
        return {
            "GET /users/me": (self.me, "user:read:user", "Light"),
            "POST /users/me/meetings": (self.create, "meeting:write:meeting", "Medium"),
            "GET /users/me/meetings": (self.listed, "meeting:read:list_meetings", "Medium"),
            f"GET {meeting}": (self.get, "meeting:read:meeting", "Light"),
            f"PATCH {meeting}": (self.patch, "meeting:update:meeting", "Light"),
            f"DELETE {meeting}": (self.delete, "meeting:delete:meeting", "Light"),
            f"PUT {meeting}/status": (self.put_status, "meeting:update:status", "Light"),
            f"GET {past}": (self.past, "meeting:read:past_meeting", "Light"),
            f"GET {past}/instances": (self.instances, "meeting:read:list_past_instances", "Medium"),
            f"GET {past}/participants": (self.participants, "meeting:read:list_past_participants", "Medium"),
            "POST /zoomapp/deeplink": (self.deep_link, "zoomapp:inmeeting", "Light"),
        }

    def me(self, user: User) -> Given:
        """Who granted."""
        return jsonify(
            id=user.id,
            account_id=user.account_id,
            email=user.email,
            first_name="Simulated",
            last_name="Person",
            display_name="Simulated Person",
            timezone="UTC",
            type=1 if self.plan == "free" else 2,
            status="active",
            language="en-US",
        )

    def create(self, user: User) -> Given:
        """201 with the meeting."""
        self.limits.count_write(user, self.daily_limit)
        wish = zoom_meetings.checked(request.get_json(silent=True))
        meeting = zoom_meetings.made(wish, user.id, user.email, self.url)
        user.meetings[meeting["id"]] = meeting
        self.tell_created(user, meeting)
        return jsonify(self._shown(meeting)), 201

    def listed(self, user: User) -> Given:
        """Pages of at most 300, agendas cut at 250 characters."""
        size, at = min(int(request.args.get("page_size") or 30), 300), int(request.args.get("next_page_token") or 0)
        rows = [zoom_meetings.in_list(each) for each in user.meetings.values()]
        after = str(at + size) if at + size < len(rows) else ""
        return jsonify(page_size=size, total_records=len(rows), next_page_token=after, meetings=rows[at : at + size])

    def get(self, user: User, number: int) -> Given:
        """The meeting, with a fresh start_url and whether people are in it."""
        return jsonify(self._shown(self._meeting(user, number)))

    def patch(self, user: User, number: int) -> Given:
        """204 without a body; a start that is past is ignored. Its author is told of it like everybody else."""
        self._meeting(user, number)
        self.limits.count_write(user, self.daily_limit, number)
        self.edit(number, **zoom_meetings.checked(request.get_json(silent=True), without=("default_password",)))
        return "", 204

    def delete(self, user: User, number: int) -> Given:
        """204 without a body; again: 404/3001."""
        self._meeting(user, number)
        self.remove(number)
        return "", 204

    def put_status(self, user: User, number: int) -> Given:
        """`end` ends the call for all, `recover` takes the meeting out of the bin."""
        action = (request.get_json(silent=True) or {}).get("action")
        if action == "recover" and number in user.bin:
            user.meetings[number] = user.bin.pop(number)
        self._meeting(user, number)
        if action == "end":
            self.end(number)
        elif action != "recover":
            raise Refusal(400, 300, "Invalid field: action.")
        return "", 204

    def past(self, user: User, key: str) -> Given:
        """An ended call: the latest one of a meeting's number, or the one of that uuid."""
        meeting, runs = self._ended(user, key)
        if clock.now() - runs[-1].started_at > YEAR:
            raise Refusal(400, 12702, "Can not access a meeting a year ago.")
        return jsonify(zoom_runs.past(meeting, runs[-1]))

    def instances(self, user: User, key: str) -> Given:
        """All ended calls of a meeting."""
        return jsonify(meetings=[zoom_runs.instance(run) for run in self._ended(user, key)[1]])

    def deep_link(self, user: User) -> Given:
        """A link that opens the app in this user's client; what they asked for comes along."""
        raise NotImplementedError

    def participants(self, user: User, key: str) -> Given:
        """For those who pay; nobody where only one person came."""
        if self.plan == "free":
            raise Refusal(400, 200, f"Only available for paid account: {user.account_id}")
        guests = self._ended(user, key)[1][-1].guests
        rows = [zoom_runs.past_guest(guest) for guest in guests] if len({each.name for each in guests}) > 1 else []
        return jsonify(page_count=1, page_size=30, total_records=len(rows), next_page_token="", participants=rows)

    def _answering(self, verb: Callable[..., Given], scope: str, label: Label) -> Callable[..., Given]:
        def answered(**parts: Any) -> Given:
            bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
            user = self.accounts.caller(bearer, scope)
            self.limits.count(user, label, self.plan)
            if not user.may_host and "meeting" in scope:
                raise Refusal(400, 3161, "Your user account is not allowed to host or schedule meetings.")
            return verb(user, **parts)

        return answered

    def _shown(self, meeting: dict[str, Any]) -> dict[str, Any]:
        """As the account has it now. An instant meeting names no start."""
        settings = meeting["settings"] | self.policy
        shown = meeting | {"settings": settings, "start_url": zoom_meetings.start_url(self.url, meeting["id"])}
        return {name: value for name, value in shown.items() if name != "start_time" or meeting["type"] != 1}

    def _meeting(self, user: User, number: int) -> dict[str, Any]:
        if number in self.webinars:
            raise Refusal(400, 3000, "Cannot access webinar info.")
        if number not in user.meetings:
            raise Refusal(404, 3001, f"Meeting does not exist: {number}.")
        return user.meetings[number]

    def _ended(self, user: User, key: str) -> tuple[dict[str, Any], list[Run]]:
        """The meeting and its ended calls. A uuid that begins with / or holds // has to come encoded twice."""
        name = unquote(key)
        is_odd = name.startswith("/") or "//" in name
        for number, runs in self.runs.items():
            meeting = user.meetings.get(number) or user.bin.get(number)
            ended = [run for run in runs if run.ended_at]
            if key != str(number):
                ended = [run for run in ended if run.uuid == name and key == (quote(name, safe="") if is_odd else name)]
            if meeting and ended:
                return meeting, ended
        raise Refusal(404, 3001, f"Meeting does not exist: {key}.")
