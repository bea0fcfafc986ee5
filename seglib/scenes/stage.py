"""What every drawing function is given: the canvas, the camera, the light and the road."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import cv2
import numpy as np

from seglib.scenes import owners
from seglib.scenes.camera import NEAR, Camera, Floats, cut_near
from seglib.scenes.canvas import Bytes, Canvas, fixed
from seglib.scenes.dice import Rgb
from seglib.scenes.light import Light
from seglib.scenes.road import Road


@dataclass
class Stage:
    """One frame in the making.

    Parameters
    ----------
    canvas, camera, light, road
        Where, from where, in what light and on what street things are drawn.
    clock : float
        Seconds since the first frame.
    """

    canvas: Canvas
    camera: Camera
    light: Light
    road: Road
    clock: float = 0.0
    things: list[tuple[int, int]] = field(default_factory=list)

    @cached_property
    def sun(self) -> tuple[float, float, float]:
        """Direction to the sun as the camera sees it: right, up, ahead."""
        c = self.camera
        x, y, z = c.to_camera(np.array([c.x, c.eye, c.z]) + self.light.toward_sun).tolist()
        return (x, y, z)

    def new_thing(self, class_id: int, thing_id: int) -> int:
        """Return the owner number of a new thing; there are ``owners.MAX_THINGS``."""
        self.things.append((class_id, thing_id))
        return owners.FIRST_THING + len(self.things) - 1

    @staticmethod
    def canvas_mask(mask: Bytes, points: Floats, corner: tuple[int, int]) -> None:
        """Set ``mask`` ``(h, w) uint8``, a part of the canvas from ``corner``, in a polygon."""
        cv2.fillPoly(mask, [fixed(points - corner)], 255, cv2.LINE_8, 4)

    def scale(self, s: float, t: float) -> float:
        """Return canvas pixels per metre at a place of the street; 0 behind the camera."""
        depth = self.camera.depth(self.road.x(s, t), s)
        return self.camera.focal / depth if depth > NEAR else 0.0

    def quads(self, corners: Floats, colors: list[Rgb] | Floats, owner: int) -> None:
        """Draw world polygons ``(n, k, 3)``, convex, in order, each in its final colour."""
        if len(corners) == 0:
            return
        cam = self.camera.to_camera(corners)
        nearest = cam[..., 2].min(axis=1)
        if nearest.min() >= NEAR:
            self.canvas.many(self.camera.to_pixels(cam), colors, owner)
            return
        farthest = cam[..., 2].max(axis=1)
        table = colors.tolist() if isinstance(colors, np.ndarray) else colors
        for i in np.flatnonzero(farthest > NEAR).tolist():
            part = cam[i] if nearest[i] >= NEAR else cut_near(cam[i])
            if len(part) >= 3:
                self.canvas.convex(self.camera.to_pixels(part), table[i], owner)

    def box(
        self,
        s: float,
        t: float,
        half: tuple[float, float],
        y0: float,
        y1: float,
        rgb: Rgb,
        owner: int,
        lit: float = 1.0,
    ) -> None:
        """Draw an upright box standing on the street, its sides along the world axes.

        ``half`` is half its size across and along the street, metres.
        """
        x, (a, b) = self.road.x(s, t), half
        depth = self.camera.depth(x, s)
        if depth < NEAR + b:
            return
        faces: list[list[tuple[float, float, float]]] = []
        colors: list[Rgb] = []

        def add(face: list[tuple[float, float, float]], normal: Rgb) -> None:
            faces.append(face)
            colors.append(self.light.shade(rgb, normal, depth, lit=lit))

        near = s - b
        if self.camera.x < x - a:
            add(
                [(x - a, y0, s + b), (x - a, y1, s + b), (x - a, y1, near), (x - a, y0, near)],
                (-1, 0, 0),
            )
        elif self.camera.x > x + a:
            add(
                [(x + a, y0, s + b), (x + a, y1, s + b), (x + a, y1, near), (x + a, y0, near)],
                (1, 0, 0),
            )
        add(
            [(x - a, y0, near), (x - a, y1, near), (x + a, y1, near), (x + a, y0, near)], (0, 0, -1)
        )
        if self.camera.eye > y1:
            add(
                [(x - a, y1, near), (x - a, y1, s + b), (x + a, y1, s + b), (x + a, y1, near)],
                (0, 1, 0),
            )
        self.quads(np.array(faces), colors, owner)


@dataclass(frozen=True)
class Item:
    """Something to draw: ``far`` is the street place that decides the depth order.

    ``shadow`` lists ground outlines ``(n, 3)`` in the world that it darkens; ``thing`` says that
    it takes an owner number of its own.
    """

    far: float
    draw: Callable[[Stage], None]
    shadow: Callable[[Stage], list[Floats]] | None = None
    thing: bool = False
