"""What a perfect network of prototypes would answer for given objects, for tests of what follows.

Every object's logits are one map; a rotation mixes the maps into prototypes that all objects share
and gives each object coefficients that undo it, so that nothing is as simple as one map an object.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from seglib.engine import Inference
from seglib.images import Placement, fit_pad
from seglib.models import Forward, ModelCard
from seglib.results import Instances, StageTimes

MOST = 24


def of(
    objects: Instances, card: ModelCard, *, centre: float = 0.9, grid: int = 80
) -> dict[str, NDArray[np.float32]]:
    """Outputs for the largest objects, whose class ids are those of the card.

    Parameters
    ----------
    centre : float
        Of the surest object; the others come in steps of a hundredth below it.
    """
    side = card.input_size[0]
    rows = np.argsort(-objects.areas, kind="stable")[:MOST].tolist()
    logits = np.full((MOST, grid, grid), -8.0, np.float32)
    semantic = np.full((card.labels.num_classes, grid, grid), -6.0, np.float32)
    semantic[0] = 4.0
    heat = np.zeros((1, grid, grid), np.float32)
    box = np.full((4, grid, grid), 4.0, np.float32)
    coefficients = np.zeros((MOST, grid, grid), np.float32)
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(MOST, MOST)))[0].astype(np.float32)
    for k, row in enumerate(rows):
        full = objects.mask(row).astype(np.uint8)[..., None].repeat(3, 2)
        padded = fit_pad(full, (side, side))[0][..., 0].astype(np.float32)
        cells = cv2.resize(padded, (grid, grid), interpolation=cv2.INTER_AREA)
        if np.count_nonzero(cells > 0.5) < 4:
            continue
        logits[k] = 16 * (cells - 0.5)
        semantic[int(objects.class_ids[row])][cells > 0.5] = 9.0
        away = cv2.distanceTransform((cells > 0.5).astype(np.uint8), cv2.DIST_L2, 3)
        y, x = divmod(int(away.argmax()), grid)
        heat[0, y, x] = max(0.05, centre - 0.01 * k)
        ys, xs = np.nonzero(cells > 0.02)
        reach = np.array([x + 0.5 - xs.min(), y + 0.5 - ys.min(), xs.max() + 0.5 - x,
                          ys.max() + 0.5 - y])  # fmt: skip
        box[:, y, x] = reach * side / grid
        coefficients[:, y, x] = turn[k]
    named = {
        "semantic": semantic,
        "centre": heat,
        "box": box,
        "coefficients": coefficients,
        "prototypes": np.tensordot(turn.T, logits, 1).astype(np.float32),
    }
    return {name: value[None] for name, value in named.items()}


def forward(objects: Instances, card: ModelCard, *, centre: float = 0.9) -> Forward:
    """The outputs as the network hands them out, for a picture of the objects' size."""
    width, height = objects.size
    placement: Placement = fit_pad(np.zeros((height, width, 3), np.uint8), card.input_size)[1]
    inference = Inference(of(objects, card, centre=centre), 0.0, 1.0)
    return Forward(inference, placement, StageTimes(infer_ms=1.0))
