"""The everyday network: one backbone, a semantic and an instance decoder.

The instance decoder answers on the same grid with a heat map of centres (Zhou et al. 2019, "Objects
as Points"), and with prototypes, coefficients and boxes (Bolya et al. 2019, YOLACT). Grouping
pixels by offsets to their centre (Cheng et al. 2020, Panoptic-DeepLab) was measured against this on
held-out pictures and found half as many objects.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from training.mobilenet import MobileNetV2
from training.network import Pyramid, conv, enlarge, separable

CLASSES, PROTOTYPES = 21, 24
CONTEXT = 144
"""Channels at stride 16 that both decoders see."""
STRIDE = 4
BOX_UNIT = 32.0
"""Boxes are learned in units of so many pixels."""


class Answer(NamedTuple):
    """What the network says, all on a grid of a quarter of the input.

    ``semantic (N, 21, h, w)`` logits; ``centre (N, 1, h, w)`` logits; ``box (N, 4, h, w)``
    distances to the left, top, right and bottom of the box, in input pixels; ``coefficients (N, K,
    h, w)`` in -1..1; ``prototypes (N, K, h, w)``, not negative.
    """

    semantic: Tensor
    centre: Tensor
    box: Tensor
    coefficients: Tensor
    prototypes: Tensor


class EverydayNet(nn.Module):
    """``(N, 3, H, W)`` in -1..1, sides multiples of 16, to an :class:`Answer`."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = MobileNetV2()
        _, at4, at8 = MobileNetV2.taps
        self.context = Pyramid(MobileNetV2.channels, 112, CONTEXT, (3, 6, 9))
        self.skip8, self.skip4 = conv(at8, 48), conv(at4, 32)
        self.fuse8 = conv(CONTEXT + 48, 112, 3)
        self.fuse4 = nn.Sequential(separable(112 + 32, 96), separable(96, 80))
        self.dropout = nn.Dropout2d(0.1)
        self.semantic = nn.Conv2d(80, CLASSES, 1)
        self.things8 = conv(CONTEXT + 48, 96, 3)
        self.things4 = nn.Sequential(separable(96 + 32, 80), separable(80, 80))
        self.centre = nn.Sequential(separable(80, 32), nn.Conv2d(32, 1, 1))
        self.shape = nn.Sequential(separable(80, 64), nn.Conv2d(64, 4 + PROTOTYPES, 1))
        self.prototypes = nn.Sequential(separable(80, 64), nn.Conv2d(64, PROTOTYPES, 1))
        nn.init.constant_(self.centre[1].bias, -4.0)  # centres are rare

    def forward(self, x: Tensor) -> Answer:
        _, at4, at8, deep = self.backbone(x)
        at8, at4 = self.skip8(at8), self.skip4(at4)
        deep = self.dropout(self.context(deep))
        y = torch.cat([enlarge(deep, at8), at8], 1)
        meaning = self.fuse4(torch.cat([enlarge(self.fuse8(y), at4), at4], 1))
        things = self.things4(torch.cat([enlarge(self.things8(y), at4), at4], 1))
        shape = self.shape(things)
        return Answer(
            self.semantic(meaning),
            self.centre(things),
            torch.exp(shape[:, :4].clamp(-4, 4)) * BOX_UNIT,
            torch.tanh(shape[:, 4:]),
            torch.relu(self.prototypes(things)),
        )
