"""Train the everyday model: ``python -m training.everyday`` (checkpoints; run again to go on).

A second cycle learns from a teacher too: ``--start-from runs/everyday/checkpoint.pt --teacher
../shared/models/reference/deeplabv3_mnv2_pascal_quant.tflite --out runs/everyday-taught``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from seglib import metrics
from training import everyday_data as data
from training.augment import relight
from training.calibrate import calibrate
from training.everyday_augment import Mixer, warp
from training.everyday_losses import everyday_loss
from training.everyday_network import CLASSES, CONTEXT, Answer, EverydayNet
from training.everyday_teacher import Pupil, ask, teacher_loss
from training.loop import Batch, Schedule, command_line, freeze_early, stack, train
from training.losses import class_weights

COMMON = [0, 8, 10, 12, 13, 15, 17]
"""Background, cat, cow, dog, horse, person, sheep: the classes with most pictures."""


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the result, besides the schedule.

    Small samples first: a step takes two thirds of the time, and things are as large as they are in
    the larger ones. The backbone learns slowly: what it knows of ImageNet's animals and vehicles is
    worth more than what a few thousand pictures can teach.
    """

    sides: tuple[int, int] = (256, 320)
    """Of the samples: of the first part of the training, and of the rest."""
    scales: tuple[tuple[float, float], tuple[float, float]] = ((0.8, 2.0), (0.7, 1.6))
    larger_from: float = 0.7
    """Share of the training after which the larger samples come."""
    batch: int = 12
    streets: int = 24
    backbone_rate: float = 1.5e-4
    seed: int = 7
    held_out: int = 16
    """Every so many pictures, one is kept for validation (our own split)."""


