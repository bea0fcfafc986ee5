"""Background removal end to end against rembg: a 1280×720 picture to an RGBA PNG.

rembg is measured with its own pre- and postprocessing (its smallest session's, U²-Net-p) around
*our* network, exported to ONNX: only the pipeline differs, no network is compared. Both start from
the decoded picture with everything loaded, both run the network (in the precision that is usual
for each) and go on with one and the same answer, and both end with the bytes of the PNG. Ours
refines the matte and cleans the rim's colours on the way; rembg is measured as it comes, and once
more with the option that does the latter (``decontaminate``).

rembg is not in the requirements: it wants ``opencv-python-headless``, which must never be installed
beside the OpenCV that we need. In an environment of its own, or without its dependencies::

    pip install --no-deps "rembg>=2.0.86,<3" "pymatting>=1.1.14,<2" numba llvmlite
"""

from __future__ import annotations

import importlib.util
import io
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from benchmarks.inference import Clock, interleave, median_ms, ratio, timed
from benchmarks.table import Row
from seglib import images, models, scenes
from seglib.engine import Engine, Inference
from seglib.images import Image
from seglib.matting import BackgroundOptions, MatteOptions, cut_out, refine
from seglib.models import Segmenter

MODEL = "foreground"
PICTURE = (1280, 720)
ROUNDS = 40

MISSING: list[str] = []
"""Sentences about what could not be measured."""


def picture() -> Image:
    """Return the picture that is cut out: a generated street, as detailed as a photograph."""
    return scenes.street(7, size=PICTURE).image


def answer() -> np.ndarray[Any, np.dtype[np.float32]]:
    """Return the logits of a soft disc, ``(1, 1, 160, 160)``: what both ways go on with.

    Both run the network, each its own; then both are handed this, so that neither has the easier
    matte. It covers a quarter of the picture.
    """
    y, x = np.mgrid[:160, :160]
    away = np.hypot(y - 80, x - 80)
    return np.clip((45 - away) / 2, -9, 9).astype(np.float32)[None, None]


class Answering:
    """An engine that runs its network and then answers :func:`answer`."""

    def __init__(self, engine: Engine, output: str) -> None:
        self._engine, self._output, self._logits = engine, output, answer()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def infer(self, inputs: Any, *, timeout_s: float | None = None) -> Inference:
        """Run the network, and forget what it said."""
        done = self._engine.infer(inputs, timeout_s=timeout_s)
        return replace(done, outputs={self._output: self._logits})


def ours(image: Image) -> dict[str, Callable[[], object]]:
    """Return our whole way, and its parts one by one."""
    loaded = models.load(MODEL)
    own = Segmenter(loaded.card, cast("Engine", Answering(loaded.engine, loaded.card.output_name)))
    options, despill = MatteOptions(), BackgroundOptions().despill
    raw = own.segment(image).result
    matte = refine(raw, image.pixels, options)
    rgba = cut_out(image.pixels, matte, despill=despill)

    def whole() -> bytes:
        found = refine(own.segment(image).result, image.pixels, options)
        return images.encode_png(cut_out(image.pixels, found, despill=despill))

    return {
        "ours": whole,
        "ours: segment": lambda: own.segment(image),
        "ours: refine": lambda: refine(raw, image.pixels, options),
        "ours: cut out": lambda: cut_out(image.pixels, matte, despill=despill),
        "ours: encode PNG": lambda: images.encode_png(rgba),
    }


def onnx_bytes() -> bytes:
    """Return the network as ONNX: its shape counts here, so fresh weights will do."""
    from training.export import MODELS, to_onnx

    with tempfile.TemporaryDirectory() as folder:
        network = MODELS[MODEL].build().eval()
        return to_onnx(network, Path(folder) / f"{MODEL}.onnx", MODEL).read_bytes()


def theirs(image: Image) -> dict[str, Callable[[], object]]:
    """Return rembg's whole way around our network; nothing where something is missing."""
    for package, why in (
        ("torch", "exports the network to ONNX"),
        ("onnxruntime", "runs it for rembg"),
        ("rembg", "is what we are measured against"),
    ):
        if importlib.util.find_spec(package) is None:
            MISSING.append(f"rembg: {package} is not installed ({why}; see benchmarks/background)")
            return {}
    import onnxruntime
    from PIL import Image as PilImage
    from rembg import remove
    from rembg.sessions.u2netp import U2netpSession

    network = onnxruntime.InferenceSession(
        onnx_bytes(), onnxruntime.SessionOptions(), providers=["CPUExecutionProvider"]
    )
    shares = 1 / (1 + np.exp(-answer()))

    class OurNetwork(U2netpSession):  # type: ignore[misc]
        """U²-Net-p's session with our network in it, from memory instead of a download."""

        def __init__(self) -> None:
            self.model_name = "u2netp"
            self.inner_session = self

        def get_inputs(self) -> Any:
            return network.get_inputs()

        def run(self, outputs: Any, inputs: Any) -> list[Any]:
            """Run the network, and forget what it said; U²-Net-p answers 0..1."""
            network.run(outputs, inputs)
            return [shares]

    session = OurNetwork()
    source = PilImage.fromarray(np.array(image.pixels))

    def way(**options: Any) -> bytes:
        cutout = remove(source, session=session, **options)
        return _png(cutout)

    return {"rembg": way, "rembg, rim cleaned": lambda: way(decontaminate=True)}


def _png(cutout: Any) -> bytes:
    """Encode as ``rembg.remove`` does when it is asked for bytes."""
    file = io.BytesIO()
    cutout.save(file, "PNG")
    return file.getvalue()


def measure() -> dict[str, list[float]]:
    """Return the seconds of everything, side by side in rounds."""
    image = picture()
    work = {**ours(image), **theirs(image)}
    clocks: dict[str, Clock] = {name: timed(run) for name, run in work.items()}
    return interleave(clocks, rounds=ROUNDS)


def rows() -> list[Row]:
    """Measure and return the table's rows; ratios are ours over theirs, smaller is better."""
    seconds = measure()
    width, height = PICTURE
    parts = ", ".join(
        f"{name.removeprefix('ours: ')} {median_ms(seconds[name]):.1f}"
        for name in seconds
        if name.startswith("ours: ")
    )
    found = [
        Row(
            "background removal to RGBA PNG",
            f"{median_ms(seconds['ours']):.1f} ms",
            f"{median_ms(seconds[name]):.1f} ms ({name}, our network)",
            ratio(seconds["ours"], seconds[name]),
            f"decoded {width}x{height} picture; ours in ms: {parts}",
            wanted="< 1",
        )
        for name in seconds
        if name.startswith("rembg")
    ]
    for sentence in MISSING:
        print(f"not measured: {sentence}")
    return found


def main() -> None:
    """Print the medians and our ratio to each."""
    seconds = measure()
    for name, values in seconds.items():
        print(f"{name:22} {median_ms(values):8.2f} ms  x{ratio(seconds['ours'], values):.2f}")
    for sentence in MISSING:
        print(f"not measured: {sentence}")


if __name__ == "__main__":
    main()
