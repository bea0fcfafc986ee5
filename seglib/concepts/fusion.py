r"""Skip fusion: FCN-32s, FCN-16s and FCN-8s from scores at three strides.

Long et al. 2015, "Fully Convolutional Networks for Semantic Segmentation", section 4.2. A 1 × 1
convolution turns the features at strides 32, 16 and 8 into class scores; from coarse to fine, the
scores are enlarged twice and added to the next finer ones:

.. math:: F_{16} = U_2 S_{32} + S_{16}, \qquad F_8 = U_2 F_{16} + S_8

The paper enlarges with a transposed convolution that starts as (and for the last step stays)
bilinear. Here each enlargement is bilinear; inside the map that is the same, and at the rim the
outermost scores are repeated instead of fading to zero.

NumPy reference; :mod:`seglib.concepts.fusion_graph` is the same in OpenVINO.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError
from seglib.options import Checked, number

Scores: TypeAlias = NDArray[np.float32]

STRIDES = (32, 16, 8)

PUBLISHED: dict[int, float] = {32: 59.4, 16: 62.4, 8: 62.7}
"""Mean IoU in percent, FCN-VGG16 on the PASCAL VOC 2011 val subset of 736 pictures (Long et al.
2015, table 2)."""


@dataclass(frozen=True)
class FusionOptions(Checked):
    """How much the finer scores count; 1 is FCN, 0 leaves them out."""

    skip16: float = number(
        1.0, 0.0, 2.0, "Weight of the scores at 1/16; FCN has 1.", 0.05, title="Weight of 1/16"
    )
    skip8: float = number(
        1.0, 0.0, 2.0, "Weight of the scores at 1/8; FCN has 1.", 0.05, title="Weight of 1/8"
    )


@dataclass(frozen=True, eq=False)
class Fusion:
    """Everything on the way, ``(C, h, w) float32`` each.

    Parameters
    ----------
    score32, score16, score8 : ndarray
        What the three 1 × 1 convolutions say.
    up32 : ndarray
        ``score32`` twice as large, cut to the size of ``score16``.
    sum16 : ndarray
        ``up32`` plus ``score16``: FCN-16s.
    up16 : ndarray
        ``sum16`` twice as large, cut to the size of ``score8``.
    sum8 : ndarray
        ``up16`` plus ``score8``: FCN-8s.
    """

    score32: Scores
    score16: Scores
    score8: Scores
    up32: Scores
    sum16: Scores
    up16: Scores
    sum8: Scores

    def of(self, stride: int) -> Scores:
        """Return the scores that FCN-32s, FCN-16s or FCN-8s enlarge to the picture."""
        return {32: self.score32, 16: self.sum16, 8: self.sum8}[stride]


def score(features: NDArray[Any], weight: NDArray[Any], bias: NDArray[Any]) -> Scores:
    """Turn features into class scores with a 1 × 1 convolution.

    Parameters
    ----------
    features : ndarray
        ``(inputs, h, w) float32``.
    weight : ndarray
        ``(classes, inputs) float32``.
    bias : ndarray
        ``(classes,) float32``.

    Returns
    -------
    ndarray
        ``(classes, h, w) float32``.

    Raises
    ------
    ShapeError
        The weights are for another number of maps.
    """
    if features.ndim != 3 or weight.ndim != 2 or weight.shape[1] != features.shape[0]:
        raise ShapeError(
            f"expected features (inputs, h, w) and weights (classes, inputs), "
            f"got {features.shape} and {weight.shape}"
        )
    channels, height, width = features.shape
    answer = weight @ features.reshape(channels, -1) + bias[:, None]
    scores: Scores = answer.reshape(-1, height, width).astype(np.float32)
    return scores


def halve(features: NDArray[Any]) -> Scores:
    """Average blocks of 2 × 2; at an odd rim, what is there: ``(C, ⌈h/2⌉, ⌈w/2⌉) float32``."""
    channels, height, width = features.shape
    padded = np.pad(features, ((0, 0), (0, height % 2), (0, width % 2)), mode="edge")
    blocks = padded.reshape(channels, (height + 1) // 2, 2, -1, 2)
    answer: Scores = blocks.mean(axis=(2, 4), dtype=np.float32)
    return answer


def weights(cells: int, outputs: int, scale: float) -> NDArray[np.float32]:
    """Return the bilinear weights ``(outputs, cells)`` of one direction.

    The centre of output ``i`` lies at ``(i + 1/2) / scale - 1/2``, counted in cells (half-pixel
    centres); beyond the outermost centres the outermost value is repeated. Each row sums to 1.
    """
    place = np.clip((np.arange(outputs) + 0.5) / scale - 0.5, 0, cells - 1)
    low = np.minimum(place.astype(np.int64), max(cells - 2, 0))
    part = place - low
    matrix = np.zeros((outputs, cells))
    rows = np.arange(outputs)
    matrix[rows, low] = 1 - part
    matrix[rows, np.minimum(low + 1, cells - 1)] += part
    return matrix.astype(np.float32)


def enlarge(scores: NDArray[Any], scale: tuple[float, float], size: tuple[int, int]) -> Scores:
    """Enlarge bilinearly and keep the first rows and columns.

    Parameters
    ----------
    scores : ndarray
        ``(C, h, w) float32``.
    scale : (vertical, horizontal)
        Outputs for each cell: 2 between two fusions, the stride at the end.
    size : (height, width)
        What is kept. The maps of a network that rounds up are a little larger than the picture;
        the rest is cut off, as FCN does.

    Returns
    -------
    ndarray
        ``(C, height, width) float32``.
    """
    if scores.ndim != 3 or min(*scores.shape, *size) < 1 or min(scale) <= 0:
        raise ShapeError(f"expected scores (C, h, w) to enlarge to {size}, got {scores.shape}")
    rows = weights(scores.shape[1], size[0], scale[0])
    columns = weights(scores.shape[2], size[1], scale[1])
    answer: Scores = rows @ scores.astype(np.float32) @ columns.T
    return answer


def fuse(
    score32: NDArray[Any],
    score16: NDArray[Any],
    score8: NDArray[Any],
    options: FusionOptions | None = None,
) -> Fusion:
    """Fuse scores at strides 32, 16 and 8, ``(C, h, w) float32`` each.

    Raises
    ------
    ShapeError
        A finer map is more than twice as large as the coarser one, or has other classes.
    """
    options = options or FusionOptions()
    for coarse, fine in ((score32, score16), (score16, score8)):
        fits = all(f <= 2 * c for c, f in zip(coarse.shape[1:], fine.shape[1:], strict=True))
        if coarse.shape[0] != fine.shape[0] or not fits:
            raise ShapeError(
                f"expected finer scores of the same classes and at most twice the size of "
                f"{coarse.shape}, got {fine.shape}"
            )
    score16, score8 = (np.asarray(part, np.float32) for part in (score16, score8))
    up32 = enlarge(score32, (2, 2), score16.shape[1:])
    sum16 = up32 + np.float32(options.skip16) * score16
    up16 = enlarge(sum16, (2, 2), score8.shape[1:])
    sum8 = up16 + np.float32(options.skip8) * score8
    return Fusion(score32, score16, score8, up32, sum16, up16, sum8)


def to_picture(
    scores: NDArray[Any], stride: int, network: tuple[int, int], size: tuple[int, int]
) -> Scores:
    """Bring scores at a stride to a picture.

    Parameters
    ----------
    scores : ndarray
        ``(C, h, w) float32``.
    stride : int
        32, 16 or 8: pixels of the network's input for each cell.
    network, size : (width, height)
        Of the network's input and of the picture, which was stretched to it.

    Returns
    -------
    ndarray
        ``(C, height, width) float32``.
    """
    scale = stride * size[1] / network[1], stride * size[0] / network[0]
    return enlarge(scores, scale, (size[1], size[0]))
