"""Train the nuclei model: ``python -m training.nuclei`` (checkpoints; run again to go on).

A second, gentler cycle: ``--start-from runs/nuclei/final.pt --out runs/nuclei-2``.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training import nuclei_data as data
from training.loop import Batch, Schedule, command_line, freeze_early, stack, train
from training.network import StreetNet

SIDE, BATCH, SCALES, SEED, HELD_OUT = 256, 12, (0.9, 2.8), 7, 8
STAINED_SHARE = 0.35
"""Stained slides are a sixth of the pictures and by far the hardest."""


def nuclei_loss(answer: Tensor, truth: Tensor) -> dict[str, Tensor]:
    """Return the named terms; answer ``(N, 5, H/2, W/2)``, truth ``(N, 5, H, W)``."""
    answer = F.interpolate(
        answer.float(), size=truth.shape[-2:], mode="bilinear", align_corners=False
    )
    inside = truth[:, 0]
    p = answer[:, 0].sigmoid()
    dice = 1 - (2 * (p * inside).sum() + 1) / (p.square().sum() + inside.sum() + 1)
    # between touching nuclei every pixel counts several times
    weight = 1 + 2 * truth[:, 1]
    entropy = F.binary_cross_entropy_with_logits(answer[:, 0], inside, weight)
    border = F.binary_cross_entropy_with_logits(
        answer[:, 1], truth[:, 1], pos_weight=torch.tensor(2.0)
    )
    cells = inside.sum().clamp(min=1)
    distance = (answer[:, 2] - truth[:, 2]).abs()
    offset = ((answer[:, 3:] - truth[:, 3:]).abs() * inside[:, None]).sum() / (2 * cells)
    return {
        "inside": entropy + 0.5 * dice,
        "border": 0.5 * border,
        # judged on the ground too, but a nucleus pixel counts as much as all of it together
        "distance": (distance * inside).sum() / cells + 0.5 * distance.mean(),
        "offset": 0.3 * offset,
    }


def main() -> None:
    """Parse the command line and train."""
    options = command_line(__doc__ or "", "nuclei", steps=2400)
    device = torch.device(options.device)
    torch.manual_seed(SEED)
    again = options.start_from is not None
    slides = data.read(options.data / "nuclei")
    learn = [s for i, s in enumerate(slides) if i % HELD_OUT]
    held_out = slides[::HELD_OUT]
    stained = np.array([s.stained for s in learn])
    chance = np.where(
        stained, STAINED_SHARE / stained.sum(), (1 - STAINED_SHARE) / (~stained).sum()
    )
    network = StreetNet(len(data.OUTPUTS))
    network.backbone.load_imagenet(options.data / "weights/mobilenet_v2_1.0_224_imagenet.npz")
    if again:
        freeze_early(network.backbone)

    def make_batch(step: int, _done: float) -> Batch:
        rng = np.random.default_rng((SEED + again, step))
        chosen = rng.choice(len(learn), BATCH, p=chance)
        return stack([data.sample(learn[i], SIDE, SCALES, rng) for i in chosen])

    def loss_of(network: nn.Module, batch: Batch) -> dict[str, Tensor]:
        pixels, truth = batch
        with torch.autocast(device.type, torch.bfloat16):
            answer = network(pixels.contiguous(memory_format=torch.channels_last))
        return nuclei_loss(answer, truth)

    rng = np.random.default_rng(SEED)
    judged = [stack([data.sample(s, SIDE, (1.5, 1.5), rng)]) for s in held_out]

    @torch.no_grad()
    def validate(network: nn.Module) -> str:
        terms: dict[str, list[float]] = {}
        for pixels, truth in judged:
            for name, value in nuclei_loss(network(pixels.to(device)), truth.to(device)).items():
                terms.setdefault(name, []).append(value.item())
        return "val " + " ".join(f"{name} {np.mean(v):.4f}" for name, v in terms.items())

    train(
        network,
        network.backbone,
        make_batch,
        loss_of,
        validate,
        Schedule(
            options.steps,
            backbone_rate=3e-4 if again else 5e-4,
            decoder_rate=1.2e-3 if again else 2e-3,
            warm_up=20 if again else 200,
            keep_every=400,
        ),
        options.out,
        device=device,
        start_from=options.start_from,
        minutes=options.minutes,
    )


if __name__ == "__main__":
    main()
