"""Pictures into the network's input size, and maps back: the way in and its exact inverse.

Conventions: a size is (width, height); a pixel is a square and its centre lies at half integers
("half-pixel"), so a map of any resolution covers exactly the same area as the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError
from seglib.images.axis import Axis, bilinear
from seglib.images.image import Image

Size = tuple[int, int]
Box = tuple[int, int, int, int]
_Integers = TypeVar("_Integers", bound=np.integer)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a picture lies inside a network's input.

    Parameters
    ----------
    source_size : (width, height)
        The picture.
    target_size : (width, height)
        The network's input.
    box : (x, y, width, height)
        The picture's place inside the input, in input pixels; the rest is padding.
    """

    source_size: Size
    target_size: Size
    box: Box

    def __post_init__(self) -> None:
        x, y, width, height = self.box
        sizes = (*self.source_size, *self.target_size, width, height)
        inside = x + width <= self.target_size[0] and y + height <= self.target_size[1]
        if min(sizes) < 1 or min(x, y) < 0 or not inside:
            raise ShapeError(f"expected a box inside {self.target_size}, got {self.box}")

    def restore_labels(self, labels: NDArray[_Integers]) -> NDArray[_Integers]:
        """Map labels at network resolution back to the picture: nearest neighbour.

        Parameters
        ----------
        labels : (h, w) integer
            At the input's size or any fraction of it (a network that answers at 1/2 or 1/4).

        Returns
        -------
        (H, W) array of the same type
            Each pixel takes the cell in which its centre falls.
        """
        if labels.ndim != 2 or not labels.size:
            raise ShapeError(f"expected labels (h, w), got {labels.shape} {labels.dtype}")
        rows = self.axis(1, labels.shape[0]).nearest()
        columns = self.axis(0, labels.shape[1]).nearest()
        return labels.take(rows, axis=0).take(columns, axis=1)

    def restore_scores(self, scores: NDArray[np.floating]) -> NDArray[np.float32]:
        """Map scores at network resolution back to the picture: bilinear, half-pixel.

        Parameters
        ----------
        scores : (C, h, w) float
            At the input's size or any fraction of it.

        Returns
        -------
        (C, H, W) float32
            Cells outside the picture's box (padding) never take part.
        """
        if scores.ndim != 3 or not scores.size:
            raise ShapeError(f"expected scores (C, h, w), got {scores.shape} {scores.dtype}")
        width, height = self.source_size
        out = np.empty((len(scores), height, width), np.float32)
        columns = self.axis(0, scores.shape[2])
        rows = self.axis(1, scores.shape[1])
        for channel, plane in enumerate(np.asarray(scores, np.float32)):
            bilinear(plane, rows, columns, out=out[channel])
        return out

    def axis(self, axis: int, cells: int) -> Axis:
        """One direction of the way back: 0 = x, 1 = y, for a map of ``cells`` cells."""
        return Axis(
            pixels=self.source_size[axis],
            target=self.target_size[axis],
            start=self.box[axis],
            length=self.box[axis + 2],
            cells=cells,
        )


def resize(pixels: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    """Resize a picture: area averages where it shrinks, linear where it grows, per direction.

    A picture with even sides is halved (means of 2 x 2 pixels) as long as it stays large enough,
    and linear for the rest, which is below a factor of two: as free of aliasing as area averages
    by a fraction of a pixel, and several times faster.

    Parameters
    ----------
    pixels : (H, W, 3) or (H, W) uint8
    size : (width, height)

    Returns
    -------
    (height, width, ...) uint8
        ``pixels`` itself where the size is already right.
    """
    height, width = pixels.shape[:2]
    smaller = (min(width, size[0]), min(height, size[1]))
    resized: NDArray[np.uint8] = pixels
    while width >= 2 * smaller[0] and height >= 2 * smaller[1] and not (width % 2 or height % 2):
        width, height = width // 2, height // 2
        # At exactly half the size, linear is the mean of 2 x 2, in half the time of INTER_AREA.
        halved = cv2.resize(resized, (width, height), interpolation=cv2.INTER_LINEAR)
        resized = np.asarray(halved, np.uint8)
    if smaller != (width, height):
        rest = cv2.INTER_AREA if resized is pixels else cv2.INTER_LINEAR
        resized = np.asarray(cv2.resize(resized, smaller, interpolation=rest), np.uint8)
    if smaller != tuple(size):
        resized = np.asarray(cv2.resize(resized, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    return resized


def stretch(pixels: NDArray[np.uint8], size: Size) -> tuple[NDArray[np.uint8], Placement]:
    """Fill ``size`` with the picture, whatever its proportions.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
    size : (width, height)

    Returns
    -------
    array : (height, width, 3) uint8
    placement : Placement
    """
    source = _source_size(pixels, size)
    return resize(pixels, size), Placement(source, size, (0, 0, *size))


def fit_pad(
    pixels: NDArray[np.uint8],
    size: Size,
    *,
    pad_value: int | Sequence[int] = 0,
    anchor: Literal["centre", "corner"] = "centre",
) -> tuple[NDArray[np.uint8], Placement]:
    """Fit the picture into ``size`` with its proportions kept, and pad the rest.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
    size : (width, height)
    pad_value : int or three ints
        Value of the padding, 0 to 255.
    anchor : "centre" or "corner"
        Padding on both sides, or only right and below.

    Returns
    -------
    array : (height, width, 3) uint8
    placement : Placement
    """
    source = _source_size(pixels, size)
    if anchor not in ("centre", "corner"):
        raise ShapeError(f"expected the anchor centre or corner, got {anchor!r}")
    inner = fitted_size(source, size)
    x = (size[0] - inner[0]) // 2 if anchor == "centre" else 0
    y = (size[1] - inner[1]) // 2 if anchor == "centre" else 0
    canvas = np.empty((size[1], size[0], *pixels.shape[2:]), np.uint8)
    canvas[...] = np.asarray(pad_value, np.uint8)
    canvas[y : y + inner[1], x : x + inner[0]] = resize(pixels, inner)
    return canvas, Placement(source, size, (x, y, *inner))


def fitted_size(source: Size, size: Size) -> Size:
    """Largest (width, height) inside ``size`` with the proportions of ``source``, at least 1×1.

    The longer direction fills ``size`` exactly; the other is rounded half up.
    """
    width, height = source
    if width * size[1] >= height * size[0]:  # relatively wider: the width decides
        return size[0], min(size[1], max(1, (2 * height * size[0] + width) // (2 * width)))
    return min(size[0], max(1, (2 * width * size[1] + height) // (2 * height))), size[1]


def shrink_to(image: Image, max_side: int) -> Image:
    """Return the picture with its longer side at most ``max_side`` pixels; never enlarged."""
    if max_side < 1:
        raise ShapeError(f"expected a side of at least 1 pixel, got {max_side}")
    if max(image.size) <= max_side:
        return image
    pixels = resize(image.pixels, fitted_size(image.size, (max_side, max_side)))
    pixels.setflags(write=False)
    return Image(pixels)


def _source_size(pixels: NDArray[np.uint8], size: Size) -> Size:
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3) or not pixels.size:
        raise ShapeError(f"expected a picture (H, W, 3) uint8, got {pixels.shape} {pixels.dtype}")
    if min(size) < 1:
        raise ShapeError(f"expected a size of at least 1×1, got {size}")
    return int(pixels.shape[1]), int(pixels.shape[0])
