"""K-means: the picture's colours gathered in K groups.

Helps where an object has a colour that nothing else has, however torn it is: leaves, blood cells,
road markings. Knows nothing of places unless they are given weight.

Source: Lloyd, Least Squares Quantization in PCM, 1982; started as in Arthur and Vassilvitskii,
k-means++, 2007; OpenCV's ``kmeans``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from seglib.annotate._check import MAX_PIXELS, Pixels, Regions, expect_pixels, frozen, lab
from seglib.options import Checked, number, switch, whole

_SAMPLE = 20_000


@dataclass(frozen=True)
class KmeansOptions(Checked):
    """How colours are gathered."""

    k: int = whole(6, 2, 16, "Number of groups.", title="Groups K")
    place: float = number(
        0.0, 0.0, 1.0, "Weight of the place beside the colour: 1 makes groups compact."
    )
    joined: bool = switch(
        True, "Each connected part is a piece of its own; off: a click takes the whole group."
    )


def kmeans(pixels: Pixels, *, options: KmeansOptions | None = None) -> Regions:
    """Gather the pixels in K groups by colour (and place).

    Groups are fitted on 20,000 pixels spread over the picture, then every pixel joins the nearest.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        RGB, at most 600,000 pixels.
    options : KmeansOptions, optional

    Returns
    -------
    (H, W) int32
        Group of each pixel, 0 the darkest; or, with ``joined``, number of its connected part.
        Read-only. The same input gives the same groups.
    """
    import cv2

    options = options or KmeansOptions()
    pixels = expect_pixels(pixels, limit=MAX_PIXELS)
    height, width = pixels.shape[:2]
    features = _features(np.asarray(cv2.GaussianBlur(pixels, (3, 3), 0), np.uint8), options.place)
    # Spread evenly and without chance: every n-th pixel, n odd so that columns do not line up.
    stride = max(1, len(features) // _SAMPLE) | 1
    sample = np.ascontiguousarray(features[::stride])
    count = min(options.k, len(np.unique(sample, axis=0)))
    cv2.setRNGSeed(0)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 30, 0.2)
    _, _, found = cv2.kmeans(
        sample, count, np.zeros(len(sample), np.int32), stop, 2, cv2.KMEANS_PP_CENTERS
    )
    centres = np.asarray(found, np.float32)
    centres = centres[np.argsort(centres[:, 0], kind="stable")]
    groups = _nearest(features, centres).reshape(height, width)
    if options.joined:
        groups = connected(groups)
    result: Regions = frozen(groups)
    return result


def _features(pixels: Pixels, place: float) -> np.ndarray:
    height, width = pixels.shape[:2]
    features = lab(pixels).reshape(-1, 3)
    if not place:
        return features
    y, x = np.mgrid[:height, :width].astype(np.float32)
    # At weight 1 the picture's longer side counts as much as 100 units of lightness.
    where = np.stack([x, y], axis=-1).reshape(-1, 2) * np.float32(100 * place / max(height, width))
    return np.concatenate([features, where], axis=1)


def _nearest(features: np.ndarray, centres: np.ndarray) -> Regions:
    # |f - c|² = |f|² - 2 f·c + |c|²: the first term is the same for all centres.
    score = features @ (-2 * centres.T) + (centres**2).sum(axis=1)
    nearest: Regions = score.argmin(axis=1).astype(np.int32)
    return nearest


def connected(groups: Regions) -> Regions:
    """Give each connected part (4-neighbours) of each group a number: ``(H, W) int32`` from 0."""
    from skimage.measure import label

    number: Callable[..., Regions] = label
    return np.asarray(number(groups, background=-1, connectivity=1), np.int32) - np.int32(1)