def read(folder: Path) -> tuple[list[data.Sample], list[data.Sample]]:
    """Return the samples to learn from and our own validation split."""
    recipe = Recipe()
    voc = list(data.read_voc(folder / "voc"))
    coco = list(data.read_coco(folder / "coco/train", folder / "coco/instances_train.json"))
    horses = list(data.read_masks(folder / "salient", "horse_*", data.HORSE))
    people = list(data.read_masks(folder / "clothing", "*", data.PERSON))
    learn = [s for i, s in enumerate(voc) if i % recipe.held_out] + horses + people
    learn += data.read_streets(recipe.streets)
    learn += data.read_drives(folder / "camvid/train")
    learn += data.read_unlabelled(folder / "salient")
    learn += [s for i, s in enumerate(coco) if i % (recipe.held_out // 2)]
    return learn, voc[:: recipe.held_out] + coco[:: recipe.held_out // 2]


def damped(weights: Tensor, counts: np.ndarray) -> Tensor:
    """Take the root of class weights; the mean pixel still weighs 1.

    The full weights made the network see rare things in every background: a shift of the
    background's score by 2 was then worth 3 points of mean IoU.
    """
    root = weights.sqrt()
    share = torch.tensor(counts / counts.sum(), dtype=torch.float32)
    return root / (root * share).sum()


def fit(pixels: np.ndarray, side: int) -> tuple[np.ndarray, tuple[int, int]]:
    """Fit a picture into the left top of a black square; returns it and the size used."""
    import cv2

    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    square = np.zeros((side, side, 3), np.uint8)
    square[: size[1], : size[0]] = cv2.resize(pixels, size, interpolation=how)
    return square, size


@torch.no_grad()
def semantic_matrix(network: nn.Module, samples: list[data.Sample], side: int) -> np.ndarray:
    """Confusion matrix of the semantic answer at the pictures' own size."""
    network.eval()
    device = next(network.parameters()).device
    matrix = np.zeros((CLASSES, CLASSES), np.int64)
    for sample in samples:
        square, (width, height) = fit(sample.pixels, side)
        x = torch.from_numpy(square).to(device).permute(2, 0, 1)[None].float() / 127.5 - 1
        answer: Answer = network(x)
        logits = F.interpolate(answer.semantic.float(), size=(side, side), mode="bilinear")
        logits = F.interpolate(
            logits[:, :, :height, :width], size=sample.labels.shape, mode="bilinear"
        )
        found = logits.argmax(1)[0].cpu().numpy()
        matrix += metrics.confusion_matrix(
            sample.labels, found, num_classes=CLASSES, ignore_label=data.VOID
        )
    return matrix


def as_they_are(
    samples: list[data.Sample], recipe: Recipe, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return pixels and labels of a photograph, nothing pasted, no class more often than others.

    Calibrating needs the classes as often as they come.
    """
    sample = warp(samples[rng.integers(len(samples))], recipe.sides[1], (0.85, 1.3), rng)
    pixels = relight(sample.pixels, rng)
    return np.ascontiguousarray((pixels * 2 - 1).transpose(2, 0, 1), np.float32), sample.labels


def finish(
    network: EverydayNet, learn: list[data.Sample], held_out: list[data.Sample], out: Path
) -> Path:
    """Calibrate the biases of the classes, save the network, say what that changed."""
    recipe = Recipe()
    photos = [sample for sample in learn if sample.source == "voc"]
    judged = [sample for sample in held_out if sample.source == "voc"]
    before = metrics.iou(semantic_matrix(network, judged, recipe.sides[1]))
    offsets = calibrate(
        network,
        network.semantic,
        lambda rng: as_they_are(photos, recipe, rng),
        samples=500,
        share=0.02,
        logits_of=lambda answer: answer.semantic,
    )
    after = metrics.iou(semantic_matrix(network, judged, recipe.sides[1]))
    print("offsets " + " ".join(f"{value:+.2f}" for value in offsets), flush=True)
    for title, iou in (("before", before), ("after", after)):
        mean, common = np.nanmean(iou), np.nanmean(iou[COMMON])
        print(f"VOC held out {title}: mIoU {mean:.4f} common {common:.4f}", flush=True)
    path = out / "final.pt"
    torch.save({"average": network.state_dict()}, path)
    return path


def main() -> None:
    """Parse the command line and train."""
    options = command_line(__doc__ or "", "everyday", steps=6000, finish=True, teacher=True)
    recipe = Recipe()
    device = torch.device(options.device)
    torch.manual_seed(recipe.seed)
    learn, held_out = read(options.data)
    network = EverydayNet()
    if options.finish:
        stored = torch.load(options.out / "checkpoint.pt", map_location="cpu", weights_only=True)
        network.load_state_dict(own(stored["average"]))
        finish(network.to(device), learn, held_out, options.out)
        return
    if options.start_from:
        stored = torch.load(options.start_from, map_location="cpu", weights_only=True)
        network.load_state_dict(own(stored["average"]))
    else:
        network.backbone.load_imagenet(options.data / "weights/mobilenet_v2_1.0_224_imagenet.npz")
    freeze_early(network.backbone)
    pupil = Pupil(network, network.context, CONTEXT)
    mixer = Mixer(learn, data.cutouts(learn))
    print(f"{len(learn)} pictures, {sum(map(len, mixer.of_class.values()))} cut-outs", flush=True)
    counts = sum(np.bincount(s.labels.ravel(), minlength=256)[:CLASSES] for s in learn)
    weights = damped(class_weights(np.asarray(counts)), np.asarray(counts)).to(device)
    lessons = ask(options.teacher, learn) if options.teacher else None

    def make_batch(step: int, done: float) -> Batch:
        rng = np.random.default_rng((recipe.seed + (options.start_from is not None), step))
        late = int(done >= recipe.larger_from)
        side, scales = recipe.sides[late], recipe.scales[late]
        drawn = [mixer.sample(side, scales, rng) for _ in range(recipe.batch)]
        batch = stack([each[:3] for each in drawn])
        return batch if lessons is None else (*batch, *lessons.of(drawn))

    def loss_of(pupil: nn.Module, batch: Batch) -> dict[str, Tensor]:
        assert isinstance(pupil, Pupil)
        pixels, labels, ids, *taught = batch
        with torch.autocast(device.type, torch.bfloat16):
            answer = pupil(pixels.contiguous(memory_format=torch.channels_last))
            seen = pupil.adapter(pupil.deep) if taught else None
        terms = everyday_loss(answer, labels, ids, weights)
        if seen is not None:
            terms |= teacher_loss(answer.semantic, seen, labels, *taught)
        return terms

    def validate(pupil: nn.Module) -> str:
        assert isinstance(pupil, Pupil)
        iou = metrics.iou(semantic_matrix(pupil.network, held_out, recipe.sides[1]))
        common = iou[COMMON]
        each = " ".join("-" if np.isnan(v) else f"{v:.2f}" for v in iou)
        return f"val mIoU {np.nanmean(iou):.4f} common {np.nanmean(common):.4f} | {each}"

    average = train(
        pupil,
        network.backbone,
        make_batch,
        loss_of,
        validate,
        Schedule(options.steps, backbone_rate=recipe.backbone_rate, decoder_rate=1.5e-3),
        options.out,
        device=device,
        minutes=options.minutes,
    )
    assert isinstance(average, Pupil)
    assert isinstance(average.network, EverydayNet)
    finish(average.network, learn, held_out, options.out)


def own(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the network's own weights out of those of a pupil, or as they are."""
    inside = {k.removeprefix("network."): v for k, v in weights.items() if k.startswith("network.")}
    return inside or weights


if __name__ == "__main__":
    main()
