"""The camera: world metres to canvas pixels.

World axes: x right, y up, z forward along the street, in metres; the ground is y = 0. The camera
turns about the vertical only and looks up or down by shifting the picture (like a shift lens), so
upright edges stay upright.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

NEAR = 0.4
"""Nearest depth drawn, metres; polygons are cut there."""


@dataclass(frozen=True)
class Camera:
    """A pinhole at ``(x, eye, z)`` looking along ``yaw``.

    Parameters
    ----------
    width, height : int
        Canvas size in canvas (supersampled) pixels.
    focal : float
        Focal length in canvas pixels.
    horizon : float
        Row of the horizon on the canvas.
    x, eye, z : float
        Position in metres; ``eye`` is the height above the ground.
    yaw : float
        Turn to the right, radians.
    """

    width: int
    height: int
    focal: float
    horizon: float
    x: float
    eye: float
    z: float
    yaw: float

    @cached_property
    def _turn(self) -> Floats:
        c, s = math.cos(self.yaw), math.sin(self.yaw)
        return np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])

    @cached_property
    def _origin(self) -> Floats:
        return np.array([self.x, self.eye, self.z])

    def to_camera(self, points: ArrayLike) -> Floats:
        """World points ``(..., 3)`` to camera axes (right, up, forward), metres."""
        out: Floats = (np.asarray(points, np.float64) - self._origin) @ self._turn
        return out

    def to_pixels(self, points: Floats) -> Floats:
        """Camera points ``(..., 3)`` in front of the camera to canvas pixels ``(..., 2)``."""
        scale = self.focal / points[..., 2]
        out = np.empty((*points.shape[:-1], 2))
        out[..., 0] = self.width / 2 + points[..., 0] * scale
        out[..., 1] = self.horizon - points[..., 1] * scale
        return out

    def polygon(self, points: ArrayLike) -> Floats | None:
        """Project a world polygon ``(n, 3)``, cut at the near plane; None if nothing is left."""
        cam = self.to_camera(points)
        if cam[:, 2].min() < NEAR:
            cam = cut_near(cam)
            if len(cam) < 3:
                return None
        return self.to_pixels(cam)

    def depth(self, x: float, z: float) -> float:
        """Return the distance ahead of a ground point, metres."""
        return (x - self.x) * math.sin(self.yaw) + (z - self.z) * math.cos(self.yaw)

    def point(self, x: float, y: float, z: float) -> tuple[float, float, float] | None:
        """Project one world point to ``(column, row, depth)``; None if behind the near plane."""
        dx, dz = x - self.x, z - self.z
        c, s = math.cos(self.yaw), math.sin(self.yaw)
        depth = dx * s + dz * c
        if depth < NEAR:
            return None
        k = self.focal / depth
        return (self.width / 2 + (dx * c - dz * s) * k, self.horizon - (y - self.eye) * k, depth)

    def ground_to_pixels(self) -> Floats:
        """Return the homography ``(3, 3)`` from ground ``(x, z, 1)`` metres to canvas pixels."""
        c, s, f = math.cos(self.yaw), math.sin(self.yaw), self.focal
        right = np.array([c, -s, -self.x * c + self.z * s])
        ahead = np.array([s, c, -self.x * s - self.z * c])
        return np.stack(
            [
                f * right + self.width / 2 * ahead,
                (f * self.eye) * np.eye(3)[2] + self.horizon * ahead,
                ahead,
            ]
        )


def cut_near(points: Floats) -> Floats:
    """Cut a camera-space polygon ``(n, 3)`` at the near plane; returns ``(m, 3)``, m may be 0."""
    kept: list[tuple[float, float, float]] = []
    corners = points.tolist()
    ax, ay, az = corners[-1]
    for x, y, z in corners:
        if (az >= NEAR) != (z >= NEAR):
            part = (NEAR - az) / (z - az)
            kept.append((ax + part * (x - ax), ay + part * (y - ay), NEAR))
        if z >= NEAR:
            kept.append((x, y, z))
        ax, ay, az = x, y, z
    return np.array(kept) if kept else np.empty((0, 3))
