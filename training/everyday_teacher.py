"""Learning from a teacher as well as from labels: Coral's DeepLabv3 for the everyday model.

The labels name few things but animals and people. The teacher saw many more pictures of all
classes; what it says of every pixel, and how it sees it, passes some of that on (Hinton et al. 2015
distil the answer, Romero et al. 2015, "FitNets", the features before it). It looks at each picture
once, as a whole; its maps are then moved as the picture is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import openvino as ov
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from training.camvid import Pixels
from training.everyday_augment import Drawn
from training.everyday_data import VOID, Sample

SIDE, CELLS, STEP = 513, 33, 16
"""Of the teacher's input in pixels, of its maps, and pixels between the centres of two cells."""

FEATURES, GREY = 256, 128
LOGITS, LAST_FEATURES = "Transpose_5960", "Transpose_5936"
"""Names of the layers before it enlarges its scores."""


class Teacher:
    """Runs the teacher up to its scores."""

    def __init__(self, path: Path) -> None:
        core = ov.Core()
        model = core.read_model(path)
        layers: dict[str, Any] = {each.get_friendly_name(): each for each in model.get_ops()}
        ends = [layers[name].output(0) for name in (LOGITS, LAST_FEATURES)]
        cut = ov.Model(ends, model.get_parameters(), "teacher")
        self._compiled = core.compile_model(cut, "CPU")

    def look(self, pixels: Pixels) -> tuple[NDArray[np.float16], NDArray[np.float16]]:
        """Return scores ``(33, 33, 21)`` and features ``(33, 33, 256)`` of an RGB picture."""
        height, width = pixels.shape[:2]
        scale = SIDE / max(height, width)
        size = (round(width * scale), round(height * scale))
        square = np.full((SIDE, SIDE, 3), GREY, np.uint8)
        square[: size[1], : size[0]] = cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR)
        scores, features = (
            np.ascontiguousarray(value[0].transpose(1, 2, 0), np.float16)
            for value in self._compiled(square[None]).values()
        )
        return scores, features


def cells_of(matrix: NDArray[np.float64], size: tuple[int, int], side: int, grid: int) -> Tensor:
    """Return where a grid on the square lies on the teacher's maps.

    Parameters
    ----------
    matrix : ``(2, 3)``
        From the picture's pixels to those of the square.
    size : tuple
        Height and width of the picture.
    side, grid : int
        Of the square in pixels, and of the grid in cells.

    Returns
    -------
    Tensor
        ``(grid, grid, 2)``, x and y; -1..1 from the first to the last cell, as
        ``grid_sample(align_corners=True)`` takes it; beyond the picture, beyond 1 by far.
    """
    step = side / grid
    middle = (np.arange(grid) + 0.5) * step - 0.5
    x, y = np.meshgrid(middle, middle)
    back = np.linalg.inv(matrix[:, :2])
    at = np.stack([x - matrix[0, 2], y - matrix[1, 2]], -1) @ back.T
    height, width = size
    beyond = (at < -0.5).any(-1) | (at[..., 0] > width - 0.5) | (at[..., 1] > height - 0.5)
    input_pixel = (at + 0.5) * (SIDE / max(height, width)) - 0.5
    cell = input_pixel / STEP / (CELLS - 1) * 2 - 1
    cell[beyond] = 9
    return torch.from_numpy(cell.astype(np.float32))


