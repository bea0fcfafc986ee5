"""Sky: gradient, sun glow and clouds, worked out small and scaled up, for it has no hard edges."""

from __future__ import annotations

import cv2
import numpy as np

from seglib.scenes import owners
from seglib.scenes.dice import Dice
from seglib.scenes.stage import Stage
from seglib.scenes.texture import SIDE, Singles, fractal


def draw_sky(stage: Stage, dice: Dice) -> None:
    """Fill the canvas with sky down to a little under the horizon."""
    canvas, camera, light = stage.canvas, stage.camera, stage.light
    bottom = min(canvas.height, int(camera.horizon) + 2)
    canvas.pixels[..., 3] = owners.SKY
    if bottom <= 0:
        return
    w, h = max(8, canvas.width // 6), max(8, bottom // 6)
    column = ((np.arange(w) + 0.5) / w * canvas.width - canvas.width / 2) / camera.focal
    row = (camera.horizon - (np.arange(h) + 0.5) / h * bottom) / camera.focal
    across, up = np.meshgrid(column, np.maximum(row, 0.0))
    length = np.sqrt(across**2 + up**2 + 1)
    height = up / length
    mix = np.clip(height * 1.9, 0, 1)[..., None] ** 0.7
    sky = np.array(light.horizon) * (1 - mix) + np.array(light.zenith) * mix

    sx, sy, sz = stage.sun
    toward = np.clip((across * sx + up * sy + sz) / length, 0, 1)
    glow = 0.35 * toward**6 + 0.65 * toward**60
    glow *= {"day": 0.75, "overcast": 0.12, "dusk": 1.0}[light.time]
    warm = (255, 246, 224) if light.time != "dusk" else (255, 214, 150)
    sky += glow[..., None] * (np.array(warm) - sky)

    # Clouds lie on a plane overhead: nearer the horizon they are smaller and closer together.
    noise = fractal(71, coarsest=4, octaves=7, gain=0.58)
    spread = SIDE * 0.22 * dice.uniform(0.7, 1.6)
    flat = 1.0 / (up + 0.16)
    at_x = (across * flat * spread + dice.uniform(0, SIDE) + stage.clock * 1.5).astype(np.float32)
    at_y = (flat * spread + dice.uniform(0, SIDE)).astype(np.float32)
    cover = _sample(noise, at_x, at_y)
    shift = np.float32(spread * 0.05)
    toward_light = _sample(noise, at_x + shift * np.float32(np.sign(sx) or 1.0), at_y - shift)
    threshold = 1.5 - 2.9 * light.clouds
    dense = np.clip((cover - threshold) * 0.9, 0, 1)
    dense = dense * dense * (3 - 2 * dense)
    relief = np.clip(0.5 + 0.55 * (cover - toward_light) - 0.18 * (cover - threshold), 0, 1)
    bright = {"day": (255, 253, 250), "overcast": (238, 240, 243), "dusk": (255, 206, 168)}
    dark = {"day": (176, 186, 202), "overcast": (158, 166, 178), "dusk": (112, 98, 130)}
    cloud = np.array(dark[light.time]) + relief[..., None] * (
        np.array(bright[light.time]) - np.array(dark[light.time])
    )
    cloud += 0.5 * glow[..., None] * (np.array(warm) - cloud)
    thin = np.clip(height * 9, 0.25, 1)
    dense = (dense * thin)[..., None] * 0.92
    sky = sky * (1 - dense) + cloud * dense
    small = np.clip(sky, 0, 255).astype(np.uint8)
    canvas.pixels[:bottom, :, :3] = cv2.resize(
        small, (canvas.width, bottom), interpolation=cv2.INTER_CUBIC
    )


def _sample(noise: Singles, x: Singles, y: Singles) -> Singles:
    out: Singles = cv2.remap(
        noise,
        np.mod(x, SIDE).astype(np.float32),
        np.mod(y, SIDE).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_WRAP,
    ).astype(np.float32, copy=False)
    return out
