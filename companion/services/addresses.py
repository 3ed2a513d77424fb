"""Addresses of mailboxes as people type them, and of networks as requests come from them."""

import ipaddress
import re

from companion.errors import Invalid

# Far stricter than RFC 5322 and as strict as what mail servers really take: one line, one @, a dotted host.
SHAPE = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+")


def address(said: str) -> str:
    """The address in lower case. Raises Invalid("email")."""
    to = said.strip().lower()
    if len(to) > 254 or not SHAPE.fullmatch(to):
        raise Invalid("email", "That doesn’t look like an e-mail address. It needs a name, an @ and a domain.")
    return to


def network(remote: str) -> str:
    """Where a request comes from, for counting: an IPv4 address, or the /64 that one household has in IPv6."""
    try:
        there = ipaddress.ip_address(remote)
    except ValueError:
        return remote
    return str(ipaddress.ip_network((there, 64), strict=False)) if there.version == 6 else str(there)
