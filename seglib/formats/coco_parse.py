"""COCO's JSON to checked rows: what is good is kept, what is not becomes a finding.

Nothing that was not checked goes on from here: ids are whole numbers and known, sizes are within
the limits, polygons can be rasterised, run lengths sum to the picture.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from seglib.errors import FormatError
from seglib.formats import polygons, rle
from seglib.formats.coco_masks import Comparison
from seglib.formats.coco_types import (
    CocoAnnotation,
    CocoCategory,
    CocoFile,
    CocoImage,
    CocoLimits,
    Runs,
    Segmentation,
    measure,
)
from seglib.formats.findings import Findings
from seglib.formats.polygons import Polygon
from seglib.formats.rle import Size
from seglib.formats.safe_json import clean, shown

LISTS = ("images", "annotations", "categories")
OUTSIDE = 0.5
"""Pixels that a point may lie outside the picture before it is a finding."""


class _BadError(Exception):
    """A value cannot be used; the finding says why."""


def parse(
    data: Any, limits: CocoLimits, findings: Findings, *, masks: bool = False
) -> CocoFile | None:
    """Read parsed JSON; with ``masks``, areas and boxes are compared with the masks.

    Returns
    -------
    CocoFile or None
        All rows that can be used; ``None`` where the file as a whole is no COCO file.
    """
    lists = _lists(data, limits, findings)
    if lists is None:
        return None
    images = _images(lists["images"], limits, findings)
    categories = _categories(lists["categories"], findings)
    comparison = Comparison(findings) if masks else None
    reader = _Annotations(images, categories, limits, findings, comparison)
    annotations = reader.read(lists["annotations"])
    return CocoFile(tuple(images.values()), annotations, tuple(categories.values()))


def _lists(data: Any, limits: CocoLimits, findings: Findings) -> Mapping[str, list[Any]] | None:
    if not isinstance(data, dict):
        hint = ""
        if isinstance(data, list) and data and isinstance(data[0], dict) and "score" in data[0]:
            hint = ": a file of detections, which is read beside its ground truth"
        findings.error("", f"expected an object with {', '.join(LISTS)}, got {shown(data)}{hint}")
        return None
    lists: dict[str, list[Any]] = {}
    most = (limits.max_images, limits.max_annotations, limits.max_categories)
    for key, count in zip(LISTS, most, strict=True):
        value = data.get(key)
        if key not in data:
            findings.error(key, f"the key {key!r} is missing")
        elif not isinstance(value, list):
            findings.error(key, f"expected a list, got {shown(value)}")
        elif len(value) > count:
            findings.error(key, f"expected at most {count:,} entries, got {len(value):,}")
        else:
            lists[key] = value
    if len(lists) < len(LISTS):
        return None
    return lists


def _rows(
    rows: list[Any], name: str, findings: Findings
) -> Iterator[tuple[str, dict[str, Any], int]]:
    """Place, row and id of each row that is an object with an id of its own."""
    first: dict[int, int] = {}
    for index, row in enumerate(rows):
        place = f"{name}[{index}]"
        if not isinstance(row, dict):
            findings.error(place, f"expected an object, got {shown(row)}")
            continue
        try:
            own = _whole(row, "id", place, findings)
        except _BadError:
            continue
        if own in first:
            findings.error(f"{place}.id", f"the id {own} is already that of {name}[{first[own]}]")
            continue
        first[own] = index
        yield place, row, own


def _images(rows: list[Any], limits: CocoLimits, findings: Findings) -> dict[int, CocoImage]:
    found: dict[int, CocoImage] = {}
    names: dict[str, int] = {}
    for place, row, own in _rows(rows, "images", findings):
        try:
            size = (
                _whole(row, "width", place, findings, low=1, high=limits.max_side),
                _whole(row, "height", place, findings, low=1, high=limits.max_side),
            )
        except _BadError:
            continue
        if size[0] * size[1] > limits.max_pixels:
            findings.error(
                place, f"expected at most {limits.max_pixels:,} pixels, got {size[0]} × {size[1]}"
            )
            continue
        name = _text(row, "file_name", place, findings)
        if name and name in names:
            findings.warning(f"{place}.file_name", f"{name} is already that of image {names[name]}")
        names.setdefault(name, own)
        found[own] = CocoImage(own, *size, name)
    return found


def _categories(rows: list[Any], findings: Findings) -> dict[int, CocoCategory]:
    found: dict[int, CocoCategory] = {}
    names: set[str] = set()
    for place, row, own in _rows(rows, "categories", findings):
        name = _text(row, "name", place, findings) or f"category {own}"
        if name in names:
            findings.warning(f"{place}.name", f"{name!r} is already the name of another category")
        names.add(name)
        above = row.get("supercategory", "")
        found[own] = CocoCategory(own, name, clean(above) if isinstance(above, str) else "")
    return found


def _text(row: Mapping[str, Any], key: str, place: str, findings: Findings) -> str:
    value = row.get(key)
    if isinstance(value, str) and value:
        return clean(value)
    if key not in row:
        findings.warning(place, f"the key {key!r} is missing")
    else:
        findings.warning(f"{place}.{key}", f"expected a text, got {shown(value)}")
    return ""


def _whole(
    row: Mapping[str, Any],
    key: str,
    place: str,
    findings: Findings,
    *,
    low: int = -(2**53),
    high: int = 2**53,
) -> int:
    if key not in row:
        findings.error(place, f"the key {key!r} is missing")
        raise _BadError
    value = row[key]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        findings.error(f"{place}.{key}", f"expected a whole number, got {shown(value)}")
        raise _BadError
    if not low <= value <= high:
        findings.error(
            f"{place}.{key}", f"expected a number from {low} to {high}, got {shown(value)}"
        )
        raise _BadError
    return value


class _Annotations:
    """Reads the rows of ``annotations``; keeps count of points over all of them."""

    def __init__(
        self,
        images: Mapping[int, CocoImage],
        categories: Mapping[int, CocoCategory],
        limits: CocoLimits,
        findings: Findings,
        comparison: Comparison | None,
    ) -> None:
        self._comparison = comparison
        self._images = images
        self._categories = categories
        self._limits = limits
        self._findings = findings
        self._points = 0

    def read(self, rows: list[Any]) -> tuple[CocoAnnotation, ...]:
        found = []
        for place, row, own in _rows(rows, "annotations", self._findings):
            try:
                found.append(self._row(place, row, own))
            except _BadError:
                continue
            if self._points > self._limits.max_points:
                self._findings.error(
                    place,
                    f"expected at most {self._limits.max_points:,} points and runs in a file, "
                    "got more: what follows is not read",
                )
                break
        return tuple(found)

    def _row(self, place: str, row: Mapping[str, Any], own: int) -> CocoAnnotation:
        image_id = _whole(row, "image_id", place, self._findings)
        category_id = _whole(row, "category_id", place, self._findings)
        if image_id not in self._images:
            self._bad(f"{place}.image_id", f"no picture has the id {image_id}")
        if category_id not in self._categories:
            self._bad(f"{place}.category_id", f"no category has the id {category_id}")
        size = self._images[image_id].size
        crowd = self._crowd(place, row)
        segmentation = self._segmentation(place, row, size)
        if crowd and not isinstance(segmentation, Runs):
            self._findings.warning(
                f"{place}.segmentation",
                "expected run lengths for a crowd (iscrowd 1), got polygons",
            )
        stated = area, bbox = self._area(place, row), self._bbox(place, row)
        if area is None or bbox is None:
            # The file says nothing that can be used, so the outline speaks.
            measured = measure(segmentation)
            area = measured[0] if area is None else area
            bbox = measured[1] if bbox is None else bbox
        score = _finite(row.get("score"))
        made = CocoAnnotation(own, image_id, category_id, segmentation, area, bbox, crowd, score)
        if self._comparison is not None and None not in stated:
            self._comparison.look(place, made, size)
        return made

    def _bad(self, place: str, sentence: str) -> None:
        self._findings.error(place, sentence)
        raise _BadError

    def _crowd(self, place: str, row: Mapping[str, Any]) -> bool:
        if "iscrowd" not in row:
            self._findings.warning(place, "the key 'iscrowd' is missing: read as 0")
            return False
        value = row["iscrowd"]
        if value not in (0, 1):
            self._findings.error(f"{place}.iscrowd", f"expected 0 or 1, got {shown(value)}")
            return False
        return bool(value)

    def _area(self, place: str, row: Mapping[str, Any]) -> float | None:
        if "area" not in row:
            self._findings.error(place, "the key 'area' is missing: evaluation needs it")
            return None
        value = _finite(row["area"])
        if value is None:
            self._findings.error(f"{place}.area", f"expected pixels, got {shown(row['area'])}")
            return None
        if value < 0:
            self._findings.error(f"{place}.area", f"expected pixels from 0, got {value:g}")
            return None
        return value

    def _bbox(self, place: str, row: Mapping[str, Any]) -> tuple[float, float, float, float] | None:
        if "bbox" not in row:
            self._findings.warning(place, "the key 'bbox' is missing: taken from the mask")
            return None
        value = row["bbox"]
        numbers = [_finite(item) for item in value] if isinstance(value, list) else []
        good = [item for item in numbers if item is not None]
        if len(numbers) != 4 or len(good) != 4:
            what = "one that is no number" if len(numbers) == 4 else shown(value)
            self._findings.error(
                f"{place}.bbox", f"expected 4 numbers x, y, width, height, got {what}"
            )
            return None
        if good[2] < 0 or good[3] < 0:
            self._findings.error(
                f"{place}.bbox",
                f"expected a width and height from 0, got {good[2]:g} × {good[3]:g}",
            )
            return None
        return good[0], good[1], good[2], good[3]

    def _segmentation(self, place: str, row: Mapping[str, Any], size: Size) -> Segmentation:
        if "segmentation" not in row:
            self._bad(place, "the key 'segmentation' is missing")
        value, place = row["segmentation"], f"{place}.segmentation"
        if isinstance(value, dict):
            return self._runs(place, value, size)
        if not isinstance(value, list):
            self._bad(
                place, f"expected polygons (a list) or run lengths (an object), got {shown(value)}"
            )
        if not value:
            self._bad(place, "expected at least one polygon, got an empty list")
        if not any(isinstance(part, list) for part in value):
            self._bad(place, "expected a list of polygons, got the numbers of one without its list")
        parts = [
            polygon
            for index, part in enumerate(value)
            if (polygon := self._polygon(f"{place}[{index}]", part, size)) is not None
        ]
        if not parts:
            raise _BadError
        return tuple(parts)

    def _polygon(self, place: str, part: Any, size: Size) -> Polygon | None:
        if not isinstance(part, list):
            self._findings.error(place, f"expected a polygon (a list), got {shown(part)}")
            return None
        self._points += len(part) // 2 + 1
        # types at once: a file holds millions of numbers
        if not set(map(type, part)) <= {int, float}:
            index = next(i for i, item in enumerate(part) if type(item) not in (int, float))
            self._findings.error(
                f"{place}[{index}]", f"expected a number, got {shown(part[index])}"
            )
            return None
        if len(part) % 2:
            self._findings.error(
                place, f"expected pairs of x and y, got {len(part)} numbers: one is missing"
            )
            return None
        try:
            points = np.array(part, np.float64).reshape(-1, 2)
        except OverflowError:
            self._findings.error(place, "expected coordinates in pixels, got a huge number")
            return None
        try:
            polygons.check(points)
        except FormatError as error:
            as_box = ": pycocotools would take the 4 numbers for a box" if len(part) == 4 else ""
            self._findings.error(place, f"{error}{as_box}")
            return None
        beyond = float(max((-points).max(), (points - np.array(size)).max()))
        if beyond > OUTSIDE:
            self._findings.warning(
                place,
                f"expected points inside {size[0]} × {size[1]} pixels, got one {beyond:.4g} px "
                "outside",
            )
        points.setflags(write=False)
        return points

    def _runs(self, place: str, value: Mapping[str, Any], size: Size) -> Runs:
        for key in ("size", "counts"):
            if key not in value:
                self._bad(place, f"the key {key!r} is missing")
        stated = value["size"]
        if not isinstance(stated, list) or stated != [size[1], size[0]]:
            got = stated if _short_numbers(stated) else shown(stated)
            turned = stated == [size[0], size[1]]
            self._bad(
                f"{place}.size",
                f"expected [height, width] = [{size[1]}, {size[0]}] of the picture, got {got}"
                + (": width and height are swapped" if turned else ""),
            )
        counts = value["counts"]
        if not isinstance(counts, (list, str)):
            self._bad(f"{place}.counts", f"expected a list or a text, got {shown(counts)}")
        self._points += len(counts)
        try:
            if isinstance(counts, str):
                return Runs(rle.from_string(counts, size), size, packed=True)
            checked = rle.check(counts, size)
        except FormatError as error:
            self._findings.error(f"{place}.counts", str(error))
            raise _BadError from None
        checked.setflags(write=False)
        return Runs(checked, size)


def _finite(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if isinstance(value, int) and abs(value) > 2**53:
        return None
    return float(value) if math.isfinite(value) else None


def _short_numbers(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= 4
        and all(isinstance(item, int) and abs(item) < 10**9 for item in value)
    )
