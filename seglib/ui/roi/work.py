"""Everything computed for one region: plans of both ways, their results, and what a shift does."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from seglib.concepts import roi_align, roi_graph, roi_pool
from seglib.concepts.roi import Box, Mode
from seglib.concepts.roi_align import Aligned, AlignPlan, Placing
from seglib.concepts.roi_options import RoiOptions
from seglib.concepts.roi_pool import PoolPlan
from seglib.ui.roi.ground import Ground

Values = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Work:
    """One region on one map.

    Parameters
    ----------
    options : RoiOptions
    ground : Ground
    """

    options: RoiOptions
    ground: Ground

    @property
    def bins(self) -> int:
        """Bins along each side."""
        return int(self.options.bins)

    @property
    def sampling(self) -> int:
        """Samples of a bin along each side; 0 is adaptive."""
        return int(self.options.sampling)

    @property
    def mode(self) -> Mode:
        """Maximum or average."""
        return cast("Mode", self.options.mode)

    @property
    def aligned(self) -> Aligned:
        """Where a pixel lies among the cells."""
        return cast("Aligned", self.options.aligned)

    @property
    def placing(self) -> Placing:
        """The lectures' drawing has its samples at thirds."""
        return "thirds" if self.options.source == "lecture" else "centres"

    @cached_property
    def pool_plan(self) -> PoolPlan:
        """Cells of RoIPool."""
        return roi_pool.plan(self.options.box, size=self.ground.cells, **self._grid)

    @cached_property
    def align_plan(self) -> AlignPlan:
        """Samples of RoIAlign."""
        return roi_align.plan(
            self.options.box,
            size=self.ground.cells,
            sampling=self.sampling,
            aligned=self.aligned,
            placing=self.placing,
            **self._grid,
        )

    @cached_property
    def pooled(self) -> Values:
        """RoIPool: (bins, bins). OpenVINO's operator where it has the mode."""
        return self.pool_of(self.options.box)

    @cached_property
    def aligned_values(self) -> Values:
        """RoIAlign: (bins, bins). OpenVINO's operator where it has the samples."""
        return self.align_of(self.options.box)

    @cached_property
    def samples(self) -> Values:
        """Every sample: (rows, columns)."""
        return _first(roi_align.sample(self.ground.values[None], self.align_plan))

    @cached_property
    def shifted(self) -> tuple[float, float]:
        """Largest change of a bin, of RoIPool and RoIAlign, when the region moves half a cell."""
        half = self.ground.stride / 2
        moved = self.options.box.moved(half, half)
        return (
            _largest(self.pool_of(moved) - self.pooled),
            _largest(self.align_of(moved) - self.aligned_values),
        )

    def pool_of(self, box: Box) -> Values:
        """Pool another box in the same way."""
        if self.mode == "avg":
            return self.pool_reference(box)
        return _first(roi_graph.roi_pool(self.ground.values, box, **self._grid))

    def pool_reference(self, box: Box) -> Values:
        """Pool with the numpy reference."""
        return _first(roi_pool.roi_pool(self.ground.values, box, mode=self.mode, **self._grid))

    def align_of(self, box: Box) -> Values:
        """Align another box in the same way."""
        # adaptive sampling finds nothing in a box without area: undefined, and the graph's maximum
        # would say 0
        area = box.width > 0 and box.height > 0
        if self.placing == "thirds" or (self.sampling == 0 and not area):
            return self.align_reference(box)
        return _first(
            roi_graph.roi_align(
                self.ground.values,
                box,
                sampling=self.sampling,
                mode=self.mode,
                aligned=self.aligned,
                **self._grid,
            )
        )

    def align_reference(self, box: Box) -> Values:
        """Align with the numpy reference."""
        return _first(
            roi_align.roi_align(
                self.ground.values,
                box,
                sampling=self.sampling,
                mode=self.mode,
                aligned=self.aligned,
                placing=self.placing,
                **self._grid,
            )
        )

    @property
    def _grid(self) -> dict[str, Any]:
        return {"bins": self.bins, "scale": self.ground.scale}


def _first(stack: Values) -> Values:
    values: Values = stack[0]
    return values


def _largest(values: Values) -> float:
    return float(np.abs(values).max())
