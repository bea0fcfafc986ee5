"""Where a prediction is right and where it is wrong."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from seglib.render._check import LabelMap, expect_labels, expect_picture, expect_same_size, lookup
from seglib.render.colours import FALSE_NEGATIVE, FALSE_POSITIVE, TRUE_POSITIVE

NEUTRAL = (216, 216, 216)
"""Light grey of what is right, where no picture is given."""

_THERE, _FOUND, _HATCH = 1, 2, 4
"""Codes of a pixel: there + found is a true positive; the hatch has two codes, dark and light."""

_HATCH_PERIOD = 8  # pixels

_TABLE = np.zeros((256, 3), np.uint8)
_TABLE[0] = NEUTRAL
_TABLE[_THERE] = FALSE_NEGATIVE
_TABLE[_FOUND] = FALSE_POSITIVE
_TABLE[_THERE + _FOUND] = TRUE_POSITIVE
_TABLE[_HATCH : _HATCH + 2] = (150, 150, 150), (190, 190, 190)
_TABLE.setflags(write=False)


def error_map(
    truth: LabelMap,
    prediction: LabelMap,
    *,
    ignore: int | None = 255,
    class_id: int | None = None,
    pixels: NDArray[np.uint8] | None = None,
) -> NDArray[np.uint8]:
    """Colour every pixel by whether it was predicted rightly.

    For all classes together, wrong pixels are vermillion. For one class, its true positives are
    bluish green, false positives vermillion and false negatives reddish purple. Everything else
    is faded grey; pixels that the truth ignores are hatched.

    Parameters
    ----------
    truth, prediction : (H, W) uint8 or uint16
        Class ids.
    ignore : int or None
        Label of the truth that is not judged. The same label in the prediction is a mistake.
    class_id : int, optional
        Judge this class alone.
    pixels : (H, W, 3) uint8, optional
        The picture, shown faded where nothing is wrong.

    Returns
    -------
    (H, W, 3) uint8
    """
    expect_labels(truth, "the truth")
    expect_labels(prediction, "the prediction")
    expect_same_size(truth, prediction, "truth and prediction")
    if class_id is None:
        codes = (truth != prediction).view(np.uint8) * np.uint8(_FOUND)
    else:
        codes = (truth == class_id).view(np.uint8) * np.uint8(_THERE)
        codes += (prediction == class_id).view(np.uint8) * np.uint8(_FOUND)
    if ignore is not None:
        cv2.copyTo(_hatch(truth.shape), (truth == ignore).view(np.uint8), codes)
    drawn = lookup(codes, _TABLE)
    if pixels is not None:
        expect_picture(pixels)
        expect_same_size(pixels, truth, "a picture and labels")
        cv2.copyTo(faded(pixels), (codes == 0).view(np.uint8), drawn)
    return drawn


def faded(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the picture in pale grey, (H, W, 3) uint8: a ground on which colours stand out."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    grey = cv2.convertScaleAbs(grey, alpha=0.35, beta=150)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), np.uint8)


def _hatch(shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Diagonal stripes of the two hatch codes, (H, W) uint8."""
    rows, columns = np.arange(shape[0])[:, None], np.arange(shape[1])
    dark = (rows + columns) % _HATCH_PERIOD < _HATCH_PERIOD // 2
    return np.where(dark, np.uint8(_HATCH), np.uint8(_HATCH + 1))
