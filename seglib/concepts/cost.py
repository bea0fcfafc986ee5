"""What convolutions cost: full against depthwise separable, and ways to see many scales.

Howard et al. 2017, "MobileNets" (https://arxiv.org/abs/1704.04861), section 3.1, for separable
convolutions; Chen et al. 2017, DeepLabv3 (https://arxiv.org/abs/1706.05587), figure 2, for the four
ways.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from seglib.concepts import _graph
from seglib.concepts.convolution import Cost, cost
from seglib.errors import UsageError
from seglib.options import Checked, choice, whole


@dataclass(frozen=True)
class SeparableOptions(Checked):
    """A layer to be counted.

    Parameters
    ----------
    inputs, outputs : int
        Channels.
    kernel : str
        Weights a side.
    side : int
        Cells a side of the map.
    """

    inputs: int = whole(128, 1, 512, "Maps that go in.", title="Input channels")
    outputs: int = whole(128, 1, 512, "Maps that come out.", title="Output channels")
    kernel: str = choice("3", ("1", "3", "5", "7"), "Weights a side.", title="Kernel size k")
    side: int = whole(28, 4, 64, "Cells a side of the map.", title="Map side")


@dataclass(frozen=True)
class Separable:
    """A full convolution beside its separable form.

    Parameters
    ----------
    full : Cost
        k × k over all channels.
    depthwise : Cost
        k × k, each channel on its own.
    pointwise : Cost
        1 × 1 over all channels.
    """

    full: Cost
    depthwise: Cost
    pointwise: Cost

    @property
    def weights(self) -> int:
        """Weights of both steps of the separable form."""
        return self.depthwise.weights + self.pointwise.weights

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds of both steps of the separable form."""
        return self.depthwise.multiply_adds + self.pointwise.multiply_adds

    @property
    def ratio(self) -> float:
        """Separable over full: ``1/C_out + 1/k²``."""
        return self.multiply_adds / self.full.multiply_adds


def separable(inputs: int, outputs: int, size: tuple[int, int], kernel: int) -> Separable:
    """Count a layer in both forms; ``size`` is the output's (height, width); no biases."""
    both = (kernel, kernel)
    return Separable(
        cost(inputs, outputs, size, both, bias=False),
        cost(inputs, inputs, size, both, groups=inputs, bias=False),
        cost(inputs, outputs, size, (1, 1), bias=False),
    )


@dataclass(frozen=True)
class Measured:
    """Milliseconds of a layer in both forms.

    Parameters
    ----------
    full_ms, separable_ms : float
        Medians.
    """

    full_ms: float
    separable_ms: float


def measure(options: SeparableOptions, *, rounds: int = 7) -> Measured:
    """Run a layer in both forms with OpenVINO in f32, alternating, and take the medians."""
    if rounds < 1:
        raise UsageError(f"expected at least one round, got {rounds}")
    rng = np.random.default_rng(0)
    kernel = int(options.kernel)
    rim = [kernel // 2] * 2
    x = rng.normal(size=(1, options.inputs, options.side, options.side)).astype(np.float32)
    full = rng.normal(size=(options.outputs, options.inputs, kernel, kernel)).astype(np.float32)
    deep = rng.normal(size=(options.inputs, 1, 1, kernel, kernel)).astype(np.float32)
    point = rng.normal(size=(options.outputs, options.inputs, 1, 1)).astype(np.float32)

    def build_full(nodes: Any) -> Any:
        from openvino import opset13 as ops

        return ops.convolution(nodes["x"], ops.constant(full), [1, 1], rim, rim, [1, 1])

    def build_separable(nodes: Any) -> Any:
        from openvino import opset13 as ops

        wide = ops.group_convolution(nodes["x"], ops.constant(deep), [1, 1], rim, rim, [1, 1])
        return ops.convolution(wide, ops.constant(point), [1, 1], [0, 0], [0, 0], [1, 1])

    key = ("separable", options)
    taken: tuple[list[float], list[float]] = ([], [])
    # the first round compiles
    for number in range(rounds + 1):
        for place, build in enumerate((build_full, build_separable)):
            start = time.perf_counter()
            _graph.run((*key, place), build, {"x": x})
            if number:
                taken[place].append(1e3 * (time.perf_counter() - start))
    return Measured(statistics.median(taken[0]), statistics.median(taken[1]))


def image_pyramid(multiply_adds: float, scales: Sequence[float]) -> float:
    """Return what a network costs that runs once at each scale: the area's share each."""
    if not scales or min(scales) <= 0:
        raise UsageError(f"expected scales above 0, got {list(scales)}")
    return multiply_adds * sum(scale**2 for scale in scales)
