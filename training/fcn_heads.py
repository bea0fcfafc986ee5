"""Train the heads of the page "Skip fusion": ``python -m training.fcn_heads`` (a few minutes).

Three 1 x 1 convolutions read frozen features of the bundled street network: its context at 1/16
(averaged over 2 x 2 for 1/32, a stride that the network itself does not have), its backbone at 1/16
before the atrous stage, and its backbone at 1/8. As in Long et al. 2015, section 4.3, FCN-32s comes
first, then a head at a finer stride is added that starts at zero; here the coarser heads stay as
they are, so that the three networks share their scores. The network runs once a picture, in f32.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from seglib import metrics
from seglib.concepts import fusion, fusion_graph
from seglib.concepts.fusion import STRIDES
from seglib.images import Image
from seglib.models import activations, find
from training import camvid
from training.losses import class_weights

ROOT = Path(__file__).resolve().parent.parent
COMMAND = "python -m training.fcn_heads --data DIR"
LAYERS = {
    32: "__module.context.merge.2/aten::relu_/Relu",
    16: "__module.backbone/aten::relu6/Clamp_26",
    8: "__module.backbone/aten::relu6/Clamp_12",
}
SIZE = (480, 360)


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the result."""

    epochs: int = 12
    batch: int = 8
    rate: float = 1e-2
    weight_decay: float = 1e-3
    seed: int = 3


@dataclass
class Features:
    """What the network holds for a set of pictures, by stride ``(N, C, h, w) float16``."""

    maps: dict[int, Tensor]
    labels: Tensor


def collect(pairs: list[camvid.Pair]) -> Features:
    """Run the network once for each picture and keep its features in half precision."""
    card = find("street")
    names = list(dict.fromkeys(LAYERS.values()))
    maps: dict[int, list[NDArray[np.float16]]] = {stride: [] for stride in STRIDES}
    for number, pair in enumerate(pairs):
        held = activations(card, Image(pair.pixels), names, precision="f32")
        for stride, name in LAYERS.items():
            features = fusion.halve(held[name]) if stride == 32 else held[name]
            maps[stride].append(features.astype(np.float16))
        if (number + 1) % 100 == 0:
            print(f"features of {number + 1} of {len(pairs)} pictures", flush=True)
    return Features(
        {stride: torch.from_numpy(np.stack(found)) for stride, found in maps.items()},
        torch.from_numpy(np.stack([pair.labels for pair in pairs]).astype(np.int64)),
    )


class Network:
    """The three heads and their fusion in PyTorch."""

    def __init__(self, features: Features, classes: int = 11) -> None:
        self.heads = {
            stride: torch.nn.Conv2d(maps.shape[1], classes, 1)
            for stride, maps in features.maps.items()
        }
        for stride in (16, 8):
            torch.nn.init.zeros_(self.heads[stride].weight)
            torch.nn.init.zeros_(self.heads[stride].bias)

    def fused(self, maps: Mapping[int, Tensor], stride: int) -> Tensor:
        """Return the scores of FCN-32s, -16s or -8s at their own stride."""
        scores = self.heads[stride](maps[stride].float())
        if stride == 32:
            return scores
        coarse = F.interpolate(
            self.fused(maps, 2 * stride), scale_factor=2, mode="bilinear", align_corners=False
        )
        return coarse[..., : scores.shape[2], : scores.shape[3]] + scores


