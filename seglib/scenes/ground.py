"""Road, kerbs, pavements, markings and what lies beyond; then grain, shadows and haze over it."""

from __future__ import annotations

import cv2
import numpy as np

from seglib.scenes import owners
from seglib.scenes.camera import NEAR, Floats, cut_near
from seglib.scenes.canvas import fixed
from seglib.scenes.dice import Dice, Rgb
from seglib.scenes.road import CELL, GAP, KERB
from seglib.scenes.stage import Stage
from seglib.scenes.texture import SIDE, asphalt

UP: Rgb = (0.0, 1.0, 0.0)
_REACH = 260.0


def along(stage: Stage, start: float = 0.5, end: float = _REACH) -> Floats:
    """Places along the street from just ahead to far away, closer together near the camera."""
    return stage.camera.z + np.geomspace(start, end, 40)


def draw_ground(stage: Stage, dice: Dice, cells: range, verges: dict[tuple[int, int], str]) -> None:
    """Draw everything flat.

    Parameters
    ----------
    stage : Stage
        The frame.
    dice : Dice
        Chance.
    cells : range
        Cells in view.
    verges : dict
        Ground beyond the pavement by (cell, side): ``paved`` or ``grass``.
    """
    canvas, camera, road, light = stage.canvas, stage.camera, stage.road, stage.light

    def tone(rgb: Rgb) -> Rgb:
        return light.shade(rgb, UP, 0.0)

    stone = tone(
        dice.vary(
            dice.pick([(150, 145, 138), (138, 134, 130), (160, 152, 142), (128, 124, 124)]), 14
        )
    )
    tar = tone(
        dice.vary(dice.pick([(98, 98, 102), (86, 86, 90), (112, 110, 110), (104, 98, 96)]), 10)
    )
    kerb = tone(dice.vary((172, 169, 162), 12))
    grass = tone(dice.vary((98, 120, 58), 16))
    white = tone((226, 226, 220))
    yellow = tone((214, 184, 70))

    top = max(0, int(camera.horizon))
    canvas.pixels[top:] = (*(round(c) for c in stone), owners.PAVEMENT)
    for cell in cells:
        for side in (-1, 1):
            if verges.get((cell, side)) == "grass":
                s = np.linspace(cell * CELL, (cell + 1) * CELL, 5)
                edge = road.frontage(side)
                _fill(stage, road.strip(s, edge, edge + side * 120), grass, owners.TREE)

    s = along(stage)
    for side, edge in ((-1, road.left), (1, road.right)):
        _fill(stage, road.strip(s, edge, road.frontage(side), KERB), stone, owners.PAVEMENT)
    _slabs(stage, stone)
    _fill(stage, road.strip(s, road.left, road.right), tar, owners.ROAD)
    worn = (tar[0] * 0.94, tar[1] * 0.94, tar[2] * 0.95)
    for lane, _ in road.lanes:
        for off in (-0.78, 0.78):
            _fill(stage, road.strip(s, lane + off - 0.24, lane + off + 0.24), worn, owners.ROAD)
    for side, edge in ((-1, road.left), (1, road.right)):
        face = np.concatenate([road.place(s, edge), road.place(s[::-1], edge, KERB)])
        _fill(
            stage, face, light.shade((150, 148, 142), (-side, 0, 0), 0.0, lit=0.6), owners.PAVEMENT
        )
        _fill(stage, road.strip(s, edge, edge + side * 0.14, KERB), kerb, owners.PAVEMENT)
        gutter = (tar[0] * 0.8, tar[1] * 0.8, tar[2] * 0.8)
        _fill(stage, road.strip(s, edge - side * 0.25, edge), gutter, owners.ROAD)
    for cell in cells:
        for side, there in zip((-1, 1), road.side_street(cell), strict=True):
            if there:
                edge = road.left if side < 0 else road.right
                flare = np.array(
                    [cell * CELL - 1.5, cell * CELL, cell * CELL + GAP, cell * CELL + GAP + 1.5]
                )
                far = np.array([2.0, 90.0, 90.0, 2.0]) * side
                near = np.full(4, edge - side * 0.3)
                _fill(stage, road.strip(flare, near, edge + far), tar, owners.ROAD)
    _patches(stage, dice.child("patches"), tar)
    _markings(stage, dice.child("marks"), white, yellow, cells)


def _fill(stage: Stage, outline: Floats, rgb: Rgb, owner: int) -> None:
    stage.canvas.polygon(stage.camera.polygon(outline), rgb, owner)


def _quads(stage: Stage, outlines: list[Floats], rgb: Rgb, owner: int) -> None:
    shapes = [p for o in outlines if (p := stage.camera.polygon(o)) is not None]
    stage.canvas.same(shapes, rgb, owner)


