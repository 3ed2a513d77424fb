"""A simulated Google: OpenID Connect, Meet, Workspace Events and Calendar. One server plays all of Google's hosts."""

from email.utils import parseaddr
from typing import Any

from flask import jsonify
from werkzeug.wrappers import Response as Answer

from tests.simulators.call_page import call_page
from tests.simulators.consent import CLIENT_ID, CLIENT_SECRET
from tests.simulators.google_accounts import Accounts
from tests.simulators.google_api import CREATED, Quotas, Refusal
from tests.simulators.google_calendar import Calendar
from tests.simulators.google_events import PUSHER, TOPIC, Events
from tests.simulators.google_records import Record, Records
from tests.simulators.google_spaces import Spaces
from tests.simulators.server import Simulator

HOSTS = ("ACCOUNTS", "TOKENS", "KEYS", "API", "EVENTS")


class Google(Simulator):
    """`spaces` by name; a name in `foreign` was not made by this app. Calls in them are started, joined, left, ended.

    `quotas.most` says how many calls a minute are taken, `policy` which access type an organisation insists on.
    """

    def __init__(self) -> None:
        super().__init__()
        self.quotas = Quotas()
        self.accounts = Accounts(self)
        self.grants = self.accounts.grants
        self.meet, self.records = Spaces(self), Records(self)
        self.spaces, self.foreign, self.policy = self.meet.by_name, self.meet.foreign, self.meet.policy
        self.events, self.calendar = Events(self), Calendar(self)
        self.app.register_error_handler(Refusal, lambda refusal: (jsonify(refusal.answer), refusal.code))
        self.app.add_url_rule("/meet/<code>", view_func=self.page, methods=["GET", "POST"])

    def settings(self) -> dict[str, str]:
        """The product's settings that lead here."""
        hosts = {f"GOOGLE_MEET_{host}_URL": self.url for host in HOSTS}
        return {"GOOGLE_MEET_CLIENT_ID": CLIENT_ID, "GOOGLE_MEET_CLIENT_SECRET": CLIENT_SECRET, **hosts}

    def pushes_to(self, url: str, *, at_once: bool = False) -> dict[str, str]:
        """Pushes go there, at once or when `deliver` is called. The settings that let the product take them."""
        self.events.to = self.events.audience = url
        self.events.at_once = at_once
        return {"GOOGLE_MEET_PUBSUB_TOPIC": TOPIC, "GOOGLE_MEET_PUSH_ACCOUNT": PUSHER}

    def deliver(self, lie: str = "") -> list[int]:
        """Posts the pushes that wait; the statuses they were answered with. `lie` as in `google_id`, or "email"."""
        return self.events.deliver(lie)

    def start(self, space: str) -> Record:
        """A call begins, with nobody in it yet. A space goes by its name or its meeting code, here and below."""
        with self.lock:
            return self.records.start(self._name(space))

    def join(self, space: str, name: str, email: str = "") -> None:
        """Somebody comes in: signed in with an address, else anonymous. The first one starts the call."""
        user = {"anonymousUser": {"displayName": name}}
        if email:
            user = {"signedinUser": {"user": f"users/{self.sub(email)}", "displayName": name}}
        with self.lock:
            self.records.join(self._name(space), user)

    def leave(self, space: str, name: str) -> None:
        """Somebody goes; the last one ends the call."""
        with self.lock:
            self.records.leave(self._name(space), name)

    def end(self, space: str) -> None:
        """The call is ended for all."""
        with self.lock:
            self.records.end(self._name(space))

    def happens(self, meeting: str, action: str, name: str, email: str = "") -> None:
        """As its page's buttons do."""
        deeds = {
            "start": lambda: self.start(meeting),
            "join": lambda: self.join(meeting, name, email),
            "leave": lambda: self.leave(meeting, name),
            "end": lambda: self.end(meeting),
        }
        deeds[action]()

    def granted(self, account: str, scopes: tuple[str, ...] = ("openid", "email", CREATED)) -> dict[str, Any]:
        """A token answer for this account, as if they had just gone through consent."""
        return self.accounts.granted(account, scopes)

    def removed(self, account: str) -> None:
        """The person took the app away on their Google page: all tokens are dead. Google tells nobody."""
        self.grants[:] = [grant for grant in self.grants if grant.account != account]

    def sub(self, account: str) -> str:
        """This account's lasting id."""
        return self.accounts.sub(account)

    def owner(self, space: str) -> str:
        """Whose space it is."""
        return self.meet.owners[space]

    def account(self, *scopes: str) -> str:
        """Who asks, if any of these scopes is in the token."""
        grant = self.accounts.grant_here()
        if not set(scopes) & set(grant.scopes):
            words = "Request had insufficient authentication scopes."
            raise Refusal(403, "PERMISSION_DENIED", words, "ACCESS_TOKEN_SCOPE_INSUFFICIENT")
        return grant.account

    def page(self, code: str) -> str | Answer:
        """What "Join" opens. Whoever writes "Mateo <mateo@google.example>" comes in with that account."""

        def act(action: str, who: str) -> None:
            name, email = parseaddr(who) if "@" in who else (who, "")
            self.happens(code, action, name or email, email)

        record = self.records.going_on(self._name(code))
        inside = [each.display_name for each in record.participants if each.is_here] if record else []
        return call_page("Google Meet", code, inside, act)

    def _name(self, space: str) -> str:
        return str(self.meet.named(space)["name"])
