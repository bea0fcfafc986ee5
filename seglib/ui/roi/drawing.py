"""What lies over the picture, as plain numbers in picture pixels for the browser to draw."""

from __future__ import annotations

from typing import Any

from seglib.ui.roi.work import Work

MOST_DOTS = 3_000
"""Samples drawn; with more of them, only those of the chosen bin are."""


def overlay(work: Work, number: int) -> dict[str, Any]:
    """Return what to draw.

    Parameters
    ----------
    work : Work
    number : int
        The chosen sample.
    """
    drawn: dict[str, Any] = {}
    if work.options.draw in ("pool", "both"):
        drawn["pool"] = _pool(work)
    if work.options.draw in ("align", "both"):
        drawn["align"] = _align(work, number)
    return drawn


def _pool(work: Work) -> dict[str, Any]:
    stride, plan = work.ground.stride, work.pool_plan
    area = plan.rounded
    return {
        "area": [area.x1 * stride, area.y1 * stride, area.width * stride, area.height * stride],
        "bins": [
            [value * stride for value in plan.window(row, column)]
            for row in range(work.bins)
            for column in range(work.bins)
        ],
    }


def _align(work: Work, number: int) -> dict[str, Any]:
    stride, plan = work.ground.stride, work.align_plan
    # cell k has its centre at k in the plan, and at k + ½ where cells are drawn as squares
    region = [(value + 0.5) * stride for value in plan.region]
    drawn: dict[str, Any] = {
        "area": [region[0], region[1], region[2] - region[0], region[3] - region[1]],
        "bins": plan.bins,
        "dots": [],
        "cells": [],
        "chosen": None,
    }
    if plan.samples == 0:
        return drawn
    xs = [round((float(value) + 0.5) * stride, 3) for value in plan.x.place]
    ys = [round((float(value) + 0.5) * stride, 3) for value in plan.y.place]
    row, column = plan.sample(number)
    if plan.samples <= MOST_DOTS:
        drawn["dots"] = [xs, ys]
    else:
        across, down = plan.ratio
        first_y, first_x = (
            part * size for part, size in zip(plan.bin_of(number), (down, across), strict=True)
        )
        drawn["dots"] = [xs[first_x : first_x + across], ys[first_y : first_y + down]]
    drawn["chosen"] = [xs[column], ys[row]]
    drawn["cells"] = [
        [cell.column * stride, cell.row * stride, stride, stride, round(cell.weight, 4)]
        for cell in plan.neighbours(row, column)
    ]
    return drawn
