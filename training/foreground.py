"""Train the foreground model: ``python -m training.foreground`` (run again to go on).

A second, gentler cycle at full size: ``--start-from runs/foreground/final.pt --out
runs/foreground-2``.
"""

from __future__ import annotations

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training import foreground_data as data
from training.loop import Batch, Schedule, command_line, freeze_early, stack, train
from training.network import StreetNet

SIDE, BATCH, SCALES, SEED, HELD_OUT = 320, 12, (0.75, 2.2), 7, 12
SMALL_SIDE, LARGER_FROM = 256, 0.6
"""Samples of the first part of the training, and the share of it after which the larger ones come:
a small sample takes under two thirds of the time."""


def foreground_loss(logits: Tensor, alpha: Tensor) -> dict[str, Tensor]:
    """Return the named terms; logits ``(N, 1, h, w)``, alpha ``(N, H, W)``, -1 = not judged.

    Cross-entropy that counts rims more, soft IoU a picture, and the difference of alpha itself.
    """
    alpha = F.interpolate(alpha[:, None], scale_factor=0.5, mode="nearest")[:, 0]
    logits = F.interpolate(
        logits.float(), size=alpha.shape[-2:], mode="bilinear", align_corners=False
    )[:, 0]
    judged = (alpha >= 0).float()
    truth = alpha.clamp(min=0)
    around = F.avg_pool2d(truth[:, None], 9, 1, 4)[:, 0]
    weight = judged * (1 + 3 * (around - truth).abs())
    entropy = F.binary_cross_entropy_with_logits(logits, truth, weight, reduction="sum")
    p = logits.sigmoid() * judged
    truth = truth * judged
    both = (p * truth).sum((1, 2))
    union = (p + truth - p * truth).sum((1, 2))
    return {
        "entropy": entropy / judged.sum().clamp(min=1),
        "iou": 0.5 * (1 - (both + 1) / (union + 1)).mean(),
        "alpha": 0.5 * ((p - truth).abs() * weight).sum() / judged.sum().clamp(min=1),
    }


@torch.no_grad()
def mean_iou(network: nn.Module, subjects: list[data.Subject]) -> float:
    """Mean over pictures of the IoU at 0.5, at each picture's own size."""
    device = next(network.parameters()).device
    values = []
    for subject in subjects:
        square = cv2.resize(subject.pixels, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        x = torch.from_numpy(square).to(device).permute(2, 0, 1)[None].float() / 127.5 - 1
        logits = F.interpolate(network(x), size=subject.alpha.shape, mode="bilinear")
        found = logits[0, 0].cpu().numpy() > 0
        judged, truth = subject.alpha >= 0, subject.alpha > 0.5
        both, either = (found & truth & judged).sum(), ((found | truth) & judged).sum()
        values.append(both / max(either, 1))
    return float(np.mean(values))


def main() -> None:
    """Parse the command line and train."""
    options = command_line(__doc__ or "", "foreground", steps=4000)
    device = torch.device(options.device)
    torch.manual_seed(SEED)
    again = options.start_from is not None
    subjects, grounds = data.read(options.data)
    held_out = subjects[::HELD_OUT]
    mixer = data.Mixer([s for i, s in enumerate(subjects) if i % HELD_OUT], grounds)
    print(f"{len(mixer.subjects)} subjects, {len(grounds)} grounds", flush=True)
    network = StreetNet(1)
    network.backbone.load_imagenet(options.data / "weights/mobilenet_v2_1.0_224_imagenet.npz")
    freeze_early(network.backbone)

    def make_batch(step: int, done: float) -> Batch:
        rng = np.random.default_rng((SEED + again, step))
        side = SMALL_SIDE if done < LARGER_FROM and not again else SIDE
        return stack([mixer.sample(side, SCALES, rng) for _ in range(BATCH)])

    def loss_of(network: nn.Module, batch: Batch) -> dict[str, Tensor]:
        pixels, alpha = batch
        with torch.autocast(device.type, torch.bfloat16):
            logits = network(pixels.contiguous(memory_format=torch.channels_last))
        return foreground_loss(logits, alpha)

    def validate(network: nn.Module) -> str:
        sources = sorted({s.source for s in held_out})
        values = {
            source: mean_iou(network, [s for s in held_out if s.source == source])
            for source in sources
        }
        return "val IoU " + " ".join(f"{name} {value:.4f}" for name, value in values.items())

    train(
        network,
        network.backbone,
        make_batch,
        loss_of,
        validate,
        Schedule(
            options.steps,
            backbone_rate=1e-4 if again else 2.5e-4,
            decoder_rate=8e-4 if again else 2e-3,
        ),
        options.out,
        device=device,
        start_from=options.start_from,
        minutes=options.minutes,
    )


if __name__ == "__main__":
    main()
