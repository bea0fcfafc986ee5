"""A generated picture that looks like membranes in an electron microscope, with exact truth.

The pictures of the ISBI 2012 challenge may not be passed on, and scikit-image brings no electron
micrograph along. So this one is made: cells as the regions around random points with warped
borders, dark membranes between them, grainy insides, vesicles and a few mitochondria, which are
dark and are no membrane of a cell.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

MEMBRANE_PX = 2.5
"""Half the width of a membrane in pixels, in picture and truth."""


def membranes(
    seed: int, *, size: tuple[int, int] = (320, 240)
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Generate a picture.

    Parameters
    ----------
    seed : int
        The same seed gives the same picture.
    size : (width, height)
        Pixels.

    Returns
    -------
    picture : ndarray
        ``(H, W) uint8``, dark membranes.
    truth : ndarray
        ``(H, W) bool``, true on membranes.
    """
    rng = np.random.default_rng((seed, 2012))
    width, height = size
    distance, cell = _cells(rng, width, height)
    truth = distance < MEMBRANE_PX
    values: NDArray[Any] = 150 + rng.normal(0, 9, int(cell.max()) + 1)[cell]
    values = values + 7 * _smooth(rng, width, height, 14) + 7 * _smooth(rng, width, height, 2.2)
    values = _vesicles(rng, values, distance)
    values = _mitochondria(rng, values, distance)
    dark = np.exp(-((distance / 2.1) ** 2)) * (1 + 0.22 * _smooth(rng, width, height, 9))
    values = values * (1 - dark) + 62 * dark
    # the two layers of fat are one dark line here, and the cut is never quite sharp
    values = _blur(values, 0.9)
    values = values + _blur(rng.normal(0, 26, (height, width)), 0.7)
    values = 0.94 * values + 7 * _smooth(rng, width, height, 60)
    picture = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    picture.setflags(write=False)
    truth.setflags(write=False)
    return picture, truth


def _blur(values: NDArray[Any], sigma: float) -> NDArray[np.float64]:
    import cv2

    blurred = cv2.GaussianBlur(values, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
    return np.asarray(blurred, np.float64)


def _smooth(rng: np.random.Generator, width: int, height: int, sigma: float) -> NDArray[np.float64]:
    """Smooth noise of mean 0 and deviation 1."""
    values = _blur(rng.normal(0, 1, (height, width)), sigma)
    smooth: NDArray[np.float64] = (values - values.mean()) / (values.std() + 1e-9)
    return smooth


def _cells(
    rng: np.random.Generator, width: int, height: int
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Distance of each pixel to the next border between two cells, and its cell."""
    import cv2

    margin = 30
    points: list[NDArray[np.float64]] = []
    gaps: list[float] = []
    for _ in range((width + 2 * margin) * (height + 2 * margin) // 250):
        point = rng.uniform((-margin, -margin), (width + margin, height + margin))
        gap = float(rng.choice([14.0, 22.0, 34.0, 62.0], p=[0.15, 0.3, 0.3, 0.25]))
        near = np.hypot(*(np.array(points) - point).T) if points else np.array([np.inf])
        # small and large cells: a point keeps the others away by its own gap
        if (near > np.maximum(gap, gaps or [0.0])).all():
            points.append(point)
            gaps.append(gap)
    y, x = np.mgrid[:height, :width].astype(np.float64)
    x = x + 4.5 * _smooth(rng, width, height, 9) + 1.2 * _smooth(rng, width, height, 3.5)
    y = y + 4.5 * _smooth(rng, width, height, 9) + 1.2 * _smooth(rng, width, height, 3.5)
    nearest, cell = np.full((height, width), np.inf), np.zeros((height, width), np.intp)
    for number, ((px, py), gap) in enumerate(zip(points, gaps, strict=True)):
        # wider than high, as the fibres of the challenge's pictures are
        d = np.hypot(0.8 * (x - px), 1.1 * (y - py)) - 0.5 * gap
        cell[d < nearest] = number
        nearest = np.minimum(nearest, d)
    border = np.zeros((height, width), bool)
    border[:, 1:] |= cell[:, 1:] != cell[:, :-1]
    border[1:] |= cell[1:] != cell[:-1]
    distance = cv2.distanceTransform((~border).astype(np.uint8), cv2.DIST_L2, 5)
    return distance.astype(np.float64), cell


def _vesicles(
    rng: np.random.Generator, values: NDArray[np.float64], distance: NDArray[np.float64]
) -> NDArray[np.float64]:
    import cv2

    height, width = values.shape
    drawn = np.zeros((height, width), np.float64)
    for _ in range(width * height // 260):
        x, y = int(rng.integers(width)), int(rng.integers(height))
        if distance[y, x] > 7:
            # plain floats and integers: OpenCV takes no others
            cv2.circle(drawn, (x, y), int(rng.integers(1, 3)), float(rng.uniform(25, 60)), 1)
    return values - drawn


def _mitochondria(
    rng: np.random.Generator, values: NDArray[np.float64], distance: NDArray[np.float64]
) -> NDArray[np.float64]:
    height, width = values.shape
    rows, columns = np.mgrid[:height, :width].astype(np.float64)
    for _ in range(max(2, width * height // 16000)):
        for _attempt in range(60):
            x, y = int(rng.integers(width)), int(rng.integers(height))
            room = distance[y, x]
            if room > 14:
                break
        else:
            continue
        long, short = min(room - 4, 20.0), min(room - 4, 20.0) * rng.uniform(0.6, 0.95)
        angle = rng.uniform(0, np.pi)
        u = (columns - x) * np.cos(angle) + (rows - y) * np.sin(angle)
        v = -(columns - x) * np.sin(angle) + (rows - y) * np.cos(angle)
        radius = np.hypot(u / long, v / short)
        inside = 1 / (1 + np.exp(np.minimum((radius - 1) * 12, 60)))
        folds = 14 * np.sign(np.sin(v * 1.5 + 0.6 * np.sin(u / 4)))
        rim = 30 * np.exp(-(((radius - 0.95) / 0.1) ** 2))
        values = values * (1 - 0.85 * inside) + 0.85 * inside * (100 + folds) - rim
    return values
