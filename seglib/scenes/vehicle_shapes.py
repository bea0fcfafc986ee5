"""Proportions of the kinds of vehicles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Shape:
    """Outline of a kind of vehicle: lengths in metres, z forward from the middle.

    ``rings`` are (z, half width factor, belt height); ``cabin`` is (z of the foot and of the roof
    at the back, z of the roof and of the foot at the front, roof height).
    """

    length: float
    width: float
    clearance: float
    rings: tuple[tuple[float, float, float], ...]
    cabin: tuple[float, float, float, float, float]
    wheels: tuple[float, ...]
    radius: float
    doors: tuple[float, ...]


def shape_of(kind: str) -> Shape:
    """Return the proportions of a kind; ``hatch`` is the rest."""
    if kind == "saloon":
        return Shape(
            4.5,
            1.74,
            0.22,
            (
                (-2.25, 0.86, 0.72),
                (-2.1, 0.95, 0.93),
                (-1.5, 1.0, 0.97),
                (0.75, 1.0, 0.94),
                (1.9, 0.96, 0.80),
                (2.2, 0.86, 0.62),
            ),
            (-1.75, -1.05, 0.25, 1.05, 1.43),
            (-1.32, 1.32),
            0.31,
            (-0.45,),
        )
    if kind == "estate":
        return Shape(
            4.6,
            1.76,
            0.22,
            (
                (-2.3, 0.88, 0.74),
                (-2.2, 0.95, 0.95),
                (-1.5, 1.0, 0.97),
                (0.8, 1.0, 0.94),
                (1.95, 0.96, 0.80),
                (2.25, 0.86, 0.62),
            ),
            (-2.22, -1.95, 0.3, 1.1, 1.47),
            (-1.35, 1.35),
            0.31,
            (-1.3, -0.4),
        )
    if kind == "jeep":
        return Shape(
            4.3,
            1.8,
            0.32,
            (
                (-2.15, 0.92, 0.86),
                (-2.05, 0.98, 1.08),
                (-1.3, 1.0, 1.1),
                (0.8, 1.0, 1.08),
                (1.85, 0.97, 1.0),
                (2.1, 0.9, 0.8),
            ),
            (-2.08, -1.95, 0.25, 0.85, 1.78),
            (-1.3, 1.3),
            0.36,
            (-1.2, -0.35),
        )
    if kind == "van":
        return Shape(
            5.0,
            1.92,
            0.25,
            (
                (-2.5, 0.95, 0.95),
                (-2.4, 1.0, 1.15),
                (0.9, 1.0, 1.15),
                (1.9, 0.97, 1.05),
                (2.45, 0.88, 0.75),
            ),
            (-2.48, -2.42, 1.0, 1.95, 2.25),
            (-1.55, 1.6),
            0.34,
            (0.2,),
        )
    if kind == "bus":
        return Shape(
            10.5,
            2.5,
            0.3,
            ((-5.25, 0.97, 1.2), (-5.15, 1.0, 1.25), (5.1, 1.0, 1.25), (5.25, 0.96, 1.15)),
            (-5.22, -5.1, 4.95, 5.2, 3.05),
            (-3.0, 3.1),
            0.48,
            (-3.4, -1.7, 0.0, 1.7, 3.4),
        )
    if kind == "lorry":
        return Shape(
            7.5,
            2.4,
            0.45,
            (
                (-3.75, 1.0, 1.2),
                (-3.7, 1.0, 1.25),
                (2.0, 1.0, 1.25),
                (3.6, 0.97, 1.25),
                (3.75, 0.93, 1.1),
            ),
            (-3.73, -3.72, 2.0, 2.02, 3.4),
            (-2.5, 2.6),
            0.48,
            (),
        )
    return Shape(
        3.85,
        1.66,
        0.22,
        (
            (-1.92, 0.88, 0.76),
            (-1.82, 0.96, 0.96),
            (-1.2, 1.0, 0.97),
            (0.7, 1.0, 0.94),
            (1.6, 0.96, 0.82),
            (1.88, 0.85, 0.64),
        ),
        (-1.84, -1.38, 0.25, 1.0, 1.46),
        (-1.2, 1.2),
        0.29,
        (-0.4,),
    )


def belt(shape: Shape, z: float) -> float:
    """Return the height of the belt line, where the windows start, at ``z``."""
    zs, heights = [r[0] for r in shape.rings], [r[2] for r in shape.rings]
    return float(np.interp(z, zs, heights))
