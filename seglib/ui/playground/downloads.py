"""Files to take home: both maps as indexed PNG, all numbers as JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import asdict
from typing import Any

import seglib
from seglib.formats import voc
from seglib.ui import downloads
from seglib.ui.downloads import File
from seglib.ui.playground.measures import Facts
from seglib.ui.playground.table import METRICS


def _plain(value: float) -> float | str | None:
    """Undefined is ``null``; infinity, which JSON does not know, is spelled."""
    if math.isnan(value):
        return None
    return "inf" if math.isinf(value) else value


def numbers_json(found: Facts, *, scene: str) -> bytes:
    """Return every number of the page as JSON."""
    data: dict[str, Any] = {
        "seglib": seglib.__version__,
        "situation": scene,
        "maps": found.digest,
        "size": [found.truth.shape[1], found.truth.shape[0]],
        "label_set": found.label_set.name,
        "class": found.name,
        "settings": asdict(found.judge),
        "metrics": {key: _plain(value) for key, value in found.values.items()},
        "classes": [
            {
                "id": i,
                "name": found.label_set.label(i).name,
                "tp": int(found.counts.tp[i]),
                "fp": int(found.counts.fp[i]),
                "fn": int(found.counts.fn[i]),
                "iou": _plain(float(found.ious[i])),
            }
            for i in found.present
        ],
        "confusion_matrix": found.matrix.tolist(),
    }
    return (json.dumps(data, indent=2, allow_nan=False) + "\n").encode()


def numbers_csv(found: Facts) -> bytes:
    """Return the metrics as CSV: key, name, class, value, unit; undefined is empty."""
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(["metric", "title", "class", "value", "unit"])
    for metric in METRICS:
        value = _plain(found.values[metric.key])
        rows.writerow(
            [
                metric.key,
                metric.title,
                "all" if metric.key in ("pixel_accuracy", "mean_iou", "fw_iou") else found.name,
                "" if value is None else value,
                "px" if metric.pixels else "",
            ]
        )
    return file.getvalue().encode()


def buttons(found: Facts, *, scene: str) -> None:
    """Draw the download buttons; each file is made at the click."""
    files = (
        File(
            "Truth",
            f"{scene}-truth.png",
            lambda: voc.write(found.truth, found.label_set),
            "Indexed PNG as in Pascal VOC: class ids with a palette, 255 is void.",
        ),
        File(
            "Prediction",
            f"{scene}-prediction.png",
            lambda: voc.write(found.prediction, found.label_set),
            "Indexed PNG as in Pascal VOC.",
        ),
        File(
            "JSON",
            f"{scene}-metrics.json",
            lambda: numbers_json(found, scene=scene),
            "Every number of this page.",
        ),
        File("CSV", f"{scene}-metrics.csv", lambda: numbers_csv(found), "The metrics, a row each."),
    )
    for file in files:
        downloads.button(file, "pg_download")
