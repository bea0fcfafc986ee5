"""Networks of a few hundred weights, made while a test runs: no file in the repository."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openvino
import openvino.opset15 as ops

CLASSES = 11


def conv_net(
    folder: Path,
    *,
    height: int = 36,
    width: int = 48,
    seed: int = 0,
    depth: int = 2,
    named: bool = True,
    fp16: bool = True,
    name: str = "tiny",
) -> Path:
    """Save a network (1, 3, H, W) float32 -> (1, 11, H/2, W/2) float32 and return its ``.xml``."""
    rng = np.random.default_rng(seed)
    image = ops.parameter([1, 3, height, width], np.float32, name="image")
    x, channels = image, 3
    for layer in range(depth):
        out = CLASSES if layer == depth - 1 else 8
        weights = rng.normal(size=(out, channels, 3, 3)) / np.sqrt(channels * 9)
        stride = [2, 2] if layer == 0 else [1, 1]
        x = ops.convolution(
            x, ops.constant(weights.astype(np.float32)), stride, [1, 1], [1, 1], [1, 1]
        )
        x.set_friendly_name(f"conv{layer}")
        if layer < depth - 1:
            x = ops.relu(x)
            x.set_friendly_name(f"relu{layer}")
        channels = out
    if named:
        image.output(0).get_tensor().set_names({"image"})
        x.output(0).get_tensor().set_names({"logits"})
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.xml"
    openvino.save_model(openvino.Model([x], [image], name), str(path), compress_to_fp16=fp16)
    return path


def colour_net(
    folder: Path,
    *,
    height: int = 36,
    width: int = 48,
    name: str = "colours",
    quantised: bool = False,
) -> Path:
    """Save a network whose answer is known by hand.

    Output at half size: class 0 where red is the largest channel, 1 where green, 2 where blue;
    classes 3 to 10 never win. ``quantised``: pixels and weights in 255 steps, as quantising after
    training leaves them.
    """
    image = ops.parameter([1, 3, height, width], np.float32, name="image")
    image.output(0).get_tensor().set_names({"image"})
    weights = np.zeros((CLASSES, 3, 1, 1), np.float32)
    weights[[0, 1, 2], [0, 1, 2]] = 8.0
    kernel = ops.constant(weights)
    pooled = ops.avg_pool(image, [2, 2], [0, 0], [0, 0], [2, 2], exclude_pad=True)
    if quantised:
        pooled, kernel = _in_steps(pooled, 1.0), _in_steps(kernel, 8.0)
    flat = ops.convolution(pooled, kernel, [1, 1], [0, 0], [0, 0], [1, 1])
    bias = np.full((1, CLASSES, 1, 1), -50.0, np.float32)
    bias[:, :3] = 0.0
    logits = ops.add(flat, ops.constant(bias))
    logits.set_friendly_name("logits")
    logits.output(0).get_tensor().set_names({"logits"})
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.xml"
    openvino.save_model(openvino.Model([logits], [image], name), str(path), compress_to_fp16=True)
    return path


def _in_steps(values: openvino.Node, largest: float) -> openvino.Node:
    """Round to 255 steps between ``-largest`` and ``largest``."""
    low, high = ops.constant(np.float32(-largest)), ops.constant(np.float32(largest))
    return ops.fake_quantize(values, low, high, low, high, 255)