@dataclass
class Lessons:
    """What the teacher says of every picture.

    Parameters
    ----------
    scores : ``(N, 33, 33, 21) float16``
    features : ``(N, 33, 33, 256) float16``
        Each channel divided by its root mean square over all pictures.
    sizes : list
        Height and width of each picture.
    """

    scores: NDArray[np.float16]
    features: NDArray[np.float16]
    sizes: list[tuple[int, int]]

    def of(self, drawn: Sequence[Drawn]) -> tuple[Tensor, Tensor, Tensor]:
        """Return what holds for a batch of samples of side s.

        Returns
        -------
        scores : ``(N, 21, s/8, s/8) float32``
        features : ``(N, 256, s/16, s/16) float32``
        holds : ``(N, s/8, s/8) bool``
            Within the picture, and nothing was pasted over it.
        """
        side = drawn[0].labels.shape[0]
        eighth, sixteenth = side // 8, side // 16
        scores, features, holds = [], [], []
        for each in drawn:
            size = self.sizes[each.index]
            fine = cells_of(each.matrix, size, side, eighth)
            coarse = cells_of(each.matrix, size, side, sixteenth)
            scores.append(sample_at(self.scores[each.index], fine))
            features.append(sample_at(self.features[each.index], coarse))
            bare = torch.from_numpy(each.bare[4::8, 4::8])
            holds.append(bare & (fine[..., 0] < 2))
        return torch.cat(scores), torch.cat(features), torch.stack(holds)


def sample_at(values: NDArray[np.float16], cells: Tensor) -> Tensor:
    """Return ``(1, C, g, g)``: maps ``(33, 33, C)`` at cells ``(g, g, 2)``, bilinear."""
    maps = torch.from_numpy(values).float().permute(2, 0, 1)[None]
    return F.grid_sample(
        maps, cells[None], mode="bilinear", padding_mode="border", align_corners=True
    )


def ask(path: Path, samples: Sequence[Sample]) -> Lessons:
    """Let the teacher look at every picture (two minutes for 4,000 on two cores)."""
    teacher = Teacher(path)
    scores = np.empty((len(samples), CELLS, CELLS, 21), np.float16)
    features = np.empty((len(samples), CELLS, CELLS, FEATURES), np.float16)
    for row, sample in enumerate(samples):
        scores[row], features[row] = teacher.look(sample.pixels)
    some = features[:: max(1, len(samples) // 500)].astype(np.float32)
    features /= (np.sqrt((some**2).mean((0, 1, 2))) + 0.05).astype(np.float16)
    return Lessons(scores, features, [sample.labels.shape for sample in samples])


class Pupil(nn.Module):
    """A network with what it needs in training only: a view of its features as the teacher's."""

    def __init__(self, network: nn.Module, context: nn.Module, channels: int) -> None:
        super().__init__()
        self.network = network
        self.adapter = nn.Conv2d(channels, FEATURES, 1)
        self.deep: Tensor | None = None
        context.register_forward_hook(self._keep)

    def _keep(self, module: nn.Module, inputs: Any, output: Tensor) -> None:
        self.deep = output

    def forward(self, x: Tensor) -> Any:
        return self.network(x)


def teacher_loss(
    semantic: Tensor,
    seen: Tensor,
    labels: Tensor,
    scores: Tensor,
    features: Tensor,
    holds: Tensor,
) -> dict[str, Tensor]:
    """Return the named terms.

    Parameters
    ----------
    semantic : ``(N, 21, s/4, s/4)``
        The network's logits.
    seen : ``(N, 256, s/16, s/16)``
        Its features as the teacher's.
    labels : ``(N, s, s)`` int64
        Where they contradict the teacher, its scores do not count.
    scores, features, holds
        From :meth:`Lessons.of`.
    """
    truth = labels[:, 4::8, 4::8]
    right = holds & ((truth == VOID) | (truth == scores.argmax(1)))
    found = F.avg_pool2d(semantic.float(), 2).log_softmax(1)
    apart = F.kl_div(found, scores.softmax(1), reduction="none").sum(1)
    coarse = F.avg_pool2d(holds[:, None].float(), 2)
    away = ((seen.float() - features) ** 2).mean(1, keepdim=True)
    return {
        "answer": 1.5 * (apart * right).sum() / right.sum().clamp(min=1),
        "features": (away * coarse).sum() / coarse.sum().clamp(min=1),
    }
