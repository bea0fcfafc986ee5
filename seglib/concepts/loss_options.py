"""What can be set when a loss is summed up: range, default and a word on each."""

from __future__ import annotations

from dataclasses import dataclass

from seglib.options import Checked, choice, number, whole


@dataclass(frozen=True)
class LossOptions(Checked):
    """Weights, which loss is drawn, where it is taken, and what is ignored."""

    weights: str = choice(
        "none",
        ("none", "inverse", "median", "log", "own"),
        "Weight of each class in the total, from how often it occurs in this picture.",
        title="Class weights",
    )
    show: str = choice(
        "loss",
        ("loss", "weighted", "focal", "truth", "prediction"),
        "What the map shows. Losses are drawn from 0 (dark) to 4 nats (bright).",
        title="Map",
    )
    gamma: float = number(
        2.0,
        0,
        5,
        "Focal loss: how strongly pixels that are already right are faded out; 0 is cross-entropy.",
        0.5,
        title="Focal loss, γ",
    )
    at: str = choice(
        "cells",
        ("cells", "pixels"),
        "In the network's 240 × 180 cells, with the truth at each cell's centre; or at picture "
        "size, with the scores interpolated first.",
        title="Loss taken in",
    )
    rim: int = whole(
        0,
        0,
        5,
        "Pixels (or cells) along borders between classes that get the ignore label, as VOC's "
        "white border.",
        title="Ignored rim",
    )
