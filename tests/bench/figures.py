"""Figures and how they are shown."""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """What several rounds of the same gave."""

    min: float
    median: float
    max: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "Spread":
        each = sorted(values)
        return cls(*(round(value, 3) for value in (each[0], statistics.median(each), each[-1])))

    def __str__(self) -> str:
        return f"{self.median:.4g}   ({self.min:.4g} to {self.max:.4g})"


Figure = Spread | float
Figures = dict[str, "Figures | Figure"]


def table(figures: Figures, path: str = "") -> Iterable[str]:
    """One line a figure, named by its path."""
    for name, figure in figures.items():
        full = f"{path}.{name}" if path else name
        if isinstance(figure, dict):
            yield from table(figure, full)
        else:
            yield f"{full:<32}{figure if isinstance(figure, Spread) else format(figure, '.4g')}"
