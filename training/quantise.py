"""Quantise an exported model to 8-bit integers: ``python -m training.quantise NAME``.

NNCF quantises weights and values after training (Jacob et al. 2018), its ranges found on training
pictures that go the app's own way. The result is judged on the same held-out pictures as the model
itself; it is kept only if no main score falls by a point or more, and becomes the default only
where it is faster. ``measured.json`` has the figures of both, kept or not.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import statistics
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib import models
from seglib.engine import Engine, Inference, LocalEngine, process_registry
from seglib.engine.core import core
from seglib.images import Image
from seglib.models import Evaluation, ModelCard, Quantised, store
from training.calibration import PICTURES
from training.export import JUDGES
from training.judging import DATA, use_threads
from training.pace import side_by_side

COUNT = 300
"""Tensors whose values decide the ranges."""

MAIN_SCORES = {
    "street": ("mean IoU",),
    "everyday": (
        "mean IoU",
        "mean IoU of common classes",
        "mask AP50 with VOC",
        "mask AP50 of common things with VOC",
    ),
    "foreground": ("mean IoU",),
    "nuclei": ("mean AP 0.5–0.9", "AP50"),
}
"""None of these may fall by :data:`ALLOWED` or more."""

ALLOWED, LARGEST_BYTES = 0.01, 6_000_000

FASTER = 0.95
"""Ratio of its time to the usual one's from which on it is no default: not worth another answer."""


class Recorder:
    """An engine that also keeps what it was given."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine, self._name = engine, name
        self.info, self.input_shapes = engine.info, engine.input_shapes
        self.seen: list[NDArray[Any]] = []

    def infer(
        self, inputs: Mapping[str, NDArray[Any]], *, timeout_s: float | None = None
    ) -> Inference:
        """Run once."""
        self.seen.append(np.array(inputs[self._name][0]))
        return self._engine.infer(inputs, timeout_s=timeout_s)

    def close(self) -> None:
        """Nothing of its own to give back."""


def tensors(card: ModelCard, data: Path, count: int, *, seed: int = 5) -> list[NDArray[np.uint8]]:
    """Return what the network is given of training pictures: ``(H, W, 3) uint8`` each."""
    recorder = Recorder(models.shared_engine(card), card.input_name)
    segmenter = models.Segmenter(card, recorder)
    rng = np.random.default_rng(seed)
    for pixels in PICTURES[card.name](data, count, rng):
        segmenter.forward(Image(pixels))
    seen = recorder.seen
    return [seen[i] for i in sorted(rng.permutation(len(seen))[:count].tolist())]


def quantised(card: ModelCard, inputs: list[NDArray[np.uint8]]) -> Any:
    """Return the quantised ``openvino.Model``: mixed preset, symmetric weights."""
    import nncf  # takes seconds to import, and only this function needs it

    items = [card.preprocessing.steps(pixels)[-1].array for pixels in inputs]
    return nncf.quantize(
        core().read_model(store.model_path(card)),
        nncf.Dataset(items),
        preset=nncf.QuantizationPreset.MIXED,
        subset_size=len(items),
    )


def score(evaluation: Evaluation, name: str) -> float | None:
    """Return a score by the name of :data:`MAIN_SCORES`."""
    return evaluation.mean_iou if name == "mean IoU" else evaluation.scores[name]


def verdict(
    scores: Mapping[str, tuple[float | None, float | None]], files_bytes: int
) -> str | None:
    """Say in a sentence why a quantised model is not good enough; ``None`` where it is.

    Parameters
    ----------
    scores : mapping of str to (float or None, float or None)
        Before and after, 0 to 1.
    files_bytes : int
    """
    if files_bytes > LARGEST_BYTES:
        return f"its files take {files_bytes / 1e6:.1f} MB of {LARGEST_BYTES / 1e6:.0f} MB"
    for name, (before, after) in scores.items():
        if before is None:
            continue
        if after is None:
            return f"{name} is undefined with int8"
        if before - after >= ALLOWED:
            return f"{name} falls by {100 * (before - after):.1f} points to {100 * after:.1f} %"
    return None


def time_ratios(
    card: ModelCard, path: Path, inputs: list[NDArray[np.uint8]], *, rounds: int = 60
) -> dict[str, float]:
    """Return the median over rounds of the time of int8 over that of each other precision.

    See :func:`training.pace.side_by_side`.
    """
    usual = store.model_path(card)
    engines = {"int8": LocalEngine(path, transform=card.preprocessing.embed)}
    for precision in (None, "f32"):
        engine = LocalEngine(usual, precision=precision, transform=card.preprocessing.embed)
        engines.setdefault(engine.info.precision, engine)
    measured = list(
        side_by_side(
            engines,
            lambda turn, name: {card.input_name: inputs[turn % len(inputs)][np.newaxis]},
            rounds=rounds,
        )
    )
    for engine in engines.values():
        engine.close()
    return {
        name: round(statistics.median(times["int8"] / times[name] for times in measured), 3)
        for name in engines
        if name != "int8"
    }


@contextmanager
def elsewhere(card: ModelCard) -> Iterator[Path]:
    """Work on a copy of a model's folder: what is not finished must not be found by the app."""
    own = store.locate(card).parent
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "models" / own.name
        shutil.copytree(own, copy)
        before = os.environ.get("SEGLIB_ASSETS")
        os.environ["SEGLIB_ASSETS"] = folder
        try:
            yield copy
        finally:
            process_registry().clear()
            if before is None:
                del os.environ["SEGLIB_ASSETS"]
            else:
                os.environ["SEGLIB_ASSETS"] = before


