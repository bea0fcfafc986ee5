"""Catchment basins of a landscape: tops, floods from them, and which humps are really one.

A marker-controlled watershed (Meyer 1992), then the dynamics of its basins (Grimaud 1992): a hump
counts if one has to descend deep enough from it before one can climb higher.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Maps = NDArray[np.float32]
Ids = NDArray[np.int32]


def seeds(height: Maps, inside: NDArray[np.bool_], *, low: float, apart: int) -> Ids:
    """Number the tops of the landscape: ``(h, w) int32``, 0 = no seed.

    Parameters
    ----------
    height : (h, w) float32
    inside : (h, w) bool
        Where tops may lie.
    low : float
        Height that a top needs.
    apart : int
        Cells within which a higher place makes a top none. A flat top is one seed.
    """
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * apart + 1, 2 * apart + 1))
    tops = (height >= cv2.dilate(height, kernel)) & (height >= low) & inside
    _, numbered = cv2.connectedComponents(tops.astype(np.uint8), connectivity=8)
    return np.asarray(numbered, np.int32)


def flood(height: Maps, inside: NDArray[np.bool_], tops: Ids) -> Ids:
    """Share every component of ``inside`` out among its seeds: ``(h, w) int32``, 0 = none.

    A component with one seed is that seed's as a whole, so only touching objects are flooded.
    One without a seed is nobody's.
    """
    from skimage.segmentation import watershed

    count, pieces = cv2.connectedComponents(inside.astype(np.uint8), connectivity=4)
    where = np.flatnonzero(tops)
    of_piece, of_seed = pieces.reshape(-1)[where], tops.reshape(-1)[where]
    pairs = np.unique(np.stack([of_piece, of_seed], 1), axis=0)
    pairs = pairs[pairs[:, 0] > 0]
    held = np.bincount(pairs[:, 0], minlength=count)
    owner = np.zeros(count, np.int32)
    alone = held[pairs[:, 0]] == 1
    owner[pairs[alone, 0]] = pairs[alone, 1]
    ids: Ids = owner[pieces]
    shared = (held > 1)[pieces]
    if shared.any():
        marks = np.where(shared, tops, 0)
        flooded = watershed(-height, marks, mask=shared)  # type: ignore[no-untyped-call]
        ids[shared] = flooded[shared]
    return ids


def join(height: Maps, ids: Ids, *, depth: float) -> Ids:
    """Join neighbours whose valley is shallow: what is left has humps of that height (dynamics).

    Parameters
    ----------
    height : (h, w) float32
    ids : (h, w) int32
        Regions of :func:`flood`, 0 = none.
    depth : float
        Two regions are one if the lower top rises less than this above the pass between them.
    """
    pairs, passes = [], []
    for one, two, low, high in (
        (ids[:, :-1], ids[:, 1:], height[:, :-1], height[:, 1:]),
        (ids[:-1], ids[1:], height[:-1], height[1:]),
    ):
        meet = (one != two) & (one > 0) & (two > 0)
        ends = np.stack([one[meet], two[meet]], 1)
        pairs.append(np.sort(ends, 1))
        passes.append(np.minimum(low[meet], high[meet]))
    ends, pass_ = np.concatenate(pairs), np.concatenate(passes)
    if depth <= 0 or not len(ends):
        return ids
    top = np.full(int(ids.max()) + 1, -np.inf, np.float32)
    np.maximum.at(top, ids.reshape(-1), height.reshape(-1))
    parent = np.arange(len(top))

    def root(number_: int) -> int:
        while parent[number_] != number_:
            parent[number_] = number_ = parent[parent[number_]]
        return number_

    # only the highest place of each border is its pass
    order = np.argsort(-pass_, kind="stable")
    _, first = np.unique(ends[order], axis=0, return_index=True)
    for place in order[np.sort(first)].tolist():
        first_root, second_root = (root(int(end)) for end in ends[place])
        lower, higher = sorted((first_root, second_root), key=lambda number_: float(top[number_]))
        if lower != higher and top[lower] - pass_[place] < depth:
            parent[lower] = higher
    return np.array([root(number_) for number_ in range(len(parent))], np.int32)[ids]
