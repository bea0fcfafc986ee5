"""What mask AP is measured on: the objects of one picture, true or detected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seglib.errors import FormatError, ShapeError
from seglib.metrics import _runs
from seglib.results import Instances, PackedMask

RunLengths = str | bytes | Sequence[int] | NDArray[np.integer[Any]]
"""COCO's counts, column by column and background first: plain numbers, or its compressed text."""


@dataclass(frozen=True, eq=False)
class ImageObjects:
    """Objects of one picture, for :func:`seglib.metrics.average_precision`.

    Parameters
    ----------
    size : tuple of int
        Width and height of the picture in pixels.
    masks : sequence
        One an object: run lengths, or a :class:`seglib.results.PackedMask`.
    class_ids : ndarray
        ``(N,)`` integer.
    scores : ndarray, optional
        ``(N,)`` floats; of detections. Any scale: only their order matters.
    crowd : ndarray, optional
        ``(N,) bool``, of the truth: regions of many objects. Detections in them are neither right
        nor wrong.
    areas : ndarray, optional
        ``(N,)`` floats that decide what is small, medium or large; the masks' pixels by default.
        COCO's files state an area of their own for the truth, that of the polygon.

    Raises
    ------
    ShapeError
        Lengths disagree.
    """

    size: tuple[int, int]
    masks: Sequence[RunLengths | PackedMask]
    class_ids: ArrayLike
    scores: ArrayLike | None = None
    crowd: ArrayLike | None = None
    areas: ArrayLike | None = None

    def __post_init__(self) -> None:
        count = len(self.masks)
        for name, kind in (
            ("class_ids", np.int64),
            ("scores", np.float64),
            ("crowd", np.bool_),
            ("areas", np.float64),
        ):
            given = getattr(self, name)
            if given is None:
                continue
            array = np.asarray(given)
            if array.shape != (count,) and not (array.size == 0 == count):
                raise ShapeError(f"expected {name} ({count},), got {array.shape}")
            if name == "class_ids" and array.size and array.dtype.kind not in "iu":
                raise ShapeError(f"expected class ids of integers, got {array.dtype}")
            fixed = np.array(array, kind).reshape(count)
            if name == "scores" and np.isnan(fixed).any():
                raise ShapeError("expected scores that are numbers, got nan")
            fixed.setflags(write=False)
            object.__setattr__(self, name, fixed)

    @classmethod
    def of(
        cls,
        instances: Instances,
        *,
        crowd: ArrayLike | None = None,
        areas: ArrayLike | None = None,
    ) -> ImageObjects:
        """Take over the objects of a result, or of a generated scene's truth."""
        return cls(
            size=instances.size,
            masks=instances.packed,
            class_ids=instances.class_ids,
            scores=instances.scores,
            crowd=crowd,
            areas=areas,
        )


@dataclass(frozen=True, eq=False)
class Listing:
    """Objects of all pictures, one row each. Not for callers of the package.

    Parameters
    ----------
    picture, index, class_ids, mask : ndarray
        ``(N,) int64``; ``mask`` is the place in the table of runs.
    scores, areas : ndarray
        ``(N,) float64``.
    crowd : ndarray
        ``(N,) bool``.
    """

    picture: NDArray[np.int64]
    index: NDArray[np.int64]
    class_ids: NDArray[np.int64]
    mask: NDArray[np.int64]
    scores: NDArray[np.float64]
    areas: NDArray[np.float64]
    crowd: NDArray[np.bool_]

    def select(self, chosen: NDArray[np.bool_]) -> Listing:
        """Keep some rows."""
        return Listing(*(getattr(self, field.name)[chosen] for field in fields(self)))


def listing(
    truth: Sequence[ImageObjects | Instances], detections: Sequence[ImageObjects | Instances]
) -> tuple[_runs.RunTable, Listing, Listing]:
    """Read all masks into one table and list the objects of both sides."""
    sides = [[_objects(each) for each in side] for side in (truth, detections)]
    true, found = sides
    if len(true) != len(found):
        raise ShapeError(f"expected detections for {len(true)} pictures, got {len(found)}")
    for at, (one, other) in enumerate(zip(true, found, strict=True)):
        if one.size != other.size:
            raise ShapeError(
                f"expected detections of {one.size[0]} x {one.size[1]} pixels in picture {at}, "
                f"got {other.size[0]} x {other.size[1]}"
            )
    runs = _run_table(true, found)
    split = sum(len(picture.masks) for picture in true)
    return runs, _listed(true, runs.areas[:split], 0), _listed(found, runs.areas[split:], split)


