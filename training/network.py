"""The street network: MobileNetV2, atrous pyramid, three skips down to half resolution."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.mobilenet import MobileNetV2

INPUT_SIZE = (480, 360)
"""Width and height in pixels of the exported network."""


def conv(
    inputs: int, outputs: int, kernel: int = 1, dilation: int = 1, groups: int = 1
) -> nn.Sequential:
    """Convolution, batch norm, ReLU; same size."""
    return nn.Sequential(
        nn.Conv2d(
            inputs,
            outputs,
            kernel,
            padding=dilation * (kernel // 2),
            dilation=dilation,
            groups=groups,
            bias=False,
        ),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


def separable(inputs: int, outputs: int, dilation: int = 1) -> nn.Sequential:
    """Depthwise 3x3, then 1x1 (Chollet 2017)."""
    return nn.Sequential(conv(inputs, inputs, 3, dilation, groups=inputs), conv(inputs, outputs))


class Pyramid(nn.Module):
    """Atrous spatial pyramid pooling with separable branches (Chen et al. 2018, DeepLabv3+)."""

    def __init__(self, inputs: int, width: int, outputs: int, rates: tuple[int, ...]) -> None:
        super().__init__()
        self.reduce = conv(inputs, width)
        self.branches = nn.ModuleList([separable(width, width, rate) for rate in rates])
        # no batch norm on one value a channel
        self.pooled = nn.Sequential(nn.Conv2d(inputs, width, 1), nn.ReLU(inplace=True))
        self.merge = conv(width * (len(rates) + 2), outputs)

    def forward(self, x: Tensor) -> Tensor:
        near = self.reduce(x)
        pooled = self.pooled(x.mean((2, 3), keepdim=True)).expand(-1, -1, x.shape[2], x.shape[3])
        return self.merge(torch.cat([near, *(branch(near) for branch in self.branches), pooled], 1))


def enlarge(x: Tensor, like: Tensor) -> Tensor:
    """Bilinear, half-pixel centres, to the size of ``like``."""
    return F.interpolate(x, size=like.shape[-2:], mode="bilinear", align_corners=False)


class StreetNet(nn.Module):
    """``(N, 3, H, W)`` in -1..1 to logits ``(N, classes, H/2, W/2)``."""

    def __init__(self, classes: int = 11) -> None:
        super().__init__()
        self.backbone = MobileNetV2()
        at2, at4, at8 = MobileNetV2.taps
        self.context = Pyramid(MobileNetV2.channels, 96, 128, (3, 6, 9))
        self.skip8, self.skip4, self.skip2 = conv(at8, 48), conv(at4, 40), conv(at2, 24)
        self.fuse8 = conv(128 + 48, 96, 3)
        self.fuse4 = nn.Sequential(separable(96 + 40, 56), conv(56, 48, 3))
        self.narrow = conv(48, 32)
        self.fuse2 = nn.Sequential(separable(32 + 24, 40), separable(40, 40))
        self.dropout = nn.Dropout2d(0.1)
        self.classify = nn.Conv2d(40, classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        at2, at4, at8, deep = self.backbone(x)
        at8 = self.skip8(at8)
        y = self.fuse8(torch.cat([enlarge(self.dropout(self.context(deep)), at8), at8], 1))
        at4 = self.skip4(at4)
        y = self.narrow(self.fuse4(torch.cat([enlarge(y, at4), at4], 1)))
        at2 = self.skip2(at2)
        return self.classify(self.fuse2(torch.cat([enlarge(y, at2), at2], 1)))


def build_network() -> StreetNet:
    """Return the network with fresh weights, ready for :func:`torch.nn.Module.load_state_dict`."""
    return StreetNet()


def count_macs(network: nn.Module, size: tuple[int, int] = INPUT_SIZE) -> int:
    """Multiply-adds of all convolutions for one picture of ``size`` (width, height)."""
    total = 0

    def add(module: nn.Module, _inputs: object, output: Tensor) -> None:
        nonlocal total
        assert isinstance(module, nn.Conv2d)
        total += output.shape[2] * output.shape[3] * module.weight.numel()

    hooks = [m.register_forward_hook(add) for m in network.modules() if isinstance(m, nn.Conv2d)]
    training = network.training
    network.eval()
    with torch.no_grad():
        network(torch.zeros(1, 3, size[1], size[0]))
    for hook in hooks:
        hook.remove()
    network.train(training)
    return total
