"""Each provider tried for real, without anybody's account: its credentials, its clock, its way to us."""

from datetime import timedelta
from urllib.parse import urlsplit

from companion import clock, config, db
from companion.services import providers, set_up
from companion.services.findings import Finding, Verdict, ask_ourselves
from companion.services.set_up import Place
from integrations.errors import Unavailable
from integrations.trials import Says, Trial, credentials, zoom_challenge

MOST_APART = timedelta(seconds=60)  # Zoom's signed messages are taken within five minutes


def provider(name: str) -> list[Finding]:
    """One provider's credentials, clock and webhooks, tried for real. Raises NotYours."""
    db.refuse_in_transaction()
    place = set_up.place(name)
    if not place.is_offered:
        return [_not_offered(place)]
    return [*_credentials(place), *_webhooks(place)]


def _not_offered(place: Place) -> Finding:
    if place.is_begun:
        words = f"Half set up: {set_up.unset(place.credentials)} still missing."
        return Finding(place.label, Verdict.WRONG, f"{words} Nobody is offered it.")
    return Finding(place.label, Verdict.OK, "Not set up, so nobody is offered it.")


def _credentials(place: Place) -> list[Finding]:
    try:
        trial = credentials(providers.offer(place.name), place.redirect_uri, clock.now())
    except Unavailable:
        words = "It couldn’t be reached, so nothing is known of its credentials."
        cure = "Check that this machine may open connections to it, and try again in a minute."
        return [Finding(place.label, Verdict.WRONG, f"{words} {cure}")]
    return [Finding(f"{place.label} credentials", *_taken(place, trial)), *_clocks(place, trial)]


def _taken(place: Place, trial: Trial) -> tuple[Verdict, str]:
    id_and_secret = " and ".join(each.name for each in place.credentials)
    sentences = {
        Says.KNOWN: (
            Verdict.OK,
            f"{place.label} seems to know them: it refused only the made-up code we tried. "
            "Connecting your own account is the proof.",
        ),
        Says.UNKNOWN: (
            Verdict.WRONG,
            f"{place.label} does not know them. Copy {id_and_secret} once more, both from one pair, and restart.",
        ),
        Says.REDIRECT: (
            Verdict.WRONG,
            f"{place.label} does not know where people come back to. Register {place.redirect_uri} there.",
        ),
        Says.UNCLEAR: (
            Verdict.WARNING,
            f"{place.label} answered something we can’t read ({trial.words}). Connect your own account to find out.",
        ),
    }
    return sentences[trial.says]


def _clocks(place: Place, trial: Trial) -> list[Finding]:
    if trial.ahead is None:
        return []
    about, apart = f"{place.label} clock", abs(trial.ahead)
    if apart <= MOST_APART:
        return [Finding(about, Verdict.OK, f"Within {MOST_APART.seconds} s of this machine’s.")]
    direction = "ahead of" if trial.ahead > timedelta(0) else "behind"
    words = f"This machine’s clock is {round(apart.total_seconds())} s {direction} {place.label}’s."
    return [Finding(about, Verdict.WARNING, f"{words} Turn on time synchronisation (`timedatectl set-ntp true`).")]


def _webhooks(place: Place) -> list[Finding]:
    about = f"{place.label} webhooks"
    if not place.webhook_url:
        return []
    if not place.hears:
        is_begun = any(each.is_set for each in place.hearing)
        words = f"{'Half set up' if is_begun else 'Off'}, without {set_up.unset(place.hearing)}."
        instead = f"Alongside asks {place.label} around the planned end instead."
        return [Finding(about, Verdict.WARNING if is_begun else Verdict.OK, f"{words} {instead}")]
    return [_round_trip(place), *_far_away(place), _heard(place)]


def _far_away(place: Place) -> list[Finding]:
    if config.current().https:
        return []
    words = f"{place.label} itself can’t reach {place.webhook_url}: it wants a public https address."
    instead = " The simulated one on this machine can." if _is_simulated(place) else ""
    return [Finding(f"{place.label} webhooks", Verdict.WARNING, f"{words}{instead}")]


def _is_simulated(place: Place) -> bool:
    """Only a demo may have its provider on this machine."""
    hosts = providers.offer(place.name).hosts.values()
    return config.current().demo and all(urlsplit(each).hostname in config.LOOPBACK for each in hosts)


def _round_trip(place: Place) -> Finding:
    about = f"{place.label} webhooks"
    try:
        verdict, sentence = _zoom_trip(place) if place.name == "zoom" else _guarded(place)
    except Unavailable:
        words = f"{place.webhook_url} does not answer from this machine."
        return Finding(about, Verdict.WARNING, f"{words} Start the server, or look at the proxy and the DNS entry.")
    return Finding(about, verdict, sentence)


def _zoom_trip(place: Place) -> tuple[Verdict, str]:
    """What Zoom does when somebody presses Validate, done to ourselves."""
    secret = config.current().provider_env["ZOOM_WEBHOOK_SECRET"]
    headers, body, expected = zoom_challenge(secret, clock.now())
    answer = ask_ourselves("POST", place.webhook_url, headers=headers, data=body)
    if answer.status == 200 and answer.text("encryptedToken") == expected:
        return Verdict.OK, "A signed question reached our own address and was answered as Zoom wants it."
    if answer.status in {401, 404}:
        return Verdict.WRONG, "The server that runs has another ZOOM_WEBHOOK_SECRET than these settings. Restart it."
    return (
        Verdict.WRONG,
        f"{place.webhook_url} answers {answer.status}. Let the proxy pass POST and its body unchanged.",
    )


def _guarded(place: Place) -> tuple[Verdict, str]:
    """Nobody can sign for Google; but the door is there, and lets no unsigned message in."""
    answer = ask_ourselves("POST", place.webhook_url, headers={"Content-Type": "application/json"}, data=b"{}")
    if answer.status == 401:
        return Verdict.OK, "Our own address takes messages and refuses unsigned ones, as it should."
    if answer.status == 404:
        return Verdict.WRONG, f"The server that runs does not have {place.label}’s settings yet. Restart it."
    return (
        Verdict.WRONG,
        f"{place.webhook_url} answers {answer.status}. Let the proxy pass POST and its body unchanged.",
    )


def _heard(place: Place) -> Finding:
    about = f"{place.label} events"
    if place.heard_at is None:
        return Finding(about, Verdict.OK, "None has come yet. The first comes when a call begins.")
    return Finding(about, Verdict.OK, f"The last one came on {place.heard_at:%d %b %Y at %H:%M} UTC.")
