"""The picture type: RGB pixels that never change, with a digest to key caches by."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError


@dataclass(frozen=True, eq=False, repr=False)
class Image:
    """A decoded picture.

    Two images are equal when their pixels are.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        RGB. A writable or non-contiguous array is copied, so that nobody can change the picture
        later; a read-only contiguous one is kept as it is.

    Raises
    ------
    ShapeError
        The array has another shape or type, or no pixels.
    """

    pixels: NDArray[np.uint8]

    def __post_init__(self) -> None:
        pixels = np.asarray(self.pixels)
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size:
            raise ShapeError(
                f"expected a picture (H, W, 3) uint8, got {pixels.shape} {pixels.dtype}"
            )
        if pixels.flags.writeable or not pixels.flags.c_contiguous:
            pixels = np.array(pixels, order="C")
            pixels.setflags(write=False)
        object.__setattr__(self, "pixels", pixels)

    @classmethod
    def from_array(cls, array: NDArray[np.uint8]) -> Image:
        """Make a picture of an array.

        Parameters
        ----------
        array : (H, W, 3) or (H, W) uint8
            RGB, or grey, which is repeated three times. Always copied.
        """
        array = np.asarray(array)
        if array.ndim == 2:
            array = np.repeat(array[:, :, None], 3, axis=2)
        copy = np.array(array, order="C")
        copy.setflags(write=False)  # else it would be copied once more
        return cls(copy)

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.pixels.shape[0])

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.width, self.height

    @cached_property
    def digest(self) -> str:
        """BLAKE2b of the shape and the pixels, 32 hexadecimal digits."""
        state = hashlib.blake2b(repr(self.pixels.shape).encode(), digest_size=16)
        state.update(self.pixels.data)
        return state.hexdigest()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Image):
            return NotImplemented
        return np.array_equal(self.pixels, other.pixels)

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"Image({self.width}x{self.height})"