def _slabs(stage: Stage, stone: Rgb) -> None:
    """Joints between paving stones, near the camera only."""
    road, camera = stage.road, stage.camera
    joint = (stone[0] * 0.86, stone[1] * 0.86, stone[2] * 0.86)
    first = np.ceil((camera.z + 1.5) / 0.75) * 0.75
    joints = []
    for side, edge in ((-1, road.left), (1, road.right)):
        for s in np.arange(first, camera.z + 16, 0.75):
            row = np.array([s, s + 0.02])
            joints.append(road.strip(row, edge, road.frontage(side), KERB))
        for t in np.arange(0.75, abs(road.frontage(side) - edge), 0.75):
            row = np.linspace(camera.z + 1.5, camera.z + 18, 6)
            joints.append(road.strip(row, edge + side * t, edge + side * (t + 0.02), KERB))
    for outline in joints:
        _fill(stage, outline, joint, owners.PAVEMENT)


def _patches(stage: Stage, dice: Dice, tar: Rgb) -> None:
    """Repairs, trenches and iron covers in the road surface, fixed to their cell."""
    road, camera = stage.road, stage.camera
    for cell in range(int(camera.z // 20), int(camera.z // 20) + 4):
        local = dice.child(cell)
        for _ in range(local.integer(0, 3)):
            s, t = cell * 20 + local.uniform(0, 18), local.uniform(road.left, road.right - 1.5)
            size = (local.uniform(0.8, 6), local.uniform(0.5, 1.6))
            k = local.pick([0.86, 0.9, 1.1, 1.14])
            rows = np.linspace(s, s + size[0], 3)
            _fill(
                stage,
                road.strip(rows, t, min(t + size[1], road.right - 0.1)),
                (tar[0] * k, tar[1] * k, tar[2] * k),
                owners.ROAD,
            )
        if local.chance(0.6):
            s, t = cell * 20 + local.uniform(0, 18), local.uniform(-1.2, 2.2)
            turn = np.linspace(0, 2 * np.pi, 14, endpoint=False)
            for r, k in ((0.34, 0.6), (0.27, 0.75)):
                ring = road.place(s + r * np.sin(turn), t + r * np.cos(turn))
                _fill(stage, ring, (tar[0] * k, tar[1] * k, tar[2] * k), owners.ROAD)


def _markings(stage: Stage, dice: Dice, white: Rgb, yellow: Rgb, cells: range) -> None:
    road, camera = stage.road, stage.camera
    start, end = camera.z + 0.5, camera.z + 130.0
    wear = 0.72 + 0.28 * dice.uniform(0, 1)
    white = (white[0] * wear, white[1] * wear, white[2] * wear)
    mouths = [(c * CELL - 1.5, c * CELL + GAP + 1.5) for c in cells if any(road.side_street(c))]
    both = {c: road.side_street(c) for c in cells}

    def free(a: float, b: float) -> bool:
        return all(b < m0 or a > m1 for m0, m1 in mouths)

    marks: list[Floats] = []
    for here, after in zip(road.lanes, road.lanes[1:], strict=False):
        t = (here[0] + after[0]) / 2
        opposite = here[1] != after[1]
        long, pitch = (4.0, 6.0) if opposite and dice.chance(0.5) else (2.0, 6.0)
        for k in range(int(start // pitch), int(end // pitch) + 1):
            s0, s1 = k * pitch, k * pitch + long
            if s1 > start and free(s0, s1):
                marks.append(road.strip(np.array([max(s0, start), s1]), t - 0.06, t + 0.06))
    _quads(stage, marks, white, owners.ROAD)

    lines = dice.weighted([("none", 0.25), ("white", 0.2), ("double", 0.4), ("single", 0.15)])
    bands: list[Floats] = []
    for side, edge in ((-1, road.left), (1, road.right)):
        if lines == "none" or (road.parking_left if side < 0 else road.parking_right):
            continue
        offsets = {"white": (0.45,), "double": (0.28, 0.48), "single": (0.3,)}[lines]
        for cell in cells:
            mouth = both[cell][0 if side < 0 else 1]
            a = max(start, cell * CELL + (GAP + 1.5 if mouth else 0.0))
            b = (cell + 1) * CELL - (1.5 if road.side_street(cell + 1)[0 if side < 0 else 1] else 0)
            if b > a:
                s = np.linspace(a, b, 9)
                bands += [road.strip(s, edge - side * o, edge - side * (o + 0.09)) for o in offsets]
    _quads(stage, bands, white if lines == "white" else yellow, owners.ROAD)

    for cell in cells:
        _crossing(stage, dice.child("cell", cell), cell, white, yellow, any(both[cell]))


def _crossing(stage: Stage, dice: Dice, cell: int, white: Rgb, yellow: Rgb, mouth: bool) -> None:
    """Stop lines, zebra stripes, arrows and box junctions of one cell."""
    road = stage.road
    s0 = cell * CELL
    if mouth and dice.chance(0.6):
        stop = road.strip(np.array([s0 - 4.6, s0 - 4.2]), road.left + 0.3, road.lane / 2 - 0.1)
        _quads(stage, [stop], white, owners.ROAD)
        if dice.chance(0.5):
            studs = [
                road.strip(np.array([s, s + 0.12]), t, t + 0.12)
                for s in (s0 - 3.6, s0 - 1.2)
                for t in np.arange(road.left + 0.2, road.right, 0.5)
            ]
            _quads(stage, studs, white, owners.ROAD)
        if dice.chance(0.35):
            span = road.right - road.left
            for k in np.arange(-span, GAP, 2.4):
                for turn in (1, -1):
                    keep = np.clip(np.array([k, k + span]), 0.0, GAP)
                    if keep[1] - keep[0] < 0.4:
                        continue
                    across = (keep - k) if turn > 0 else span - (keep - k)
                    t = road.left + across
                    mark = np.concatenate(
                        [
                            road.place(s0 + keep - 0.09, t),
                            road.place((s0 + keep + 0.09)[::-1], t[::-1]),
                        ]
                    )
                    _fill(stage, mark, yellow, owners.ROAD)
    if dice.chance(0.3):
        at = s0 + dice.uniform(22, 48)
        stripes = [
            road.strip(np.array([at, at + 2.8]), t, t + 0.55)
            for t in np.arange(road.left + 0.2, road.right - 0.5, 1.1)
        ]
        _quads(stage, stripes, white, owners.ROAD)
    elif dice.chance(0.5):
        at, t = s0 + dice.uniform(15, 40), 0.0
        shaft = road.strip(np.array([at, at + 2.6]), t - 0.09, t + 0.09)
        head = road.place([at + 2.4, at + 4.2, at + 2.4], [t - 0.4, t, t + 0.4])
        _quads(stage, [shaft], white, owners.ROAD)
        _quads(stage, [head], white, owners.ROAD)


def finish_ground(stage: Stage, shadows: list[Floats]) -> None:
    """Lay grain, cast shadows and haze over the part below the horizon (colour only).

    Parameters
    ----------
    stage : Stage
        The frame, ground drawn and nothing upright yet.
    shadows : list of (n, 3) arrays
        World outlines on the ground that the sun does not reach.
    """
    canvas, camera, light = stage.canvas, stage.camera, stage.light
    top = max(0, int(camera.horizon) + 1)
    height, width = canvas.height - top, canvas.width
    if height <= 0:
        return
    rows = np.arange(top, canvas.height) + 0.5
    depth = camera.focal * camera.eye / np.maximum(rows - camera.horizon, 0.25)
    # Worked out at half the canvas: finer grain than a picture pixel would be lost anyway.
    small = (max(1, width // 2), max(1, height // 2))
    shrink = np.array([small[0] / width, small[1] / height])
    view = np.diag([*shrink, 1.0]) @ np.array([[1, 0, 0], [0, 1, -top], [0, 0, 1]])
    texel = view @ camera.ground_to_pixels() @ np.diag([16.0 / SIDE, 16.0 / SIDE, 1.0])
    grain = cv2.warpPerspective(
        asphalt(), texel, small, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP
    )
    coarse = np.interp(np.arange(small[1]), np.arange(height) * shrink[1], depth)
    fine = np.clip(11.0 / coarse, 0.15, 1.0).astype(np.float32)[:, None]
    grain = 1.0 + (grain - 1.0) * fine
    mask = np.zeros((small[1], small[0]), np.uint8)
    for points in project_all(stage, shadows):
        cv2.fillPoly(mask, [fixed((points - (0, top)) * shrink)], 255, cv2.LINE_8, 4)
    soft = cv2.blur(mask, (3, 3)).astype(np.float32) / 255.0
    layers = [
        np.clip(128.0 * grain * (1.0 - np.float32(1.0 - tint) * soft), 0, 255).astype(np.uint8)
        for tint in light.shadow_tint
    ]
    shading = cv2.resize(cv2.merge(layers), (width, height), interpolation=cv2.INTER_LINEAR)
    still = np.full((height, width), 128, np.uint8)
    part = canvas.pixels[top:]
    part[...] = cv2.multiply(part, cv2.merge([shading, still]), scale=1 / 128)
    keep = np.exp(-depth / light.haze_length)[:, None]
    haze = np.zeros((height, 1, 4))
    haze[:, 0, :3] = (1 - keep) * np.array(light.haze)
    # The haze takes from the ground what it adds of its own.
    fade = np.full((height, 1, 4), 255.0)
    fade[:, 0, :3] = keep * 255.0
    shape = (height, width, 4)
    part[...] = cv2.multiply(
        part, np.broadcast_to(np.rint(fade).astype(np.uint8), shape).copy(), scale=1 / 255
    )
    cv2.add(part, np.broadcast_to(np.rint(haze).astype(np.uint8), shape).copy(), dst=part)


def project_all(stage: Stage, outlines: list[Floats]) -> list[Floats]:
    """Project world outlines, all of one length at a time; those behind the camera are dropped."""
    out: list[Floats] = []
    by_length: dict[int, list[Floats]] = {}
    for outline in outlines:
        by_length.setdefault(len(outline), []).append(outline)
    for group in by_length.values():
        cam = stage.camera.to_camera(np.array(group))
        nearest, farthest = cam[..., 2].min(axis=1), cam[..., 2].max(axis=1)
        whole = nearest >= NEAR
        if whole.any():
            out += list(stage.camera.to_pixels(cam[whole]))
        for i in np.flatnonzero(~whole & (farthest > NEAR)).tolist():
            part = cut_near(cam[i])
            if len(part) >= 3:
                out.append(stage.camera.to_pixels(part))
    return out
