"""Turn a trained network into what the app ships: OpenVINO IR with FP16 weights, and its facts.

``python -m training.export street --checkpoint runs/street/final.pt``; the other models likewise.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import openvino as ov
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from seglib.engine import Precision
from seglib.models import Evaluation
from training.everyday_network import EverydayNet
from training.network import INPUT_SIZE, StreetNet, count_macs

ROOT = Path(__file__).resolve().parent.parent
INPUT = "image"


class Outputs(nn.Module):
    """The everyday network with its outputs in the order of :data:`MODELS`, centres in 0..1."""

    def __init__(self, network: EverydayNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        semantic, centre, box, coefficients, prototypes = self.network(x)
        return semantic, centre.sigmoid(), box, coefficients, prototypes


@dataclass(frozen=True)
class Exported:
    """What to export.

    Parameters
    ----------
    build : callable
        Returns the network with fresh weights.
    size : (width, height)
        Of the input, pixels.
    outputs : tuple of str
        Names, in the network's order.
    wrap : callable, optional
        Goes around the network before it is converted.
    """

    build: Callable[[], nn.Module]
    size: tuple[int, int]
    outputs: tuple[str, ...]
    wrap: Callable[..., nn.Module] | None = None


MODELS = {
    "street": Exported(StreetNet, INPUT_SIZE, ("logits",)),
    "everyday": Exported(
        EverydayNet,
        (320, 320),
        ("semantic", "centre", "box", "coefficients", "prototypes"),
        Outputs,
    ),
    "foreground": Exported(lambda: StreetNet(1), (320, 320), ("logits",)),
    "nuclei": Exported(lambda: StreetNet(5), (384, 384), ("maps",)),
}


def fold_batch_norms(network: nn.Module) -> nn.Module:
    """Return a copy in evaluation mode with each batch norm folded into its convolution."""
    folded = deepcopy(network).eval()
    for module in list(folded.modules()):
        if isinstance(module, nn.Sequential):
            for index in range(len(module) - 1):
                first, second = module[index], module[index + 1]
                if isinstance(first, nn.Conv2d) and isinstance(second, nn.BatchNorm2d):
                    module[index] = fuse_conv_bn_eval(first, second)
                    module[index + 1] = nn.Identity()
    return folded


def load_network(checkpoint: Path, name: str = "street") -> nn.Module:
    """Return the averaged weights that training left, in evaluation mode."""
    network = MODELS[name].build()
    network.load_state_dict(
        torch.load(checkpoint, map_location="cpu", weights_only=True)["average"]
    )
    return network.eval()


def prepared(network: nn.Module, name: str) -> tuple[nn.Module, torch.Tensor]:
    """Return the network as it is converted, and an input of its size."""
    what = MODELS[name]
    folded = fold_batch_norms(network)
    example = torch.zeros(1, 3, what.size[1], what.size[0])
    return (what.wrap(folded).eval() if what.wrap else folded), example


def to_openvino(network: nn.Module, name: str = "street") -> ov.Model:
    """Convert to an OpenVINO model with static shape and named input and outputs."""
    folded, example = prepared(network, name)
    model = ov.convert_model(folded, example_input=example, input=[tuple(example.shape)])
    model.inputs[0].get_tensor().set_names({INPUT})
    for output, title in zip(model.outputs, MODELS[name].outputs, strict=True):
        output.get_tensor().set_names({title})
    return model


def to_onnx(network: nn.Module, path: Path, name: str = "street") -> Path:
    """Write the same network as ONNX: for measuring it in other runtimes, not shipped."""
    folded, example = prepared(network, name)
    torch.onnx.export(
        folded,
        (example,),
        str(path),
        input_names=[INPUT],
        output_names=list(MODELS[name].outputs),
        external_data=False,
        verbose=False,
    )
    return path


def export(name: str, checkpoint: Path, data: Path, *, judge: bool = True) -> None:
    """Write ``assets/models/NAME`` from a checkpoint and measure it on held-out pictures."""
    folder = ROOT / "assets/models" / name
    folder.mkdir(parents=True, exist_ok=True)
    network = load_network(checkpoint, name)
    for end in ("xml", "bin"):  # of older weights; training.quantise makes new ones
        (folder / f"{name}-int8.{end}").unlink(missing_ok=True)
    ov.save_model(to_openvino(network, name), folder / f"{name}.xml", compress_to_fp16=True)
    measured = {
        "parameters": sum(p.numel() for p in fold_batch_norms(network).parameters()),
        "gflops": round(2 * count_macs(network, MODELS[name].size) / 1e9, 3),
        "files_bytes": sum((folder / f"{name}.{end}").stat().st_size for end in ("xml", "bin")),
        "sha256": {
            f"{name}.{end}": hashlib.sha256((folder / f"{name}.{end}").read_bytes()).hexdigest()
            for end in ("xml", "bin")
        },
        "evaluations": [],
    }
    facts = folder / "measured.json"
    # written before the evaluation too, because loading the model checks the sums
    facts.write_text(json.dumps(measured, indent=2) + "\n")
    measured["evaluations"] = evaluations(name, data) if judge else []
    facts.write_text(json.dumps(measured, indent=2) + "\n")


def judge_street(data: Path, precision: Precision | None) -> Evaluation:
    """Judge on CamVid val as ``python -m seglib evaluate`` does."""
    from seglib.evaluate import evaluate_folder

    return evaluate_folder("street", "camvid", data / "camvid/val", precision=precision)


def judge_everyday(data: Path, precision: Precision | None) -> Evaluation:
    """Judge on held-out pictures; see :mod:`training.judge_everyday`."""
    from training.judge_everyday import evaluate

    return evaluate(data, precision)


def judge_foreground(data: Path, precision: Precision | None) -> Evaluation:
    """Judge on held-out pictures; see :mod:`training.judge_foreground`."""
    from training.judge_foreground import evaluate

    return evaluate(data, precision)


def judge_nuclei(data: Path, precision: Precision | None) -> Evaluation:
    """Judge on held-out pictures; see :mod:`training.judge_nuclei`."""
    from training.judge_nuclei import evaluate

    return evaluate(data, precision)


JUDGES: dict[str, Callable[[Path, Precision | None], Evaluation]] = {
    "street": judge_street,
    "everyday": judge_everyday,
    "foreground": judge_foreground,
    "nuclei": judge_nuclei,
}
"""Folder of the data and the precision asked for → what the exported model reaches."""


def evaluations(name: str, data: Path) -> list[dict[str, object]]:
    """Judge the exported model on pictures that training never saw: f32, then as it runs here."""
    if name not in JUDGES:
        return []
    exact = JUDGES[name](data, "f32")
    usual = JUDGES[name](data, None)
    found = [exact] if usual.precision == exact.precision else [exact, usual]
    return [evaluation.as_dict() for evaluation in found]


def main() -> None:
    """Parse the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", choices=list(MODELS))
    parser.add_argument("--checkpoint", type=Path, help="runs/MODEL/final.pt if not given")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data")
    parser.add_argument("--unjudged", action="store_true", help="do not measure how good it is")
    options = parser.parse_args()
    checkpoint = options.checkpoint or ROOT / f"runs/{options.model}/final.pt"
    export(options.model, checkpoint, options.data, judge=not options.unjudged)


if __name__ == "__main__":
    main()
