"""What a COCO file holds: pictures, annotations and categories, linked by their ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.errors import FormatError
from seglib.formats import polygons, rle
from seglib.formats.polygons import Polygon
from seglib.formats.rle import Counts, Size


@dataclass(frozen=True, slots=True)
class CocoLimits:
    """How large a COCO file may be.

    Parameters
    ----------
    max_bytes : int
        Length of the file, checked before it is parsed.
    max_depth : int
        Nesting of lists and objects.
    max_images, max_annotations, max_categories : int
        Entries of each list.
    max_points : int
        Points of all polygons and runs of all codes together.
    max_side, max_pixels : int
        Of a picture.
    """

    max_bytes: int = 40 * 1024 * 1024
    max_depth: int = 32
    max_images: int = 200_000
    max_annotations: int = 500_000
    max_categories: int = 10_000
    max_points: int = 20_000_000
    max_side: int = 20_000
    max_pixels: int = 50_000_000


DEFAULT_LIMITS = CocoLimits()
"""40 MiB, 500,000 annotations, 20 million points; pictures of 50 million pixels."""


@dataclass(frozen=True, slots=True)
class CocoImage:
    """One row of ``images``; sizes in pixels."""

    id: int
    width: int
    height: int
    file_name: str

    @property
    def size(self) -> Size:
        """Width and height in pixels."""
        return self.width, self.height


@dataclass(frozen=True, slots=True)
class CocoCategory:
    """One row of ``categories``."""

    id: int
    name: str
    supercategory: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class Runs:
    """A segmentation as run lengths.

    Parameters
    ----------
    counts : (R,) int64
        Checked against the size.
    size : (width, height)
    packed : bool
        Whether the file holds them as a string.
    """

    counts: Counts
    size: Size
    packed: bool = False


Segmentation = tuple[Polygon, ...] | Runs


@dataclass(frozen=True, eq=False, slots=True)
class CocoAnnotation:
    """One row of ``annotations``.

    Parameters
    ----------
    id, image_id, category_id : int
    segmentation : tuple of (N, 2) float64, or Runs
        Polygons (parts of one object) or run lengths.
    area : float
        Pixels, as the file says.
    bbox : tuple of float
        ``x, y, width, height`` in pixels, as the file says. Not x1, y1, x2, y2.
    iscrowd : bool
        The mask covers several objects that nobody told apart.
    score : float or None
        Of a detection.
    """

    id: int
    image_id: int
    category_id: int
    segmentation: Segmentation
    area: float
    bbox: tuple[float, float, float, float]
    iscrowd: bool = False
    score: float | None = None

    def counts(self, size: Size) -> Counts:
        """Return the run lengths of the mask in a picture of this size."""
        if isinstance(self.segmentation, Runs):
            return rle.check(self.segmentation.counts, size)
        return polygons.to_counts(self.segmentation, size)

    def mask(self, size: Size) -> NDArray[np.bool_]:
        """Return the mask, ``(H, W) bool``, in a picture of this size (width, height)."""
        return rle.decode(self.counts(size), size)

    def as_dict(self) -> dict[str, Any]:
        """Return the row as it stands in a file."""
        row: dict[str, Any] = {
            "id": self.id,
            "image_id": self.image_id,
            "category_id": self.category_id,
            "segmentation": segmentation_json(self.segmentation),
            "area": number(self.area),
            "bbox": [number(value) for value in self.bbox],
            "iscrowd": int(self.iscrowd),
        }
        return row if self.score is None else {**row, "score": self.score}


@dataclass(frozen=True, eq=False)
class CocoFile:
    """A COCO file.

    Parameters
    ----------
    images, annotations, categories : tuple
        In the order of the file; ids are unique, and those in annotations are known.
    """

    images: tuple[CocoImage, ...]
    annotations: tuple[CocoAnnotation, ...]
    categories: tuple[CocoCategory, ...]

    @cached_property
    def _images(self) -> Mapping[int, CocoImage]:
        return {image.id: image for image in self.images}

    @cached_property
    def _categories(self) -> Mapping[int, CocoCategory]:
        return {category.id: category for category in self.categories}

    @cached_property
    def _by_image(self) -> Mapping[int, tuple[CocoAnnotation, ...]]:
        found: dict[int, list[CocoAnnotation]] = {image.id: [] for image in self.images}
        for annotation in self.annotations:
            found.setdefault(annotation.image_id, []).append(annotation)
        return {image_id: tuple(rows) for image_id, rows in found.items()}

    def image(self, image_id: int) -> CocoImage:
        """Return the picture with this id; :class:`FormatError` if there is none."""
        try:
            return self._images[image_id]
        except KeyError:
            raise FormatError(f"no picture has id {image_id}") from None

    def category(self, category_id: int) -> CocoCategory:
        """Return the category with this id; :class:`FormatError` if there is none."""
        try:
            return self._categories[category_id]
        except KeyError:
            raise FormatError(f"no category has id {category_id}") from None

    def of_image(self, image_id: int) -> tuple[CocoAnnotation, ...]:
        """Return the annotations of a picture, in the order of the file."""
        self.image(image_id)
        return self._by_image[image_id]


def number(value: float) -> int | float:
    """Return a whole number without its decimal point, for JSON."""
    return int(value) if float(value).is_integer() else float(value)


def segmentation_json(segmentation: Segmentation) -> Any:
    """Return a segmentation as it stands in a file."""
    if isinstance(segmentation, Runs):
        width, height = segmentation.size
        counts: Any = segmentation.counts.tolist()
        if segmentation.packed:
            counts = rle.to_string(segmentation.counts, segmentation.size)
        return {"size": [height, width], "counts": counts}
    return [[number(value) for value in part.reshape(-1).tolist()] for part in segmentation]


def measure(segmentation: Segmentation) -> tuple[float, tuple[float, float, float, float]]:
    """Return area in pixels and box ``x, y, width, height`` without rasterising.

    Of polygons: the sum of the areas they enclose, parts that overlap counted twice as COCO's own
    files do, and the extent of their points.
    """
    if isinstance(segmentation, Runs):
        x1, y1, x2, y2 = rle.box(segmentation.counts, segmentation.size)
        return float(rle.area(segmentation.counts)), (x1, y1, x2 - x1, y2 - y1)
    points = np.concatenate(segmentation)
    low, high = points.min(axis=0), points.max(axis=0)
    area = sum(abs(_enclosed(part)) for part in segmentation)
    return area, (
        float(low[0]),
        float(low[1]),
        float(high[0] - low[0]),
        float(high[1] - low[1]),
    )


def _enclosed(polygon: Polygon) -> float:
    """Signed area by the shoelace formula."""
    x, y = (polygon - polygon[0]).T
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2
