"""The street model: end to end against its bare inference, and against other runtimes.

Everything is measured in rounds that go through all variants one after the other, so that a busy
moment of the machine hits all of them, and ratios are taken within a round. What is missing (a
package, the model) is said instead of measured.
"""

from __future__ import annotations

import importlib.util
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from seglib import models, scenes
from seglib.engine import LocalEngine
from seglib.images import Image
from seglib.models import store

if TYPE_CHECKING:
    from benchmarks.table import Row

Clock = Callable[[], float]
"""Does the work once and returns its seconds."""

PICTURE = (1280, 720)
ROUNDS = 60
SETTLE_S = 0.004
"""Pause between variants: the threads of the other runtimes spin for a while after their work."""

MISSING: list[str] = []
"""Sentences about what could not be measured."""


def timed(work: Callable[[], object]) -> Clock:
    """Return a clock around ``work``."""

    def run() -> float:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    return run


def interleave(variants: Mapping[str, Clock], *, rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Run every variant once a round, beginning with another one each time; seconds by name."""
    names = list(variants)
    for name in names * 3:
        variants[name]()
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(rounds):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            time.sleep(SETTLE_S)
            seconds[name].append(variants[name]())
    return seconds


def median_ms(seconds: list[float]) -> float:
    """Return the median in milliseconds."""
    return statistics.median(seconds) * 1e3


def ratio(seconds: list[float], base: list[float]) -> float:
    """Return the median of the ratios within each round."""
    return statistics.median(a / b for a, b in zip(seconds, base, strict=True))


def bare(engine: LocalEngine) -> Clock:
    """Return a clock around nothing but the run of a compiled network, its input in place."""
    request = engine._pool.acquire(timeout_s=10)
    if request is None:
        raise RuntimeError("the engine has no free request")
    engine._pool.release(request)
    return timed(lambda: request.infer(share_outputs=True))


def picture() -> Image:
    """Return the generated street that is segmented."""
    return scenes.street(7, size=PICTURE).image


def end_to_end() -> dict[str, list[float]]:
    """Measure ``segment`` on a decoded picture beside the same compiled network alone."""
    card = models.find("street")
    with LocalEngine(
        store.model_path(card), requests=1, transform=card.preprocessing.embed
    ) as engine:
        segmenter = models.load(card, engine=engine)
        image = picture()
        segmenter.segment(image)
        return interleave(
            {"bare": bare(engine), "segment": timed(lambda: segmenter.segment(image))}
        )


def runtimes() -> dict[str, list[float]]:
    """Measure the network alone in every runtime there is, float32 tensor to logits."""
    card = models.find("street")
    width, height = card.input_size
    tensor = np.random.default_rng(0).uniform(-1, 1, (1, 3, height, width)).astype(np.float32)
    path = store.model_path(card)
    with LocalEngine(path) as own, LocalEngine(path, precision="f32") as exact:
        variants = {
            f"OpenVINO {own.info.precision}": timed(lambda: own.infer({card.input_name: tensor}))
        }
        if own.info.precision != "f32":
            variants["OpenVINO f32"] = timed(lambda: exact.infer({card.input_name: tensor}))
        variants.update(peers(tensor))
        return interleave(variants, rounds=ROUNDS // 2)


def peers(tensor: np.ndarray[Any, Any]) -> dict[str, Clock]:
    """Return clocks of the same network in PyTorch and ONNX Runtime, as far as they are here."""
    if importlib.util.find_spec("torch") is None:
        MISSING.append("PyTorch and ONNX Runtime: torch is not installed (make bench installs it)")
        return {}
    import torch

    from training.export import fold_batch_norms, to_onnx
    from training.network import build_network

    network = fold_batch_norms(build_network().eval())
    example = torch.from_numpy(tensor)

    def eager() -> None:
        with torch.inference_mode():
            network(example).numpy()

    clocks = {"PyTorch eager": timed(eager)}
    if importlib.util.find_spec("onnxruntime") is None:
        MISSING.append("ONNX Runtime: onnxruntime is not installed (make bench installs it)")
        return clocks
    import onnxruntime

    with tempfile.TemporaryDirectory() as folder:
        onnx = to_onnx(build_network().eval(), Path(folder) / "street.onnx")
        session = onnxruntime.InferenceSession(
            onnx.read_bytes(), providers=["CPUExecutionProvider"]
        )
    clocks["ONNX Runtime"] = timed(lambda: session.run(None, {"image": tensor}))
    return clocks


def rows() -> list[Row]:
    """Measure and return the table's rows; ratios are ours over theirs, smaller is better."""
    from benchmarks.table import Row

    whole = end_to_end()
    width, height = PICTURE
    found = [
        Row(
            "segment, end to end",
            f"{median_ms(whole['segment']):.1f} ms",
            f"{median_ms(whole['bare']):.1f} ms (bare inference)",
            ratio(whole["segment"], whole["bare"]),
            f"decoded {width}x{height} picture, everything but drawing",
            wanted="<= 1.3",
        )
    ]
    alone = runtimes()
    (own, ours), *others = alone.items()
    found += [
        Row(
            f"network alone, {own}",
            f"{median_ms(ours):.1f} ms",
            f"{median_ms(theirs):.1f} ms ({name})",
            ratio(ours, theirs),
            "float32 tensor to logits, one at a time",
            # our own other precision is there to be compared, it is nobody to beat
            wanted="" if name.startswith("OpenVINO") else "< 1",
        )
        for name, theirs in others
    ]
    for sentence in MISSING:
        print(f"not measured: {sentence}")
    return found


def main() -> None:
    """Print the medians and the ratios to the first of each group."""
    for group in (end_to_end(), runtimes()):
        base = next(iter(group.values()))
        for name, seconds in group.items():
            print(f"{name:16} {median_ms(seconds):8.2f} ms  x{ratio(seconds, base):.2f}")
    for sentence in MISSING:
        print(f"not measured: {sentence}")


if __name__ == "__main__":
    main()
