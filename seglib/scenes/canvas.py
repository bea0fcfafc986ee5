"""The compositor: one buffer that holds colour and owner, so picture and truth cannot disagree.

The canvas is larger than the picture by a whole factor (supersampling). Its fourth channel is the
*owner* of the pixel: every fill writes colour and owner in the same call, by the same geometry.
Shading, texture, haze and shadows change colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from seglib.scenes.camera import Floats
from seglib.scenes.dice import Rgb

Bytes = NDArray[np.uint8]

_SHIFT = 4
_UNIT = float(1 << _SHIFT)
_FAR = 12_000.0


def fixed(points: Floats) -> NDArray[np.int32]:
    """Canvas points to OpenCV's fixed-point integers."""
    return np.rint(points * _UNIT - _UNIT / 2).astype(np.int32)


class Canvas:
    """Colour and owner of every sub-pixel: ``pixels`` is ``(h, w, 4) uint8``, R G B owner.

    Parameters
    ----------
    width, height : int
        Picture size.
    factor : int
        Canvas pixels per picture pixel along each side.
    """

    def __init__(self, width: int, height: int, factor: int) -> None:
        self.width = width * factor
        self.height = height * factor
        self.factor = factor
        self.pixels: Bytes = np.zeros((self.height, self.width, 4), np.uint8)
        self._lamps: list[tuple[float, float, float, Rgb, int]] = []

    def lamp(self, x: float, y: float, radius: float, rgb: Rgb, owner: int) -> None:
        """Note a light that will glow in the lens, if ``owner`` is still seen there at the end."""
        self._lamps.append((x, y, radius, rgb, owner))

    def glows(self) -> list[tuple[float, float, float, Rgb]]:
        """Return the lights that nothing hides: column, row, radius in canvas pixels, colour."""
        out = []
        for x, y, radius, rgb, owner in self._lamps:
            column, row = int(x), int(y)
            inside = 0 <= column < self.width and 0 <= row < self.height
            if inside and self.pixels[row, column, 3] == owner:
                out.append((x, y, radius, rgb))
        return out

    def polygon(self, points: Floats | None, rgb: Rgb, owner: int) -> None:
        """Fill a polygon ``(n, 2)`` that may be concave."""
        if points is not None:
            cv2.fillPoly(self.pixels, [fixed(points)], (*rgb, owner), cv2.LINE_8, _SHIFT)

    def convex(self, points: Floats | None, rgb: Rgb, owner: int) -> None:
        """Fill a convex polygon ``(n, 2)``; faster than :meth:`polygon`."""
        if points is not None:
            cv2.fillConvexPoly(self.pixels, fixed(points), (*rgb, owner), cv2.LINE_8, _SHIFT)

    def many(self, polygons: Floats, colors: Sequence[Rgb] | Floats, owner: int) -> None:
        """Fill convex polygons ``(n, k, 2)`` in order, each with its colour."""
        whole = fixed(polygons)
        low, high = polygons.min(axis=1), polygons.max(axis=1)
        seen = (
            (high[:, 0] >= 0)
            & (low[:, 0] < self.width)
            & (high[:, 1] >= 0)
            & (low[:, 1] < self.height)
        )
        table = colors.tolist() if isinstance(colors, np.ndarray) else colors
        pixels = self.pixels
        for i in np.flatnonzero(seen).tolist():
            r, g, b = table[i]
            cv2.fillConvexPoly(pixels, whole[i], (r, g, b, owner), cv2.LINE_8, _SHIFT)

    def same(self, polygons: Sequence[Floats], rgb: Rgb, owner: int) -> None:
        """Fill polygons that do not overlap with one colour, in one call."""
        if polygons:
            cv2.fillPoly(
                self.pixels, [fixed(p) for p in polygons], (*rgb, owner), cv2.LINE_8, _SHIFT
            )

    def line(self, points: Floats, rgb: Rgb, owner: int, width: float) -> None:
        """Draw an open line ``(n, 2)`` of this width in canvas pixels, at least 1."""
        cv2.polylines(
            self.pixels,
            [fixed(points)],
            False,
            (*rgb, owner),
            max(1, round(width)),
            cv2.LINE_8,
            _SHIFT,
        )

    def lines(self, points: Floats, rgb: Rgb, owner: int, width: float) -> None:
        """Draw many open lines ``(n, k, 2)`` of one colour and width."""
        cv2.polylines(
            self.pixels, list(fixed(points)), False, (*rgb, owner), max(1, round(width)),
            cv2.LINE_8, _SHIFT,
        )  # fmt: skip

    def disc(self, x: float, y: float, radius: float, rgb: Rgb, owner: int) -> None:
        """Fill a disc."""
        if radius < 0.3 or not (-radius < x < self.width + radius):
            return
        cv2.circle(
            self.pixels,
            (round(x * _UNIT), round(y * _UNIT)),
            round(radius * _UNIT),
            (*rgb, owner),
            -1,
            cv2.LINE_8,
            _SHIFT,
        )

    def box_of(self, points: Floats, margin: int = 1) -> tuple[int, int, int, int] | None:
        """Return the part of the canvas ``(x0, y0, x1, y1)`` around points; None if outside."""
        x0, y0 = np.floor(points.min(axis=0)).clip(-_FAR, _FAR).astype(int) - margin
        x1, y1 = np.ceil(points.max(axis=0)).clip(-_FAR, _FAR).astype(int) + margin + 1
        x0, y0, x1, y1 = max(0, x0), max(0, y0), min(self.width, x1), min(self.height, y1)
        return (int(x0), int(y0), int(x1), int(y1)) if x0 < x1 and y0 < y1 else None

    def tint(
        self,
        polygons: Sequence[Floats],
        rgb: Rgb,
        strength: float,
        *,
        owner: int | None = None,
        soft: float = 0.0,
    ) -> None:
        """Mix a colour over polygons; ``owner`` None leaves the truth as it is.

        Parameters
        ----------
        polygons : sequence of (n, 2) arrays
            Outlines; where they overlap the tint is laid once.
        rgb : colour
            Mixed in.
        strength : float
            0 nothing to 1 opaque.
        owner : int or None
            New owner of what the polygons cover.
        soft : float
            Blur of the tint's edge, canvas pixels (colour only).
        """
        if not polygons:
            return
        box = self.box_of(np.concatenate(list(polygons)), 1 + int(2 * soft))
        if box is None:
            return
        x0, y0, x1, y1 = box
        mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
        for points in polygons:
            cv2.fillPoly(mask, [fixed(points - (x0, y0))], 255, cv2.LINE_8, _SHIFT)
        part = self.pixels[y0:y1, x0:x1]
        if owner is not None:
            part[..., 3][mask > 0] = owner
        if soft >= 0.5:
            side = 2 * int(soft) + 1
            mask = cv2.blur(mask, (side, side)).astype(np.uint8, copy=False)
        self.mix(part, rgb, mask, strength)

    @staticmethod
    def mix(part: Bytes, rgb: Rgb, mask: Bytes, strength: float) -> None:
        """Mix a colour into ``part`` ``(h, w, 4)`` by ``mask`` ``(h, w) uint8`` times strength."""
        weight = cv2.merge([mask, mask, mask])
        color = part[..., :3]
        full = np.empty_like(color)
        full[:] = rgb
        scale = strength / 255.0
        fresh = cv2.add(
            cv2.multiply(
                color,
                cv2.bitwise_not(weight)
                if strength == 1.0
                else (255 - np.rint(weight * strength)).astype(np.uint8),
                scale=1 / 255.0,
            ),
            cv2.multiply(full, weight, scale=scale),
        )
        part[..., :3] = fresh

    def owners(self) -> Bytes:
        """Return the owner of each picture pixel, ``(h, w) uint8``.

        The owner of most sub-pixels wins; a tie goes to the larger owner number, and thin things
        have large numbers.
        """
        full = self.pixels[..., 3]
        n = self.factor
        parts = [full[j::n, i::n] for j in range(n) for i in range(n)]
        best: Bytes = parts[0].copy()
        mixed = np.zeros(best.shape, np.bool_)
        for part in parts[1:]:
            mixed |= part != best
        # Voting is needed at edges only.
        votes = np.stack([part[mixed] for part in parts])
        counts = (votes[:, None] == votes[None]).sum(axis=0)
        winner = (counts.astype(np.int32) * 256 + votes).argmax(axis=0)
        best[mixed] = np.take_along_axis(votes, winner[None], axis=0)[0]
        return best