def train(features: Features, recipe: Recipe) -> Network:
    """Train one head after the other, coarse to fine."""
    torch.manual_seed(recipe.seed)
    network = Network(features)
    counts = torch.bincount(features.labels.flatten(), minlength=256)[:11]
    weights = class_weights(counts.numpy())
    count = len(features.labels)
    for stride in STRIDES:
        head = network.heads[stride]
        optimiser = torch.optim.AdamW(
            head.parameters(), lr=recipe.rate, weight_decay=recipe.weight_decay
        )
        steps = recipe.epochs * -(-count // recipe.batch)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
        for _ in range(recipe.epochs):
            losses = []
            for index in torch.randperm(count).split(recipe.batch):
                maps = {s: features.maps[s][index] for s in STRIDES if s >= stride}
                # half the picture's resolution: enough to place borders, four times as quick
                logits = F.interpolate(
                    network.fused(maps, stride),
                    scale_factor=stride // 2,
                    mode="bilinear",
                    align_corners=False,
                )[..., : SIZE[1] // 2, : SIZE[0] // 2]
                target = features.labels[index][:, 1::2, 1::2]
                loss = F.cross_entropy(logits, target, weights, ignore_index=camvid.VOID)
                optimiser.zero_grad(set_to_none=True)
                loss.backward()
                optimiser.step()
                schedule.step()
                losses.append(loss.item())
            print(f"FCN-{stride}s loss {np.mean(losses):.4f}", flush=True)
        head.requires_grad_(False)
    return network


def evaluate(heads: fusion_graph.Heads, pairs: list[camvid.Pair]) -> list[dict[str, Any]]:
    """Judge the stored heads as the app runs them."""
    card = find("street")
    names = list(dict.fromkeys(heads.layers.values()))
    matrices = {stride: np.zeros((11, 11), np.int64) for stride in STRIDES}
    for pair in pairs:
        held = activations(card, Image(pair.pixels), names, precision="f32")
        fused = fusion_graph.fuse(*heads.scores(held))
        size = (pair.labels.shape[1], pair.labels.shape[0])
        for stride in STRIDES:
            logits = fusion_graph.to_picture(fused.of(stride), stride, SIZE, size)
            matrices[stride] += metrics.confusion_matrix(
                pair.labels, logits.argmax(0), num_classes=11, ignore_label=camvid.VOID
            )
    return [
        {
            "network": f"FCN-{stride}s",
            "dataset": "camvid",
            "split": "val",
            "images": len(pairs),
            "size": list(SIZE),
            "precision": "f32",
            "ignore": camvid.VOID,
            "mean_iou": float(metrics.mean_iou(matrix, absent="skip")),
            "pixel_accuracy": float(metrics.pixel_accuracy(matrix)),
            "per_class": {
                label.name: float(value)
                for label, value in zip(
                    card.labels, metrics.iou(matrix, absent="skip"), strict=True
                )
            },
            "method": "one confusion matrix over all pixels of all pictures, absent skipped",
        }
        for stride, matrix in matrices.items()
    ]


def main() -> None:
    """Parse the command line, train, store, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, default=ROOT / "assets/concepts/fcn_heads")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    recipe, started = Recipe(), time.monotonic()
    features = collect(camvid.read_pairs(options.data / "camvid/train"))
    network = train(features, recipe)
    minutes = (time.monotonic() - started) / 60
    arrays = {}
    for stride, head in network.heads.items():
        assert head.bias is not None
        arrays[f"weight{stride}"] = head.weight[:, :, 0, 0].numpy().astype(np.float16)
        arrays[f"bias{stride}"] = head.bias.numpy().astype(np.float32)
    options.out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(options.out / "heads.npz", **arrays)
    card = find("street")
    facts: dict[str, Any] = {
        "parameters": sum(array.size for array in arrays.values()),
        "files_bytes": (options.out / "heads.npz").stat().st_size,
        "layers": {str(stride): name for stride, name in LAYERS.items()},
        "channels": {str(stride): arrays[f"weight{stride}"].shape[1] for stride in STRIDES},
        # features of other weights would make no sense to these heads
        "street_sha256": dict(card.measured.sha256),
        "training": {
            "command": COMMAND,
            "pictures": "CamVid train, 367",
            "epochs": recipe.epochs,
            "minutes": round(minutes, 1),
            "threads": options.threads,
        },
        "evaluations": [],
    }
    path = options.out / "measured.json"
    path.write_text(json.dumps(facts, indent=2) + "\n")
    facts["evaluations"] = evaluate(
        fusion_graph.load_heads(options.out), camvid.read_pairs(options.data / "camvid/val")
    )
    path.write_text(json.dumps(facts, indent=2) + "\n")
    print(json.dumps(facts, indent=2))


if __name__ == "__main__":
    main()
