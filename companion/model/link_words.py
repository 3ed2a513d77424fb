"""What a look at a link found, said to one of the two."""

from companion.model.sessions import Finding

Words = dict[Finding, str]

TO_ITS_MAKER: Words = {
    Finding.RECONNECT: "{provider} no longer lets Alongside in, so we can’t look after the link. "
    "It usually still works.",
    Finding.DELETED: "This meeting is no longer at {provider}, so its link leads nowhere.",
    Finding.MOVED: "At {provider} this meeting has another time than your session.",
    Finding.OTHER_HOST: "This meeting is in another {provider} account than the one you connected. "
    "You may not be able to open it.",
    Finding.SIGN_IN: "{provider} lets only people in who are signed in there. {partner} may be left outside.",
    Finding.KNOCK: "{partner} has to knock at {provider} and waits until you open. Be there on time.",
    Finding.UNREACHABLE: "{provider} didn’t answer when we looked. The link very likely works.",
}

TO_THE_PARTNER: Words = TO_ITS_MAKER | {
    Finding.RECONNECT: "{partner} has to connect {provider} again. The link usually still works.",
    Finding.OTHER_HOST: "This meeting is in another {provider} account than the one {partner} connected, "
    "so it may stay closed.",
    Finding.SIGN_IN: "{provider} lets you in only when you are signed in there.",
    Finding.KNOCK: "You have to knock at {provider} and wait until {partner} opens.",
}

TAKEN_AWAY = "{whose} {provider} was disconnected from Alongside, so this session has no link. Make a new one."
DISCONNECTED = "{who} disconnected {provider}. The link usually still works."


def sentence(finding: Finding, provider: str, partner: str, *, made_it: bool) -> str:
    """For the link's maker (`made_it`) or the other one. `partner` is the first name of whoever doesn't read it."""
    words = (TO_ITS_MAKER if made_it else TO_THE_PARTNER).get(finding, "")
    return words.format(provider=provider, partner=partner)


def taken_away(provider: str, partner: str, *, made_it: bool) -> str:
    """Its maker took Alongside away at the provider: the meeting may still be there, and we know of it no longer."""
    return TAKEN_AWAY.format(whose="Your" if made_it else f"{partner}’s", provider=provider)


def disconnected(provider: str, partner: str, *, made_it: bool) -> str:
    """Its maker wanted Alongside to forget the account, which leaves the link as it is."""
    return DISCONNECTED.format(who="You" if made_it else partner, provider=provider)
