"""``evaluate`` and ``bench``: how good, and how fast here."""

from __future__ import annotations

import argparse
import json
import statistics

from seglib import images, models
from seglib.cli.output import Progress, make_folder, percent, table, write_file
from seglib.evaluate import evaluate_folder
from seglib.results import STAGES, StageTimes


def run_evaluate(options: argparse.Namespace) -> int:
    """Judge a model and print per-class IoU, mean IoU and pixel accuracy."""
    if options.json is not None:
        # before the work, not after it
        make_folder(options.json.resolve().parent)
    found = evaluate_folder(
        options.model,
        options.dataset,
        options.root,
        precision=options.precision,
        progress=Progress(),
    )
    card = models.find(options.model)
    rows = [("class", "IoU"), *((name, percent(value)) for name, value in found.per_class.items())]
    width, height = found.size
    print(table(rows, right=(1,)))
    print()
    print(f"mean IoU        {percent(found.mean_iou)}")
    print(f"pixel accuracy  {percent(found.pixel_accuracy)}")
    print(
        f"{card.name}, {found.images} pictures, {width}x{height}, {found.precision}, "
        f"label {found.ignore} ignored"
    )
    if options.json is not None:
        report = {"model": card.name, **found.as_dict()}
        write_file(options.json, (json.dumps(report, indent=2) + "\n").encode())
    return 0


def run_bench(options: argparse.Namespace) -> int:
    """Print the median time of each stage on a generated picture."""
    from seglib import scenes

    segmenter = models.load(options.model, precision=options.precision)
    data = images.encode_jpeg(scenes.street(1, size=options.size).image.pixels)
    segmenter.segment_bytes(data)
    runs = [segmenter.segment_bytes(data).times for _ in range(options.runs)]
    rows: list[tuple[str, ...]] = [("stage", "median ms", "fastest", "slowest")]
    for field, title in (*STAGES, ("total_ms", "Total")):
        values = [float(getattr(times, field)) for times in runs]
        if any(values):
            cells = (statistics.median(values), min(values), max(values))
            rows.append((title, *(f"{value:.2f}" for value in cells)))
    median = StageTimes(infer_ms=statistics.median(times.total_ms for times in runs))
    info = segmenter.info
    width, height = options.size
    print(table(rows, right=(1, 2, 3)))
    print()
    print(f"{median.fps:.1f} pictures a second, one after the other")
    print(
        f"{segmenter.describe()} · {width}x{height} JPEG · {options.runs} runs · "
        f"{info.runtime} · {info.device_name}"
    )
    return 0
