"""Train the small membrane classifier: ``python -m training.membrane`` (under ten minutes).

Ciresan et al. 2012 in small: a window of 65 x 65 pixels, four times convolution, rectifier and
pooling, two fully connected layers. It is trained as a fully convolutional network: a crop with
``n`` answers is a batch of ``n`` windows (Long et al. 2015, section 3.3), only that overlapping
windows share their work. Training asks for every fourth pixel: its neighbours' windows would teach
nearly the same at eleven times the cost. The ISBI 2012 pictures 18 to 23 are held out. One
crop in seven is of a picture of :func:`seglib.concepts.patches_sample.membranes`, so that the
picture which the app brings along is not foreign to it.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from seglib.concepts import patches, patches_graph
from seglib.concepts.patches_sample import membranes

ROOT = Path(__file__).resolve().parent.parent
WINDOW = 65
HELD_OUT = range(18, 24)
COMMAND = "python -m training.membrane --data DIR"


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the result."""

    widths: tuple[int, int, int, int] = (16, 32, 40, 56)
    hidden: int = 112
    steps: int = 6000
    batch: int = 2
    crop: int = 193
    stride: int = 4
    rate: float = 3e-3
    generated: int = 24
    generated_share: float = 0.15
    seed: int = 5


class MembraneNet(nn.Module):
    """``(N, 1, H, W)`` in -1..1 to logits (membrane, cell) of every ``stride``-th whole window."""

    def __init__(self, widths: tuple[int, int, int, int], hidden: int, stride: int = 1) -> None:
        super().__init__()
        self.strides, self.spreads = [], []
        inputs, convolutions, reached, spread = 1, [], 1, 1
        for width, kernel in zip(widths, (4, 4, 3, 3), strict=True):
            convolutions.append(nn.Conv2d(inputs, width, kernel, dilation=spread))
            self.spreads.append(spread)
            self.strides.append(2 if reached < stride else 1)
            reached *= self.strides[-1]
            spread *= 2 // self.strides[-1]
            inputs = width
        self.convolutions = nn.ModuleList(convolutions)
        self.hidden = nn.Conv2d(inputs, hidden, 2, dilation=spread)
        self.answer = nn.Conv2d(hidden, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        for convolution, stride, spread in zip(
            self.convolutions, self.strides, self.spreads, strict=True
        ):
            x = F.max_pool2d(F.relu(convolution(x)), 2, stride=stride, dilation=spread)
        return self.answer(F.dropout(F.relu(self.hidden(x)), 0.2, self.training))

    def patch_net(self) -> patches.PatchNet:
        """Return the weights as the patch classifier of the library."""
        layers: list[patches.Layer] = []
        for convolution in self.convolutions:
            layers += [patches.Conv(*_arrays(convolution)), patches.Pool(2)]
        for module in (self.hidden, self.answer):
            weight, bias = _arrays(module)
            layers.append(patches.Dense(weight.reshape(len(weight), -1), bias))
        return patches.PatchNet(tuple(layers), WINDOW)


def _arrays(module: nn.Module) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    assert isinstance(module, nn.Conv2d)
    assert module.bias is not None
    return module.weight.detach().numpy().copy(), module.bias.detach().numpy().copy()


def read(folder: Path, numbers: range) -> list[tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
    """Read pictures and labels (0 membrane, 1 cell)."""
    pairs = []
    for number in numbers:
        picture = cv2.imread(str(folder / f"{number:02}.image.png"), cv2.IMREAD_GRAYSCALE)
        label = cv2.imread(str(folder / f"{number:02}.label.png"), cv2.IMREAD_GRAYSCALE)
        if picture is None or label is None:
            raise FileNotFoundError(folder / f"{number:02}.image.png")
        pairs.append((picture, (label > 127).astype(np.uint8)))
    return pairs


class Crops:
    """Random crops, turned and mirrored, with light and contrast changed."""

    def __init__(self, real: list[Any], generated: list[Any], recipe: Recipe) -> None:
        margin = WINDOW // 2
        self.real, self.generated = (
            [(np.pad(p, margin, mode="symmetric"), label) for p, label in pairs]
            for pairs in (real, generated)
        )
        self.recipe = recipe

    def sample(self, rng: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """Return a crop ``(crop + 64,) * 2`` and the label of every ``stride``-th pixel."""
        made = rng.random() < self.recipe.generated_share
        pairs = self.generated if made else self.real
        picture, label = pairs[rng.integers(len(pairs))]
        crop = self.recipe.crop
        y, x = (int(rng.integers(side - crop + 1)) for side in label.shape)
        pixels = picture[y : y + crop + WINDOW - 1, x : x + crop + WINDOW - 1]
        label = label[y : y + crop, x : x + crop]
        turns, flip = int(rng.integers(4)), rng.random() < 0.5
        pixels, label = np.rot90(pixels, turns), np.rot90(label, turns)
        if flip:
            pixels, label = pixels[:, ::-1], label[:, ::-1]
        values = patches_graph.scaled(np.ascontiguousarray(pixels))
        values = (values - values.mean()) * rng.uniform(0.7, 1.35) + values.mean()
        values = values + rng.uniform(-0.25, 0.25)
        values = values + rng.normal(0, rng.uniform(0, 0.08), values.shape)
        stride = self.recipe.stride
        return values.astype(np.float32), np.ascontiguousarray(label[::stride, ::stride])


def train(data: Path, recipe: Recipe) -> MembraneNet:
    """Train from nothing."""
    torch.manual_seed(recipe.seed)
    real = read(data / "membrane", range(18))
    generated = []
    for seed in range(1000, 1000 + recipe.generated):
        picture, membrane = membranes(seed, size=(256, 256))
        generated.append((picture, (~membrane).astype(np.uint8)))
    crops = Crops(real, generated, recipe)
    network = MembraneNet(recipe.widths, recipe.hidden, recipe.stride)
    optimiser = torch.optim.AdamW(network.parameters(), lr=recipe.rate, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, recipe.rate, total_steps=recipe.steps, pct_start=0.1
    )
    started, losses = time.monotonic(), []
    network.train()
    for step in range(recipe.steps):
        samples = [
            crops.sample(np.random.default_rng((recipe.seed, step, number)))
            for number in range(recipe.batch)
        ]
        pixels = torch.from_numpy(np.stack([s[0] for s in samples]))[:, None]
        labels = torch.from_numpy(np.stack([s[1] for s in samples]).astype(np.int64))
        with torch.autocast("cpu", torch.bfloat16):
            logits = network(pixels)
        loss = F.cross_entropy(logits.float(), labels)
        if not torch.isfinite(loss):
            raise FloatingPointError(f"the loss of step {step} is {loss.item()}: start again")
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        losses.append(loss.item())
        if (step + 1) % 25 == 0:
            left = (time.monotonic() - started) / (step + 1) * (recipe.steps - step - 1) / 60
            print(
                f"step {step + 1} loss {np.mean(losses[-25:]):.4f} {left:.1f} min left", flush=True
            )
    return network.eval()


def main() -> None:
    """Parse the command line, train, export, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=Recipe.steps)
    parser.add_argument("--out", type=Path, default=ROOT / "assets/concepts/membrane")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    recipe = Recipe(steps=options.steps)
    started = time.monotonic()
    network = train(options.data, recipe)
    minutes = (time.monotonic() - started) / 60
    from training.membrane_measure import measure

    options.out.mkdir(parents=True, exist_ok=True)
    patches_graph.save(network.patch_net(), options.out / "membrane.xml")
    facts = measure(options.out / "membrane.xml", options.data / "membrane", HELD_OUT)
    facts["training"] = {
        "command": COMMAND,
        "pictures": "ISBI 2012, 18 of 24; 24 generated pictures in 15 % of the crops",
        "steps": recipe.steps,
        "minutes": round(minutes, 1),
        "threads": options.threads,
    }
    (options.out / "measured.json").write_text(json.dumps(facts, indent=2) + "\n")
    print(json.dumps(facts, indent=2))


if __name__ == "__main__":
    main()
