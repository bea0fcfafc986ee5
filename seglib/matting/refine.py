"""What is done to a matte before it is used: edges, levels, holes, crumbs, feather."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError
from seglib.options import Checked, choice, number, switch, whole
from seglib.results import Matte

FOREGROUND, UNKNOWN, BACKGROUND = 255, 128, 0
"""Values of a trimap."""

GUIDE_SIDE = 640
"""Pixels of the longest side at which edges are fitted to the picture; finer ones gain nothing."""
GUIDE_EPS = 6.5
"""In grey levels squared: below a hundredth of the range is no edge."""


@dataclass(frozen=True)
class MatteOptions(Checked):
    """How a matte is refined; the defaults suit portraits and objects."""

    edges: bool = switch(
        True,
        "Pull the matte's rim onto the picture's own edges (guided filter).",
        title="Follow edges",
    )
    reach: int = whole(
        8, 1, 40, "Pixels of a 640-pixel picture over which the rim may move.", title="Edge reach"
    )
    threshold: float = number(
        0.5, 0.05, 0.95, "Alpha that counts as the middle of the rim: higher cuts tighter."
    )
    softness: float = number(
        0.6, 0.0, 1.0, "Width of the rim in alpha around the threshold: 0 is a hard cut."
    )
    feather: float = number(0.0, 0.0, 20.0, "Blur of the finished rim in pixels.", step=0.5)
    holes: float = number(
        2.0, 0.0, 20.0, "Fill holes up to this share of the subject, in percent.", step=0.5
    )
    keep: str = choice("all", ("all", "largest"), "Keep every piece, or the largest alone.")


def refine(matte: Matte, pixels: NDArray[np.uint8], options: MatteOptions) -> Matte:
    """Return the matte with the options applied, in the order in which they are declared.

    Parameters
    ----------
    matte : Matte
        As the network answered, at picture size.
    pixels : (H, W, 3) uint8
        The picture, RGB.
    options : MatteOptions

    Notes
    -----
    Edges: guided filter, He, Sun and Tang 2013, with the picture as the guide.

    Raises
    ------
    ShapeError
        Matte and picture differ in size.
    """
    height, width = pixels.shape[:2]
    if matte.size != (width, height):
        raise ShapeError(f"expected a matte of {width} x {height} pixels, got {matte.size}")
    alpha = np.array(matte.alpha)
    if options.edges:
        alpha = _follow_edges(alpha, pixels, options.reach)
    alpha = levels(alpha, options.threshold, options.softness)
    if options.holes > 0:
        alpha = fill_holes(alpha, options.holes / 100)
    if options.keep == "largest":
        alpha = keep_largest(alpha)
    if options.feather > 0:
        soft = cv2.GaussianBlur(alpha, (0, 0), options.feather, borderType=cv2.BORDER_REPLICATE)
        alpha = np.asarray(soft, np.float32)
    return Matte(np.clip(alpha, 0, 1).astype(np.float32))


def _follow_edges(
    alpha: NDArray[np.float32], pixels: NDArray[np.uint8], reach: int
) -> NDArray[np.float32]:
    height, width = alpha.shape
    scale = min(1.0, GUIDE_SIDE / max(height, width))
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        guide = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        small = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
    else:
        guide, small = pixels, alpha
    # The guide stays uint8: with a float guide in three channels, OpenCV 5.0 takes eps for far more
    # than it is, and only blurs.
    guided = cv2.ximgproc.guidedFilter(guide, small, reach, GUIDE_EPS)
    if scale < 1:
        guided = cv2.resize(guided, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(guided, 0, 1), np.float32)


def levels(alpha: NDArray[np.float32], threshold: float, softness: float) -> NDArray[np.float32]:
    """Stretch alpha so that ``threshold`` becomes one half and the rim is ``softness`` wide.

    ``alpha' = (alpha - threshold) / softness + 1/2``, cut to 0..1; a step where softness is 0.
    """
    if softness < 1e-3:
        return (alpha >= threshold).astype(np.float32)
    stretched = np.clip((alpha - threshold) / softness + 0.5, 0, 1)
    return np.asarray(stretched, np.float32)


def fill_holes(alpha: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    """Make opaque what lies within the subject: pieces of ground of at most ``share`` of it.

    Ground that touches the picture's border is no hole.
    """
    subject = alpha >= 0.5
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(
        (~subject).astype(np.uint8), connectivity=4
    )
    height, width = alpha.shape
    most = share * float(subject.sum())
    x, y = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    right, bottom = x + stats[:, cv2.CC_STAT_WIDTH], y + stats[:, cv2.CC_STAT_HEIGHT]
    hole = (stats[:, cv2.CC_STAT_AREA] <= most) & (x > 0) & (y > 0)
    hole &= (right < width) & (bottom < height) & (np.arange(count) > 0)
    return np.where(hole[pieces], np.float32(1), alpha)


def keep_largest(alpha: NDArray[np.float32]) -> NDArray[np.float32]:
    """Clear every piece of the subject but the largest; soft rims go with their piece."""
    count, pieces = cv2.connectedComponents((alpha > 0.02).astype(np.uint8), connectivity=8)
    if count <= 2:
        return alpha
    # the largest by what it weighs, so that a faint haze does not win
    weights = np.bincount(pieces.ravel(), weights=alpha.ravel(), minlength=count)
    weights[0] = 0
    return np.where(pieces == int(weights.argmax()), alpha, np.float32(0))


def trimap(matte: Matte, *, low: float = 0.05, high: float = 0.95) -> NDArray[np.uint8]:
    """Split a matte into sure foreground (255), sure background (0) and unknown (128).

    Returns
    -------
    (H, W) uint8
    """
    if not 0 <= low < high <= 1:
        raise ShapeError(f"expected 0 <= low < high <= 1, got {low} and {high}")
    out = np.full(matte.alpha.shape, UNKNOWN, np.uint8)
    out[matte.alpha <= low] = BACKGROUND
    out[matte.alpha >= high] = FOREGROUND
    return out
