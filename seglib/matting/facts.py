"""What can be said of a matte in numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from seglib.matting.refine import BACKGROUND, FOREGROUND, MatteOptions, refine, trimap
from seglib.results import Matte


@dataclass(frozen=True, slots=True)
class MatteFacts:
    """The numbers of a matte.

    Parameters
    ----------
    subject_share : float
        Mean alpha: the share of the picture's light that comes from the subject.
    soft_share : float
        Share of pixels that are neither 0 nor 1 in 8 bits.
    foreground, unknown, background : int
        Pixels of its trimap.
    pieces : int
        Connected pieces of alpha from one half (8 neighbours).
    edge_px : float or None
        Mean width of the rim in pixels: unknown pixels for each pixel of outline at one half;
        ``None`` without an outline.
    """

    subject_share: float
    soft_share: float
    foreground: int
    unknown: int
    background: int
    pieces: int
    edge_px: float | None


@dataclass(frozen=True, slots=True)
class Filled:
    """Holes that a refinement closed: how many, and their pixels."""

    count: int
    pixels: int


def matte_facts(matte: Matte) -> MatteFacts:
    """Measure a matte."""
    levels = np.rint(matte.alpha * 255).astype(np.uint8)
    three = trimap(matte)
    subject = matte.alpha >= 0.5
    unknown = int((three == 128).sum())
    outline = _outline(subject)
    return MatteFacts(
        subject_share=float(matte.alpha.mean(dtype=np.float64)),
        soft_share=float(((levels > 0) & (levels < 255)).mean()),
        foreground=int((three == FOREGROUND).sum()),
        unknown=unknown,
        background=int((three == BACKGROUND).sum()),
        pieces=cv2.connectedComponents(subject.astype(np.uint8), connectivity=8)[0] - 1,
        edge_px=unknown / outline if outline else None,
    )


def _outline(subject: NDArray[np.bool_]) -> int:
    """Count the pixels of the subject that touch ground; the picture's border is no ground."""
    padded = cv2.copyMakeBorder(subject.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    inner = cv2.erode(padded, cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3)))[1:-1, 1:-1]
    return int(np.count_nonzero(subject & (inner == 0)))


def filled_holes(matte: Matte, pixels: NDArray[np.uint8], options: MatteOptions) -> Filled:
    """Count what ``options.holes`` closes, before crumbs are dropped and the rim is feathered.

    Parameters
    ----------
    matte : Matte
        As the network answered.
    pixels : (H, W, 3) uint8
        The picture.
    options : MatteOptions
    """
    plain = replace(options, keep="all", feather=0.0)
    before = refine(matte, pixels, replace(plain, holes=0.0)).alpha < 0.5
    after = refine(matte, pixels, plain).alpha >= 0.5
    closed = (before & after).astype(np.uint8)
    return Filled(cv2.connectedComponents(closed, connectivity=4)[0] - 1, int(closed.sum()))
