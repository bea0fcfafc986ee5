"""Judge the exported membrane classifier on held-out pictures, as the app runs it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from seglib.concepts import patches, patches_graph
from seglib.concepts.patches_sample import membranes

GENERATED = range(2000, 2006)
"""Seeds that training does not use."""


def rand_f(truth: NDArray[np.bool_], found: NDArray[np.bool_]) -> float:
    """Rand F-score of the cells ``(H, W) bool``: pairs of pixels that belong together.

    Cells are the connected parts (four neighbours); pixels of membrane in the truth are left out,
    pixels of membrane in the answer are cells of their own each (Arganda-Carreras et al. 2015, eq.
    2 with alpha 0.5, without their thinning of the borders).
    """
    _, true_cells = cv2.connectedComponents(truth.astype(np.uint8), connectivity=4)
    count, cells = cv2.connectedComponents(found.astype(np.uint8), connectivity=4)
    alone = cells == 0
    cells = cells.astype(np.int64)
    cells[alone] = count + np.arange(int(alone.sum()))
    judged = true_cells > 0
    _, pairs = np.unique(np.stack([true_cells[judged], cells[judged]]), axis=1, return_counts=True)
    rows = np.bincount(true_cells[judged]).astype(np.float64)
    columns = np.unique(cells[judged], return_counts=True)[1].astype(np.float64)
    total = 0.5 * (rows**2).sum() + 0.5 * (columns**2).sum()
    return float((pairs.astype(np.float64) ** 2).sum() / total)


def judge(
    net: patches.PatchNet, pairs: list[tuple[NDArray[np.uint8], NDArray[np.bool_]]]
) -> dict[str, float]:
    """Return pixel accuracy, precision, recall and F of "membrane" over all pixels, and Rand F."""
    hit = extra = missed = right = total = 0
    rands = []
    for picture, membrane in pairs:
        values = patches_graph.scaled(patches.mirrored(picture, net.window))
        logits = patches_graph.one_pass(net, values)
        found = logits[0] > logits[1]
        hit += int((found & membrane).sum())
        extra += int((found & ~membrane).sum())
        missed += int((~found & membrane).sum())
        right += int((found == membrane).sum())
        total += membrane.size
        rands.append(rand_f(~membrane, patches.probability(logits) < 0.3))
    return {
        "pixel_accuracy": right / total,
        "membrane_precision": hit / (hit + extra),
        "membrane_recall": hit / (hit + missed),
        "membrane_f": 2 * hit / (2 * hit + extra + missed),
        "membrane_share": (hit + missed) / total,
        "rand_f": float(np.mean(rands)),
    }


def measure(path: Path, folder: Path, numbers: range) -> dict[str, Any]:
    """Return the facts for ``measured.json``."""
    from training.membrane import read

    net = patches_graph.load(path)
    real = [(picture, label == 0) for picture, label in read(folder, numbers)]
    made = [membranes(seed, size=(480, 360)) for seed in GENERATED]
    method = (
        "one pass at every pixel, border mirrored, threshold 0.5, all pixels pooled; rand_f: mean "
        "over pictures, threshold 0.3"
    )
    common = {"precision": "f32 arithmetic, FP16 weights", "method": method}
    return {
        "window": net.window,
        "parameters": net.parameters,
        "files_bytes": sum(path.with_suffix(end).stat().st_size for end in (".xml", ".bin")),
        "sha256": {
            path.with_suffix(end).name: hashlib.sha256(
                path.with_suffix(end).read_bytes()
            ).hexdigest()
            for end in (".xml", ".bin")
        },
        "evaluations": [
            {
                "dataset": "isbi2012",
                "split": f"held out: pictures {numbers[0]} to {numbers[-1]}",
                "images": len(real),
                "size": [512, 512],
                **common,
                **judge(net, real),
            },
            {
                "dataset": "generated",
                "split": f"seeds {GENERATED[0]} to {GENERATED[-1]}, not used in training",
                "images": len(made),
                "size": [480, 360],
                **common,
                **judge(net, made),
            },
        ],
    }
