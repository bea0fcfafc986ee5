"""Turn a trained network into what the app ships: OpenVINO IR with FP16 weights, and its facts.

``python -m training.export street --checkpoint runs/street/final.pt``
"""

from __future__ import annotations

import argparse
import hashlib
import json
from copy import deepcopy
from pathlib import Path

import openvino as ov
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from training.network import INPUT_SIZE, StreetNet, count_macs

ROOT = Path(__file__).resolve().parent.parent
INPUT, OUTPUT = "image", "logits"


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


def load_network(checkpoint: Path) -> StreetNet:
    """Return the averaged weights that training left, in evaluation mode."""
    network = StreetNet()
    network.load_state_dict(
        torch.load(checkpoint, map_location="cpu", weights_only=True)["average"]
    )
    return network.eval()


def to_openvino(network: nn.Module) -> ov.Model:
    """Convert to an OpenVINO model with static shape and named input and output."""
    example = torch.zeros(1, 3, INPUT_SIZE[1], INPUT_SIZE[0])
    model = ov.convert_model(
        fold_batch_norms(network), example_input=example, input=[tuple(example.shape)]
    )
    model.inputs[0].get_tensor().set_names({INPUT})
    model.outputs[0].get_tensor().set_names({OUTPUT})
    return model


def to_onnx(network: nn.Module, path: Path) -> Path:
    """Write the same network as ONNX: for measuring it in other runtimes, not shipped."""
    example = torch.zeros(1, 3, INPUT_SIZE[1], INPUT_SIZE[0])
    torch.onnx.export(
        fold_batch_norms(network),
        (example,),
        str(path),
        input_names=[INPUT],
        output_names=[OUTPUT],
        external_data=False,
        verbose=False,
    )
    return path


def export_street(checkpoint: Path, data: Path) -> None:
    """Write ``assets/models/street`` from a checkpoint and measure it on CamVid's val frames."""
    folder = ROOT / "assets/models/street"
    folder.mkdir(parents=True, exist_ok=True)
    network = load_network(checkpoint)
    ov.save_model(to_openvino(network), folder / "street.xml", compress_to_fp16=True)
    measured = {
        "parameters": sum(p.numel() for p in fold_batch_norms(network).parameters()),
        "gflops": round(2 * count_macs(network) / 1e9, 3),
        "files_bytes": sum((folder / f"street.{end}").stat().st_size for end in ("xml", "bin")),
        "sha256": {
            f"street.{end}": hashlib.sha256((folder / f"street.{end}").read_bytes()).hexdigest()
            for end in ("xml", "bin")
        },
        "evaluations": [],
    }
    facts = folder / "measured.json"
    # written before the evaluation too, because loading the model checks the sums
    facts.write_text(json.dumps(measured, indent=2) + "\n")
    measured["evaluations"] = evaluations(data)
    facts.write_text(json.dumps(measured, indent=2) + "\n")


def evaluations(data: Path) -> list[dict[str, object]]:
    """Judge the exported model as ``python -m seglib evaluate`` does, in each precision."""
    from seglib.evaluate import evaluate_folder

    folder = data / "camvid/val"
    exact = evaluate_folder("street", "camvid", folder, precision="f32")
    usual = evaluate_folder("street", "camvid", folder)
    found = [exact] if usual.precision == exact.precision else [exact, usual]
    return [evaluation.as_dict() for evaluation in found]


def main() -> None:
    """Parse the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", choices=["street"])
    parser.add_argument("--checkpoint", type=Path, default=ROOT / "runs/street/final.pt")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data")
    options = parser.parse_args()
    export_street(options.checkpoint, options.data)


if __name__ == "__main__":
    main()
