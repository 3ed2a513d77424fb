"""People's words made fit for a letter, and numbers made fit to be read."""

import re
import unicodedata

_TURNS_TEXT_ROUND = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_LOOKS_LIKE_A_LINK = re.compile(r"(?<=\w)[.:@](?=[\w/])")
_NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def one_line(text: str) -> str:
    """The same words without line breaks, control characters or marks that reverse the reading direction."""
    kept = "".join(" " if unicodedata.category(sign) in {"Cc", "Zl", "Zp", "Cs"} else sign for sign in text)
    return " ".join(kept.translate(_TURNS_TEXT_ROUND).split())


def unlinked(text: str) -> str:
    """One line in which no mail program finds a link: an invitation carries a stranger's words, not their adverts.

    A word joiner (U+2060, invisible) after each dot, colon or at sign inside a word is enough.
    """
    return _LOOKS_LIKE_A_LINK.sub(lambda sign: sign.group() + "\u2060", one_line(text))


def shortened(text: str, most: int) -> str:
    """At most this many characters, cut between words where there are words."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip(" ,;:") + "…"


def number(count: int) -> str:
    """`three`; from 13 on in digits."""
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def counted(count: int, thing: str) -> str:
    """`one thing`, `three things`, `14 things`."""
    return f"{number(count)} {thing}" if count == 1 else f"{number(count)} {thing}s"


def as_heading(text: str) -> str:
    """With a capital first letter."""
    return text[:1].upper() + text[1:]
