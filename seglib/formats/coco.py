"""COCO's JSON: pictures, annotations and categories in one file.

:func:`read` refuses a file with any error, :func:`inspect` keeps what is good and lists what is
not. What :func:`write` writes, pycocotools reads.

Sources: the format page of cocodataset.org; Lin et al., Microsoft COCO, ECCV 2014.
"""

from __future__ import annotations

import json
from pathlib import Path

from seglib.errors import FormatError
from seglib.formats import coco_parse, safe_json
from seglib.formats.coco_results import (
    FORMS,
    Form,
    annotation,
    categories_of,
    from_instances,
    from_semantic,
    join,
    label_set_of,
    to_instances,
    to_semantic,
)
from seglib.formats.coco_types import (
    DEFAULT_LIMITS,
    CocoAnnotation,
    CocoCategory,
    CocoFile,
    CocoImage,
    CocoLimits,
    Runs,
    Segmentation,
    measure,
    segmentation_json,
)
from seglib.formats.findings import Finding, Findings, errors
from seglib.formats.polygons import Polygon

__all__ = [
    "DEFAULT_LIMITS",
    "FORMS",
    "CocoAnnotation",
    "CocoCategory",
    "CocoFile",
    "CocoImage",
    "CocoLimits",
    "Form",
    "Polygon",
    "Runs",
    "Segmentation",
    "annotation",
    "categories_of",
    "from_instances",
    "from_semantic",
    "inspect",
    "join",
    "label_set_of",
    "measure",
    "read",
    "segmentation_json",
    "to_instances",
    "to_semantic",
    "write",
]


def inspect(
    source: bytes | str | Path, *, limits: CocoLimits = DEFAULT_LIMITS, masks: bool = False
) -> tuple[CocoFile | None, tuple[Finding, ...]]:
    """Read what can be read, and list what cannot.

    Parameters
    ----------
    source : bytes, str or Path
        The file's bytes (from anybody), or where it is.
    limits : CocoLimits
        The number of bytes is checked before anything is parsed or, of a path, read.
    masks : bool
        Compare areas and boxes with the masks as well.

    Returns
    -------
    CocoFile or None, tuple of Finding
        ``None`` where the file as a whole is no COCO file.
    """
    found = Findings()
    try:
        data = source if isinstance(source, bytes) else _load(source, limits)
        content = safe_json.parse(data, max_bytes=limits.max_bytes, max_depth=limits.max_depth)
    except FormatError as error:
        found.error("", str(error))
        return None, found.all()
    return coco_parse.parse(content, limits, found, masks=masks), found.all()


def read(source: bytes | str | Path, *, limits: CocoLimits = DEFAULT_LIMITS) -> CocoFile:
    """Read a COCO file.

    Parameters
    ----------
    source : bytes, str or Path
        The file's bytes (from anybody), or where it is.
    limits : CocoLimits

    Raises
    ------
    FormatError
        Something in it cannot be used; the message has the first place and the number of others.
        Warnings do not stop.
    """
    file, findings = inspect(source, limits=limits)
    wrong = errors(findings)
    if file is None or wrong:
        name = "" if isinstance(source, bytes) else f"{Path(source).name}: "
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        raise FormatError(f"{name}{wrong[0]}{more}")
    return file


def _load(path: str | Path, limits: CocoLimits) -> bytes:
    path = Path(path)
    try:
        safe_json.check_bytes(path.stat().st_size, limits.max_bytes)
        return path.read_bytes()
    except OSError as error:
        raise FormatError(f"{path.name} cannot be read: {error.strerror or error}") from None


def write(file: CocoFile) -> bytes:
    """Write a COCO file, one line without spaces.

    Raises
    ------
    FormatError
        Two rows of a kind have one id, or an annotation points to nothing.
    """
    for name in coco_parse.LISTS:
        ids = [row.id for row in getattr(file, name)]
        if len(set(ids)) != len(ids):
            raise FormatError(f"expected {name} with an id each, got an id twice")
    for row in file.annotations:
        file.image(row.image_id)
        file.category(row.category_id)
    content = {
        "images": [
            {"id": i.id, "width": i.width, "height": i.height, "file_name": i.file_name}
            for i in file.images
        ],
        "annotations": [row.as_dict() for row in file.annotations],
        "categories": [
            {"id": c.id, "name": c.name, "supercategory": c.supercategory} for c in file.categories
        ],
    }
    try:
        return json.dumps(content, separators=(",", ":"), allow_nan=False).encode()
    except ValueError:
        raise FormatError("expected finite numbers in every annotation, got others") from None
