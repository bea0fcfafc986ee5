"""Countable objects, each with its own mask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seglib.errors import ShapeError
from seglib.labels import LabelSet
from seglib.results._check import describe, expect, read_only


@dataclass(frozen=True, slots=True, eq=False)
class PackedMask:
    """A mask cut to its bounding box, eight pixels a byte.

    Parameters
    ----------
    x0, y0 : int
        Corner of the box in the picture, pixels.
    width, height : int
        Size of the box, pixels; 0 for an empty mask.
    bits : bytes
        Rows one after the other, packed by :func:`numpy.packbits`.
    area : int
        Pixels that are set.
    """

    x0: int
    y0: int
    width: int
    height: int
    bits: bytes
    area: int

    @classmethod
    def pack(cls, mask: NDArray[np.bool_], *, x0: int = 0, y0: int = 0) -> PackedMask:
        """Pack ``mask``, ``(h, w) bool``, whose corner lies at (x0, y0); empty rims are cut off."""
        rows = np.flatnonzero(mask.any(axis=1))
        if rows.size == 0:
            return cls(x0=0, y0=0, width=0, height=0, bits=b"", area=0)
        top, bottom = int(rows[0]), int(rows[-1]) + 1
        columns = np.flatnonzero(mask[top:bottom].any(axis=0))
        left, right = int(columns[0]), int(columns[-1]) + 1
        tight = mask[top:bottom, left:right]
        return cls(
            x0=x0 + left,
            y0=y0 + top,
            width=right - left,
            height=bottom - top,
            bits=np.packbits(tight).tobytes(),
            area=int(np.count_nonzero(tight)),
        )

    def unpack(self) -> NDArray[np.bool_]:
        """Return the mask inside its box: ``(height, width) bool``."""
        bits = np.frombuffer(self.bits, np.uint8)
        flat = np.unpackbits(bits, count=self.width * self.height)
        return flat.reshape(self.height, self.width).astype(bool)

    @property
    def box(self) -> tuple[int, int, int, int]:
        """``x1, y1, x2, y2`` in pixels; x2 and y2 are one past the last pixel."""
        return self.x0, self.y0, self.x0 + self.width, self.y0 + self.height


@dataclass(frozen=True, eq=False)
class Instances:
    """Objects found in a picture, their masks kept packed and decoded on demand.

    Build one with :meth:`from_masks` or :meth:`from_crops`.

    Parameters
    ----------
    boxes : ndarray
        ``(N, 4) float32`` x1, y1, x2, y2 in pixels; x2 and y2 are exclusive.
    class_ids : ndarray
        ``(N,) int64`` ids of ``label_set``.
    scores : ndarray
        ``(N,) float32`` in 0..1; 1 for ground truth.
    label_set : LabelSet
        What the ids mean.
    size : tuple of int
        Width and height of the picture in pixels.
    packed : tuple of PackedMask
        One a row.

    Raises
    ------
    ShapeError
        Lengths disagree, a type is wrong or a mask lies outside the picture.
    LabelError
        A class id is not in ``label_set``.
    """

    boxes: NDArray[np.float32]
    class_ids: NDArray[np.int64]
    scores: NDArray[np.float32]
    label_set: LabelSet
    size: tuple[int, int]
    packed: tuple[PackedMask, ...]

    def __post_init__(self) -> None:
        count = len(self.packed)
        expect(self.boxes, f"boxes ({count}, 4) float32", ndim=2, dtypes=(np.float32,))
        expect(self.class_ids, f"class ids ({count},) int64", ndim=1, dtypes=(np.int64,))
        expect(self.scores, f"scores ({count},) float32", ndim=1, dtypes=(np.float32,))
        for name, shape in (("boxes", (count, 4)), ("class_ids", (count,)), ("scores", (count,))):
            array = getattr(self, name)
            if array.shape != shape:
                raise ShapeError(f"expected {name} {shape}, got {describe(array)}")
            object.__setattr__(self, name, read_only(array))
        for class_id in set(self.class_ids.tolist()):
            self.label_set.label(class_id)
        width, height = self.size
        for mask in self.packed:
            x1, y1, x2, y2 = mask.box
            if x1 < 0 or y1 < 0 or x2 > width or y2 > height:
                raise ShapeError(
                    f"expected masks inside {width} x {height} pixels, got one at "
                    f"({x1}, {y1}) to ({x2}, {y2})"
                )

    @classmethod
    def from_masks(
        cls,
        masks: NDArray[np.bool_],
        class_ids: ArrayLike,
        scores: ArrayLike,
        label_set: LabelSet,
        *,
        boxes: ArrayLike | None = None,
    ) -> Instances:
        """Pack full-size masks.

        Parameters
        ----------
        masks : ndarray
            ``(N, H, W) bool``; N may be 0.
        class_ids, scores : array-like
            ``(N,)`` each.
        label_set : LabelSet
            What the ids mean.
        boxes : array-like, optional
            ``(N, 4)`` as the network gave them; by default the tight boxes of the masks.
        """
        expect(masks, "masks (N, H, W) bool", ndim=3, dtypes=(np.bool_,))
        packed = tuple(PackedMask.pack(mask) for mask in masks)
        size = (masks.shape[2], masks.shape[1])
        return cls._build(packed, class_ids, scores, label_set, size, boxes)

    @classmethod
    def from_crops(
        cls,
        crops: Iterable[tuple[int, int, NDArray[np.bool_]]],
        class_ids: ArrayLike,
        scores: ArrayLike,
        label_set: LabelSet,
        *,
        size: tuple[int, int],
        boxes: ArrayLike | None = None,
    ) -> Instances:
        """Pack masks that are already cut out, without full-size arrays in between.

        Parameters
        ----------
        crops : iterable of (x0, y0, mask)
            Corner in pixels and ``(h, w) bool``, inside the picture; what :meth:`crop` returns.
        class_ids, scores : array-like
            ``(N,)`` each.
        label_set : LabelSet
            What the ids mean.
        size : tuple of int
            Width and height of the picture in pixels.
        boxes : array-like, optional
            As for :meth:`from_masks`.
        """
        packed = []
        for x0, y0, mask in crops:
            expect(mask, "a crop (h, w) bool", ndim=2, dtypes=(np.bool_,))
            packed.append(PackedMask.pack(mask, x0=int(x0), y0=int(y0)))
        return cls._build(tuple(packed), class_ids, scores, label_set, size, boxes)

    @classmethod
    def _build(
        cls,
        packed: tuple[PackedMask, ...],
        class_ids: ArrayLike,
        scores: ArrayLike,
        label_set: LabelSet,
        size: tuple[int, int],
        boxes: ArrayLike | None,
    ) -> Instances:
        ids: NDArray[Any] = np.asarray(class_ids)
        if ids.size == 0:
            ids = ids.astype(np.int64)
        elif ids.dtype.kind not in "iu":
            raise ShapeError(f"expected class ids ({len(packed)},) integer, got {describe(ids)}")
        if boxes is None:
            boxes = [mask.box for mask in packed]
        corners = np.array(boxes, np.float32)
        return cls(
            boxes=corners.reshape(0, 4) if corners.size == 0 else corners,
            class_ids=ids.astype(np.int64),
            scores=np.array(scores, np.float32),
            label_set=label_set,
            size=size,
            packed=packed,
        )

    def __len__(self) -> int:
        return len(self.packed)

    @property
    def areas(self) -> NDArray[np.int64]:
        """Pixels of each mask: ``(N,) int64``."""
        return np.array([mask.area for mask in self.packed], np.int64)

    def crop(self, index: int) -> tuple[int, int, NDArray[np.bool_]]:
        """Return x0, y0 and the mask inside its tight box, ``(h, w) bool``."""
        mask = self.packed[index]
        return mask.x0, mask.y0, mask.unpack()

    def mask(self, index: int) -> NDArray[np.bool_]:
        """Return one mask at picture size: ``(H, W) bool``."""
        width, height = self.size
        full = np.zeros((height, width), bool)
        self._paste(index, full)
        return full

    @property
    def masks(self) -> NDArray[np.bool_]:
        """All masks at picture size: ``(N, H, W) bool``, decoded anew at each call."""
        width, height = self.size
        full = np.zeros((len(self), height, width), bool)
        for index in range(len(self)):
            self._paste(index, full[index])
        return full

    def _paste(self, index: int, full: NDArray[np.bool_]) -> None:
        x0, y0, crop = self.crop(index)
        full[y0 : y0 + crop.shape[0], x0 : x0 + crop.shape[1]] = crop

    def select(self, indices: Sequence[int] | NDArray[np.integer[Any]]) -> Instances:
        """Return the instances at ``indices``, in that order (for example those over a score)."""
        rows = np.asarray(indices, np.int64).reshape(-1)
        return Instances(
            boxes=self.boxes[rows],
            class_ids=self.class_ids[rows],
            scores=self.scores[rows],
            label_set=self.label_set,
            size=self.size,
            packed=tuple(self.packed[row] for row in rows.tolist()),
        )