def _objects(given: ImageObjects | Instances) -> ImageObjects:
    return ImageObjects.of(given) if isinstance(given, Instances) else given


def _listed(pictures: list[ImageObjects], pixels: NDArray[np.int64], first: int) -> Listing:
    lengths = np.array([len(picture.masks) for picture in pictures], np.int64)
    picture, index = _runs.spread(lengths)

    def column(name: str, default: float, kind: type[Any]) -> NDArray[Any]:
        given = [getattr(picture, name) for picture in pictures]
        parts = [
            np.full(length, default, kind) if part is None else part
            for part, length in zip(given, lengths.tolist(), strict=True)
        ]
        return np.concatenate([*parts, np.zeros(0, kind)])

    areas = column("areas", np.nan, np.float64)
    return Listing(
        picture=picture,
        index=index,
        class_ids=column("class_ids", 0, np.int64),
        mask=first + np.arange(picture.size),
        scores=column("scores", 1.0, np.float64),
        areas=np.where(np.isnan(areas), pixels, areas),
        crowd=column("crowd", 0, np.bool_),
    )


def _run_table(true: list[ImageObjects], found: list[ImageObjects]) -> _runs.RunTable:
    """Put the masks of all pictures into one table, picture after picture, the truth first."""
    places = [
        (side, picture, mask)
        for side, pictures in (("object", true), ("detection", found))
        for picture, each in enumerate(pictures)
        for mask in range(len(each.masks))
    ]
    masks = [mask for picture in (*true, *found) for mask in picture.masks]
    of_text = [at for at, mask in enumerate(masks) if isinstance(mask, str | bytes)]

    def refuse(error: _runs.BadMaskError, at: int) -> FormatError:
        side, picture, mask = places[at]
        return FormatError(f"{error} in {side} {mask} of picture {picture}")

    try:
        counts, lengths = _runs.read_codes([masks[at] for at in of_text])  # type: ignore[misc]
    except _runs.BadMaskError as error:
        raise refuse(error, of_text[error.at]) from None
    sizes = [picture.size for picture in (*true, *found) for _ in picture.masks]
    if len(of_text) < len(masks):
        read = iter(np.split(counts, np.cumsum(lengths)[:-1]) if of_text else ())
        parts = [
            next(read) if isinstance(mask, str | bytes) else _counts(mask, size)
            for mask, size in zip(masks, sizes, strict=True)
        ]
        lengths = np.array([part.size for part in parts], np.int64)
        counts = np.concatenate(parts)
    try:
        return _runs.table(counts, lengths, np.array(sizes, np.int64).reshape(-1, 2))
    except _runs.BadMaskError as error:
        raise refuse(error, error.at) from None


def _counts(mask: RunLengths | PackedMask, size: tuple[int, int]) -> NDArray[np.int64]:
    if isinstance(mask, PackedMask):
        return _packed_counts(mask, size)
    counts = np.asarray(mask)
    if counts.ndim != 1 or counts.dtype.kind not in "iu":
        raise FormatError(f"expected counts (R,) of integers, got {counts.shape} {counts.dtype}")
    return counts.astype(np.int64)


def _packed_counts(mask: PackedMask, size: tuple[int, int]) -> NDArray[np.int64]:
    width, height = size
    columns = np.zeros((mask.width, mask.height + 1), np.int8)
    columns[:, :-1] = mask.unpack().T
    # Where a run starts and where it ends; the extra row keeps the columns apart.
    edges = np.flatnonzero(np.diff(columns.reshape(-1), prepend=0))
    column, row = np.divmod(edges, mask.height + 1)
    places = (mask.x0 + column) * height + mask.y0 + row
    return np.diff(places, prepend=0, append=width * height).astype(np.int64)
