"""Which classes a result holds, and how much of each."""

from __future__ import annotations

from dataclasses import dataclass

from seglib.labels import Color
from seglib.results import SemanticMap


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One class of a result.

    Parameters
    ----------
    id : int
        Class id.
    name : str
    color : tuple of int
        RGB.
    pixels : int
        Its pixels in the picture.
    share : float
        Its share of the pixels that are not ignored, 0 to 1.
    """

    id: int
    name: str
    color: Color
    pixels: int
    share: float


def legend(semantic_map: SemanticMap) -> tuple[LegendEntry, ...]:
    """List the classes that occur in a result, the largest first.

    Parameters
    ----------
    semantic_map : SemanticMap

    Returns
    -------
    tuple of LegendEntry
        Classes without a pixel are left out; equal ones stand in id order. Empty where every
        pixel is ignored.
    """
    counts, shares = semantic_map.pixel_counts(), semantic_map.shares()
    entries = [
        LegendEntry(
            label.id, label.name, label.color, int(counts[label.id]), float(shares[label.id])
        )
        for label in semantic_map.label_set
        if counts[label.id]
    ]
    return tuple(sorted(entries, key=lambda entry: (-entry.pixels, entry.id)))
