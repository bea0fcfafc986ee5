"""The far end of the view: hazy trees and roofs on the horizon, and the own car's bonnet."""

from __future__ import annotations

import numpy as np

from seglib.scenes import owners
from seglib.scenes.dice import Dice
from seglib.scenes.stage import Stage
from seglib.scenes.texture import SIDE, fractal


def draw_backdrop(stage: Stage, dice: Dice, green: float) -> None:
    """Draw a line of roofs and one of trees, standing far away all around."""
    canvas, camera, light = stage.canvas, stage.camera, stage.light
    noise = fractal(81, coarsest=8, octaves=6)[int(dice.uniform(0, SIDE))]
    x = np.linspace(0, canvas.width, 90)
    # Angles, not pixels, so that it stays put when the camera turns.
    angle = np.arctan2(x - canvas.width / 2, camera.focal) + camera.yaw
    for far, height, rgb, owner in (
        (300.0, 11.0, (150, 132, 120), owners.BUILDING),
        (210.0, 7.5, (66, 82, 54), owners.TREE),
    ):
        if owner == owners.TREE and green <= 0:
            continue
        scale = 500.0 if owner == owners.TREE else 90.0
        at = angle * scale + far
        if owner == owners.BUILDING:
            at = np.floor(at / 3) * 3
        rise = height * (0.75 + 0.28 * np.interp(np.mod(at, SIDE), np.arange(SIDE), noise))
        top = camera.horizon - (np.maximum(rise, 1.5) - camera.eye) * camera.focal / far
        foot = np.full_like(top, camera.horizon + 2.0)
        outline = np.concatenate([np.stack([x, top], axis=1), np.stack([x[::-1], foot], axis=1)])
        canvas.polygon(outline, light.shade(rgb, (0, 0, -1), far * 0.8, lit=0.5), owner)


def draw_bonnet(stage: Stage, dice: Dice) -> None:
    """Draw the top of the own bonnet at the foot of the picture; it has no class."""
    canvas = stage.canvas
    w, h = canvas.width, canvas.height
    rgb = dice.vary(dice.pick([(40, 48, 66), (120, 124, 130), (30, 30, 32), (90, 24, 26)]), 10)
    rise, lean = dice.uniform(0.05, 0.11) * h, dice.bell(0.04) * h
    x = np.linspace(0, 1, 24)
    for shrink, level in ((1.0, 0.55), (0.82, 0.8), (0.55, 1.0)):
        top = h - rise * shrink * (1 - 0.85 * (2 * x - 1) ** 2) - lean * (x - 0.5)
        outline = np.stack([np.r_[x * w, w, 0], np.r_[top, h + 2, h + 2]], axis=1)
        shade = stage.light.shade(
            (rgb[0] * level, rgb[1] * level, rgb[2] * level), (0, 1, 0), 0.0, gloss=0.7
        )
        canvas.polygon(outline, shade, owners.VOID)
