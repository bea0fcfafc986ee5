"""Train the street model: ``python -m training.street`` (checkpoints; run again to go on).

Real frames first; later, generated street scenes are mixed in. The weights that are kept are the
moving average (Polyak and Juditsky 1992), which generalises better than the last step. Judged on
CamVid's val frames, which come from a drive that is also in train.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from seglib import metrics
from training import camvid, loop
from training.augment import Framing, Mixer
from training.calibrate import calibrate
from training.loop import falling
from training.losses import class_weights, segmentation_loss
from training.network import StreetNet

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Cycle:
    """Steps over which the rate falls from ``peak`` times its base to nearly nothing."""

    steps: int
    peak: float
    framing: Framing


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the result.

    The second cycle (Loshchilov and Hutter 2017) sees things at nearly their own scale, as the
    network will when it is used (Touvron et al. 2019 show why that helps).
    """

    cycles: tuple[Cycle, ...] = (
        Cycle(4000, 1.0, Framing((416, 320), (0.75, 1.9))),
        Cycle(1000, 0.5, Framing((416, 320), (0.85, 1.5))),
    )
    batch: int = 8
    backbone_rate: float = 5e-4
    decoder_rate: float = 2e-3
    weight_decay: float = 2e-2
    warm_up: int = 200
    average: float = 0.999
    keep_every: int = 500
    scenes: int = 400
    scenes_from: int = 1650
    scene_share: float = 0.2
    seed: int = 7

    @property
    def steps(self) -> int:
        """Of all cycles."""
        return sum(cycle.steps for cycle in self.cycles)

    def at(self, step: int) -> tuple[Cycle, float]:
        """Return the cycle of a step and how much of it is done, 0 to 1."""
        for cycle in self.cycles[:-1]:
            if step < cycle.steps:
                return cycle, step / cycle.steps
            step -= cycle.steps
        return self.cycles[-1], min(step / self.cycles[-1].steps, 1.0)

    def rate(self, step: int) -> float:
        """Linear warm-up, then half a cosine down to 2 % in each cycle."""
        cycle, done = self.at(step)
        return cycle.peak * falling(done) * min(1.0, (step + 1) / self.warm_up)


@torch.no_grad()
def validate(
    network: nn.Module, pairs: list[camvid.Pair], device: torch.device
) -> NDArray[np.float64]:
    """IoU of each class over ``pairs``, logits enlarged before the argmax."""
    network.eval()
    matrix = np.zeros((11, 11), np.int64)
    for pair in pairs:
        pixels = torch.from_numpy(pair.pixels).to(device).permute(2, 0, 1)[None].float() / 127.5 - 1
        logits = F.interpolate(
            network(pixels), size=pair.labels.shape, mode="bilinear", align_corners=False
        )
        found = logits.argmax(1)[0].cpu().numpy()
        matrix += metrics.confusion_matrix(
            pair.labels, found, num_classes=11, ignore_label=camvid.VOID
        )
    return metrics.iou(matrix, absent="zero")


def train(data: Path, out: Path, recipe: Recipe, device: torch.device) -> Path:
    """Train from the last checkpoint in ``out`` (or the ImageNet weights) to the end."""
    torch.manual_seed(recipe.seed)
    real, val = camvid.read_pairs(data / "camvid/train"), camvid.read_pairs(data / "camvid/val")
    mixer = Mixer(real, camvid.read_people(data / "clothing"))
    counts = sum(np.bincount(p.labels.ravel(), minlength=256)[:11] for p in real)
    weights = class_weights(np.asarray(counts)).to(device)
    network = StreetNet()
    network.backbone.load_imagenet(data / "weights/mobilenet_v2_1.0_224_imagenet.npz")

    def make_batch(step: int, _done: float) -> loop.Batch:
        if not mixer.scenes and step >= recipe.scenes_from and recipe.scenes:
            mixer.scenes = list(
                camvid.generate_scenes(recipe.scenes, (480, 360), first_seed=100_000)
            )
        rng = np.random.default_rng((recipe.seed, step))
        framing = recipe.at(step)[0].framing
        samples = [mixer.sample(framing, rng, recipe.scene_share) for _ in range(recipe.batch)]
        return loop.stack([(pixels, labels.astype(np.int64)) for pixels, labels in samples])

    def loss_of(network: nn.Module, batch: loop.Batch) -> dict[str, Tensor]:
        pixels, labels = batch
        with torch.autocast(device.type, torch.bfloat16):
            logits = network(pixels.contiguous(memory_format=torch.channels_last))
        return {"loss": segmentation_loss(logits, labels, weights)}

    def judge(network: nn.Module) -> str:
        ious = validate(network, val[::2], device)
        return f"val mIoU {ious.mean():.4f} " + " ".join(f"{value:.2f}" for value in ious)

    average = loop.train(
        network, network.backbone, make_batch, loss_of, judge, recipe, out, device=device
    )
    assert isinstance(average, StreetNet)
    return finish(average, mixer, val, recipe, out, device)


def finish(
    average: StreetNet,
    mixer: Mixer,
    val: list[camvid.Pair],
    recipe: Recipe,
    out: Path,
    device: torch.device,
) -> Path:
    """Calibrate the averaged network without pasted people, save it, say what that changed."""
    before = validate(average, val, device)
    plain, framing = Mixer(mixer.real, ()), recipe.cycles[-1].framing
    offsets = calibrate(average, average.classify, lambda rng: plain.sample(framing, rng, 0.0))
    after = validate(average, val, device)
    print("offsets " + " ".join(f"{value:+.2f}" for value in offsets), flush=True)
    print(f"val mIoU {before.mean():.4f} before, {after.mean():.4f} after calibration", flush=True)
    path = out / "final.pt"
    torch.save({"average": average.state_dict()}, path)
    return path


def main() -> None:
    """Parse the command line, train, export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data")
    parser.add_argument("--out", type=Path, default=ROOT / "runs/street")
    parser.add_argument("--no-export", action="store_true", help="stop after training")
    options = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    path = train(options.data, options.out, Recipe(), device)
    if not options.no_export:
        from training.export import export

        export("street", path, options.data)


if __name__ == "__main__":
    main()
