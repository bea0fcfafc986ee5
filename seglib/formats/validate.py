"""Is a label file right? Every mistake is a finding with its place; nothing raises."""

from __future__ import annotations

from pathlib import Path

from seglib.formats import coco as coco_format
from seglib.formats import voc_inside
from seglib.formats.coco_types import DEFAULT_LIMITS, CocoLimits
from seglib.formats.findings import SEVERITIES, Finding, Severity, errors, summary
from seglib.images import Limits
from seglib.images.decode import DEFAULT_LIMITS as PICTURE_LIMITS
from seglib.labels import VOC_21, LabelSet

__all__ = ["SEVERITIES", "Finding", "Severity", "coco", "errors", "summary", "voc"]


def coco(source: bytes | str | Path, *, limits: CocoLimits = DEFAULT_LIMITS) -> tuple[Finding, ...]:
    """List what is wrong with a COCO file.

    Looked at: the keys, ids that are there twice or point to nothing, sizes, polygons of too few,
    odd or endless numbers or outside the picture, run lengths that do not sum to it, areas and
    boxes that do not fit the masks, crowds with polygons.

    Parameters
    ----------
    source : bytes, str or Path
        The file's bytes (from anybody), or where it is.
    limits : CocoLimits

    Returns
    -------
    tuple of Finding
        In the order of the file; empty where nothing is wrong. At most 200 are listed, and one
        more counts the rest.
    """
    return coco_format.inspect(source, limits=limits, masks=True)[1]


def voc(
    data: bytes,
    *,
    label_set: LabelSet = VOC_21,
    expect_size: tuple[int, int] | None = None,
    limits: Limits = PICTURE_LIMITS,
) -> tuple[Finding, ...]:
    """List what is wrong with a VOC label file; see :func:`seglib.formats.voc_inside.inspect`."""
    return voc_inside.inspect(data, label_set=label_set, expect_size=expect_size, limits=limits)[1]
