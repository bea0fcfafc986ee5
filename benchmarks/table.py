"""One row a measurement, one plain table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison.

    Parameters
    ----------
    what : str
        What is measured.
    ours, usual : str
        The two results with their units, ``"0.80 ms"``.
    ratio : float
        Between the two; ``what`` or ``wanted`` says which way round.
    size : str
        Of the input, and anything else one must know to measure it again.
    wanted : str
        What the ratio should be, ``">= 5"``; empty where nothing was promised.
    """

    what: str
    ours: str
    usual: str
    ratio: float
    size: str
    wanted: str = ""


HEADINGS = ("what", "ours", "usual", "ratio", "wanted", "size")


def format_table(rows: Iterable[Row]) -> str:
    """Lay the rows out in columns, numbers to the right; ends without a line break."""
    cells = [
        (row.what, row.ours, row.usual, f"{row.ratio:.2f}", row.wanted, row.size) for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(HEADINGS, *cells, strict=True)]
    to_the_right = {1, 2, 3}
    lines = []
    for line in (HEADINGS, tuple("-" * width for width in widths), *cells):
        parts = [
            cell.rjust(width) if place in to_the_right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        lines.append("  ".join(parts).rstrip())
    return "\n".join(lines)


def print_table(rows: Iterable[Row]) -> None:
    """Print the rows as a table."""
    print(format_table(rows))
