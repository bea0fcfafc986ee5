"""``evaluate`` and ``bench``: how good, and how fast here."""

from __future__ import annotations

import argparse
import math
import statistics

from seglib import images, models
from seglib.cli.output import Progress, complain, make_folder, percent, table, write_file
from seglib.evaluate import FolderFiles, datasets, judge_files
from seglib.evaluate.summary import class_aps, plain, to_json
from seglib.results import STAGES, StageTimes


def run_evaluate(options: argparse.Namespace) -> int:
    """Judge a model and print per-class IoU, mean IoU and pixel accuracy.

    Files that cannot be judged are named on standard error, the others go on, and the exit status
    is 1: a number over fewer pictures than were meant must not pass for the whole.
    """
    if options.json is not None:
        # before the work, not after it
        make_folder(options.json.resolve().parent)
    card = models.find(options.model)
    datasets.check(card, options.dataset)
    judged = judge_files(
        card,
        options.dataset,
        FolderFiles(options.root),
        split=options.root.resolve().name,
        precision=options.precision,
        progress=Progress(),
    )
    found, summary = judged.evaluation, judged.summary
    for finding in summary.findings:
        complain(str(finding))
    aps = class_aps(summary)
    head = ("class", "IoU", "Dice", "IoU per image", *(("AP50", "AP") if aps else ()))
    rows: list[tuple[str, ...]] = [head]
    for row in summary.pooled.rows:
        values = [row.iou, row.dice, summary.class_means[row.id]]
        values += aps.get(row.id, (math.nan, math.nan)) if aps else ()
        rows.append((row.name, *(percent(plain(value)) for value in values)))
    width, height = found.size
    print(table(rows, right=range(1, len(head))))
    print()
    print(f"mean IoU        {percent(found.mean_iou)}")
    print(f"pixel accuracy  {percent(found.pixel_accuracy)}")
    print(f"mean Dice       {percent(plain(summary.pooled.mean_dice))}")
    print(
        f"per image       mean IoU {percent(plain(summary.per_image_iou))}, "
        f"pixel accuracy {percent(plain(summary.per_image_accuracy))}"
    )
    for name, value in found.scores.items():
        print(f"{name:14}  {percent(value)}")
    print(
        f"{card.name}, {found.images} pictures, {width}x{height}, {found.precision}, "
        f"label {found.ignore} ignored"
    )
    if options.json is not None:
        write_file(options.json, to_json({"model": card.name, **judged.as_dict()}))
    return 1 if any(finding.severity == "error" for finding in summary.findings) else 0


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
