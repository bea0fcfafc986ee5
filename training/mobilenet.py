"""MobileNetV2 with its batch norms folded, giving features at every stride.

Sandler et al. 2018, "MobileNetV2: Inverted Residuals and Linear Bottlenecks". The weights are
ImageNet's with batch norm folded into the convolutions, so each layer is a convolution with a bias.
Stride-2 layers pad as TensorFlow's "same" does: what is missing goes to the right and the bottom.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

# (expansion, output channels, blocks, stride of the first block): table 2 of the paper.
STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)


class SameConv(nn.Conv2d):
    """A convolution with TensorFlow's "same" padding, known when the input size is."""

    def forward(self, x: Tensor) -> Tensor:
        (kernel, _), (stride, _), (dilation, _) = self.kernel_size, self.stride, self.dilation
        if self.training and self.groups > 1 and all(n % 2 == 0 for n in x.shape[-2:]):
            if stride == 2:
                return self._every_second(x)
            if dilation == 2:
                return self._four_grids(x)
        if stride == 1:
            return F.conv2d(
                x, self.weight, self.bias, 1, dilation * (kernel // 2), dilation, self.groups
            )
        missing = [max((-(-n // stride) - 1) * stride + kernel - n, 0) for n in x.shape[-2:]]
        top, left = missing[0] // 2, missing[1] // 2
        x = F.pad(x, (left, missing[1] - left, top, missing[0] - top))
        return F.conv2d(x, self.weight, self.bias, stride, 0, dilation, self.groups)

    # PyTorch's depthwise backward pass is several times slower with a stride or a dilation than
    # without, so training takes these two detours, which give the same numbers.

    def _every_second(self, x: Tensor) -> Tensor:
        y = F.conv2d(x, self.weight, self.bias, 1, 1, 1, self.groups)
        return y[:, :, 1::2, 1::2]

    def _four_grids(self, x: Tensor) -> Tensor:
        count, channels, height, width = x.shape
        grids = x.reshape(count, channels, height // 2, 2, width // 2, 2)
        grids = grids.permute(3, 5, 0, 1, 2, 4).reshape(-1, channels, height // 2, width // 2)
        grids = grids.contiguous(memory_format=torch.channels_last)
        y = F.conv2d(grids, self.weight, self.bias, 1, 1, 1, self.groups)
        y = y.reshape(2, 2, count, channels, height // 2, width // 2).permute(2, 3, 4, 0, 5, 1)
        merged = y.reshape(count, channels, height, width)
        return merged.contiguous(memory_format=torch.channels_last)


class Inverted(nn.Module):
    """One inverted residual: expand 1x1, depthwise 3x3, project 1x1."""

    def __init__(
        self, inputs: int, outputs: int, expansion: int, stride: int, dilation: int
    ) -> None:
        super().__init__()
        hidden = inputs * expansion
        self.expand = SameConv(inputs, hidden, 1) if expansion > 1 else None
        self.depthwise = SameConv(hidden, hidden, 3, stride, dilation=dilation, groups=hidden)
        self.project = SameConv(hidden, outputs, 1)
        self.residual = stride == 1 and inputs == outputs

    def widen(self, x: Tensor) -> Tensor:
        """Return the expanded features, the input of the depthwise convolution."""
        return x if self.expand is None else F.relu6(self.expand(x))

    def narrow(self, x: Tensor, wide: Tensor) -> Tensor:
        """Return the block's output from its input and its expanded features."""
        y = self.project(F.relu6(self.depthwise(wide)))
        return x + y if self.residual else y

    def forward(self, x: Tensor) -> Tensor:
        return self.narrow(x, self.widen(x))


class MobileNetV2(nn.Module):
    """The backbone; the last stage keeps stride 16 with atrous convolutions.

    ``forward`` returns the wide features just before each reduction (strides 2, 4 and 8; 96, 144
    and 192 channels) and the last features (stride 16, 320 channels).
    """

    taps = (96, 144, 192)
    channels = 320

    def __init__(self) -> None:
        super().__init__()
        self.stem = SameConv(3, 32, 3, 2)
        blocks: list[Inverted] = []
        width, reached, self.tapped = 32, 2, []
        for expansion, outputs, count, first in STAGES:
            for index in range(count):
                stride = first if index == 0 else 1
                dilation = 1
                if reached * stride > 16:
                    stride = 1
                if width in (96, 160, 320) and reached == 16 and outputs >= 160:
                    # the first block after the removed stride still looks at the old grid
                    dilation = 1 if (outputs == 160 and index == 0) else 2
                if stride == 2 and reached < 16:
                    self.tapped.append(len(blocks))
                reached *= stride
                blocks.append(Inverted(width, outputs, expansion, stride, dilation))
                width = outputs
        self.blocks = nn.ModuleList(blocks)

    def forward(self, x: Tensor) -> list[Tensor]:
        features = []
        x = F.relu6(self.stem(x))
        for index, block in enumerate(self.blocks):
            wide = block.widen(x)
            if index in self.tapped:
                features.append(wide)
            x = block.narrow(x, wide)
        return [*features, x]

    def convolutions(self) -> list[SameConv]:
        """All convolutions in the order of the published weights."""
        return [module for module in self.modules() if isinstance(module, SameConv)]

    def load_imagenet(self, path: Path) -> None:
        """Fill in the ImageNet weights (``KK.weight``, ``KK.bias``; the classifier is left out)."""
        with np.load(path) as stored, torch.no_grad():
            for index, conv in enumerate(self.convolutions()):
                weight = torch.from_numpy(stored[f"{index:02}.weight"].astype(np.float32))
                if weight.shape != conv.weight.shape:
                    raise ValueError(
                        f"layer {index}: expected {tuple(conv.weight.shape)}, "
                        f"got {tuple(weight.shape)}"
                    )
                conv.weight.copy_(weight)
                conv.bias.copy_(torch.from_numpy(stored[f"{index:02}.bias"]))