def quantise(name: str, data: Path, *, count: int = COUNT) -> Quantised:
    """Quantise, judge, and write what is good enough beside the model; returns the figures."""
    import openvino

    card = models.find(name)
    folder = store.locate(card).parent
    exact = exact_evaluation(card, data)
    with elsewhere(card) as work:
        inputs = tensors(card, data, count)
        path = store.locate(card, "int8")
        openvino.save_model(quantised(card, inputs), path, compress_to_fp16=True)
        files = [path, path.with_suffix(".bin")]
        # offered in the copy, so that judging loads it as the app does
        write(work, Quantised(), None)
        evaluation = JUDGES[name](data, "int8")
        scores = {each: (score(exact, each), score(evaluation, each)) for each in MAIN_SCORES[name]}
        size = sum(file.stat().st_size for file in files)
        rejected = verdict(scores, size)
        ratios = time_ratios(card, path, inputs)
        found = Quantised(
            rejected=rejected,
            scores=scores,
            time_ratio=ratios,
            device=str(core().get_property("CPU", "FULL_DEVICE_NAME")).strip(),
            files_bytes=size,
            sha256={file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files},
            evaluation=evaluation,
        )
        for file in files:
            if rejected is None:
                shutil.copyfile(file, folder / file.name)
            else:
                (folder / file.name).unlink(missing_ok=True)
    # the first ratio is to what the device would choose by itself
    faster = next(iter(ratios.values())) <= FASTER
    write(folder, found, "int8" if rejected is None and faster else None)
    return found


def exact_evaluation(card: ModelCard, data: Path) -> Evaluation:
    """Return what export measured in f32, measured now where it did not."""
    wanted = MAIN_SCORES[card.name]
    for evaluation in card.measured.evaluations:
        known = {"mean IoU", *evaluation.scores}
        if evaluation.precision == "f32" and known.issuperset(wanted):
            return evaluation
    return JUDGES[card.name](data, "f32")


def write(folder: Path, found: Quantised, default: str | None) -> None:
    """Put the figures and the choice into ``measured.json``."""
    path = folder / "measured.json"
    facts = json.loads(path.read_text())
    facts["int8"], facts["default_precision"] = found.as_dict(), default
    path.write_text(json.dumps(facts, indent=2) + "\n")


def main() -> None:
    """Parse the command line, quantise, say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", choices=list(PICTURES))
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--pictures", type=int, default=COUNT)
    parser.add_argument("--threads", type=int, help="of OpenVINO; all cores if not given")
    options = parser.parse_args()
    use_threads(options.threads)
    found = quantise(options.model, options.data, count=options.pictures)
    for name, (before, after) in found.scores.items():
        print(f"{name:32} f32 {before}  int8 {after}")
    print(f"{found.files_bytes} bytes, time over others {dict(found.time_ratio)}")
    print("kept" if found.rejected is None else f"not kept: {found.rejected}")
    print(f"default: {models.find(options.model).measured.default_precision or 'of the device'}")


if __name__ == "__main__":
    main()
