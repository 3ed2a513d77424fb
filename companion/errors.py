"""Our own refusals, one class per next step of whoever asked. Each carries a sentence that a person can read.

Refusal
├── NotYours    there is nothing here for this person (404: a stranger can't tell it from a page that never was)
├── TooLate     the thing has moved on meanwhile (409)
├── Invalid     one field says something we can't use (422)
└── TooMany     asked too often (429)
"""


class Refusal(Exception):
    """What happened, what is safe, what to do: `sentence` is shown as it is."""

    status = 400

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotYours(Refusal):
    """Asked for something that isn't this person's, or isn't at all."""

    status = 404

    def __init__(self, sentence: str = "There is no page at this address.") -> None:
        super().__init__(sentence)


class TooLate(Refusal):
    """The deed no longer fits the state of things."""

    status = 409


class Invalid(Refusal):
    """What was entered in `field` can't be used."""

    status = 422

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class TooMany(Refusal):
    """Asked too often in too short a time."""

    status = 429
