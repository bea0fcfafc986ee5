"""What the everyday network is taught: classes, centres, boxes, masks."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from training.everyday_data import UNKNOWN
from training.everyday_network import STRIDE, Answer
from training.losses import segmentation_loss

POSITIVES = 96
"""Most cells of a batch whose masks are judged."""

MIN_CELLS = 6
"""An instance of fewer cells has no centre that could be found; it is not judged."""


class Targets:
    """Per cell: its instance, the instance's centre and box; from ids ``(N, H, W)`` int64.

    Attributes, with ``h, w`` a quarter of the ids' size: ``index (N, h, w)`` a number an instance
    over the batch; ``inside`` cells of a judged instance; ``unknown`` cells that are not judged;
    ``box (N, 4, h, w)`` in input pixels; ``extent`` the box in cells;
    ``heat (N, 1, h, w)`` in 0..1; ``positive`` cells that may speak for their instance.
    """

    def __init__(self, ids: Tensor) -> None:
        # the middle pixel of each cell
        small = ids[:, STRIDE // 2 :: STRIDE, STRIDE // 2 :: STRIDE]
        count, height, width = small.shape
        device = ids.device
        self.unknown = small == UNKNOWN
        ys, xs = torch.meshgrid(
            torch.arange(height, device=device, dtype=torch.float32),
            torch.arange(width, device=device, dtype=torch.float32),
            indexing="ij",
        )
        known = (small > 0) & ~self.unknown
        # one number an instance over the whole batch; -1 for everything else
        flat = small + 256 * torch.arange(count, device=device)[:, None, None]
        numbers, self.index = torch.unique(
            torch.where(known, flat, torch.full_like(flat, -1)), return_inverse=True
        )
        cells = self.index.flatten()

        def gather(values: Tensor, how: str) -> Tensor:
            start = {"sum": 0.0, "amin": 1e6, "amax": -1e6}[how]
            into = torch.full((len(numbers),), start, device=device)
            return into.scatter_reduce_(0, cells, values.expand_as(small).flatten(), how)

        area = gather(torch.ones_like(xs), "sum")
        cx, cy = (gather(grid, "sum") / area.clamp(min=1) for grid in (xs, ys))
        left, right = gather(xs, "amin"), gather(xs, "amax")
        top, bottom = gather(ys, "amin"), gather(ys, "amax")
        valid = (numbers >= 0) & (area >= MIN_CELLS)
        self.inside = known & valid[self.index]
        # instances too small to judge must not count as background either
        self.unknown |= known & ~valid[self.index]
        of = self.index
        self.extent = torch.stack([left[of], top[of], right[of], bottom[of]], 1)
        grid = torch.stack([xs, ys])
        self.box = STRIDE * torch.cat(
            [grid - self.extent[:, :2] + 0.5, self.extent[:, 2:] - grid + 0.5], 1
        )
        # the larger a thing, the farther from its centre one may still speak for it
        sigma = (area.sqrt() * 0.12).clamp(1.0, 4.0)
        self.heat = torch.zeros(count, 1, height, width, device=device)
        for k in torch.nonzero(valid).flatten().tolist():
            away = (xs - cx[k].round()) ** 2 + (ys - cy[k].round()) ** 2
            heat = self.heat[int(numbers[k]) // 256, 0]
            torch.maximum(heat, torch.exp(-away / (2 * sigma[k] ** 2)), out=heat)
        distance = (cx[of] - xs) ** 2 + (cy[of] - ys) ** 2
        self.positive = self.inside & (distance <= (1.5 * sigma[of]) ** 2)


def centre_loss(logits: Tensor, heat: Tensor, unknown: Tensor) -> Tensor:
    """Penalty-reduced focal loss (Zhou et al. 2019, "Objects as Points", equation 1)."""
    p = logits.sigmoid().clamp(1e-4, 1 - 1e-4)
    peak = heat > 0.99
    right = -((1 - p) ** 2) * p.log() * peak
    wrong = -((1 - heat) ** 4) * p**2 * (1 - p).log() * ~peak * ~unknown[:, None]
    return (right.sum() + wrong.sum()) / peak.sum().clamp(min=1)


def mask_loss(answer: Answer, targets: Targets) -> Tensor:
    """Prototypes times coefficients against the instance, inside its box, at some cells.

    Binary cross-entropy over the box's area (Bolya et al. 2019) and soft Dice.
    """
    where = torch.nonzero(targets.positive)
    if len(where) == 0:
        return answer.coefficients.sum() * 0
    where = where[torch.randperm(len(where), device=where.device)[:POSITIVES]]
    n, y, x = where.T
    coefficients = answer.coefficients[n, :, y, x].float()
    prototypes = answer.prototypes.float()
    logits = torch.einsum("pk,pkhw->phw", coefficients, prototypes[n])
    truth = (targets.index[n] == targets.index[n, y, x][:, None, None]).float()
    x0, y0, x1, y1 = targets.extent[n, :, y, x].T[:, :, None, None]
    height, width = truth.shape[1:]
    ys = torch.arange(height, device=truth.device)[None, :, None]
    xs = torch.arange(width, device=truth.device)[None, None, :]
    box = ((xs >= x0 - 1) & (xs <= x1 + 1) & (ys >= y0 - 1) & (ys <= y1 + 1)).float()
    entropy = F.binary_cross_entropy_with_logits(logits, truth, reduction="none") * box
    entropy = entropy.sum((1, 2)) / box.sum((1, 2))
    p = logits.sigmoid() * box
    dice = 1 - 2 * (p * truth).sum((1, 2)) / (p.square().sum((1, 2)) + truth.sum((1, 2)) + 1)
    return (entropy + dice).mean()


def everyday_loss(
    answer: Answer, labels: Tensor, ids: Tensor, weights: Tensor
) -> dict[str, Tensor]:
    """Return the named terms; labels and ids ``(N, H, W)`` int64."""
    targets = Targets(ids)
    positive = targets.positive[:, None]
    ratio = (answer.box.float().log() - targets.box.clamp(min=1).log()).abs() * positive
    return {
        # judged at half resolution: a quarter of the work, hardly another gradient
        "semantic": segmentation_loss(answer.semantic, labels[:, 1::2, 1::2], weights),
        "centre": 0.25 * centre_loss(answer.centre.float(), targets.heat, targets.unknown),
        "box": 0.25 * ratio.sum() / (4 * positive.sum().clamp(min=1)),
        "mask": 0.5 * mask_loss(answer, targets),
    }
