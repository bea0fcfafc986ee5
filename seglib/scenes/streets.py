"""Street scenes: a driver's view of a British street, with exact truth."""

from __future__ import annotations

import math

from seglib.images import Image
from seglib.labels import CAMVID_11
from seglib.scenes import owners
from seglib.scenes.backdrop import draw_backdrop, draw_bonnet
from seglib.scenes.camera import Camera, Floats
from seglib.scenes.canvas import Canvas
from seglib.scenes.dice import Dice
from seglib.scenes.finish import develop
from seglib.scenes.generated import GeneratedScene
from seglib.scenes.ground import draw_ground, finish_ground
from seglib.scenes.light import make_light
from seglib.scenes.options import StreetOptions, check_seed, check_size
from seglib.scenes.plan import Plan
from seglib.scenes.road import CELL, make_road
from seglib.scenes.sky import draw_sky
from seglib.scenes.stage import Item, Stage
from seglib.scenes.traffic import Traffic
from seglib.scenes.truth import make_truth

SUPERSAMPLING = 2


def street(
    seed: int, *, size: tuple[int, int] = (480, 360), options: StreetOptions | None = None
) -> GeneratedScene:
    """Generate a street scene.

    Parameters
    ----------
    seed : int
        Same seed, size and options: same bytes.
    size : (width, height)
        Pixels, 32 to 4096 each. The layout does not depend on it; other shapes than 4:3 show
        more at the sides or above and below.
    options : StreetOptions, optional
        What the scene holds.

    Returns
    -------
    GeneratedScene
        Picture and truth in CAMVID_11; 255 where a pixel has no class (bins, the own bonnet).

    Raises
    ------
    ShapeError
        The size cannot be a picture.
    UsageError
        The seed is not a whole number.
    """
    world = StreetWorld(check_seed(seed), options or StreetOptions())
    return world.render(check_size(size))


class StreetWorld:
    """The street of a seed; :meth:`render` shows it at any moment.

    Parameters
    ----------
    seed : int
        Checked.
    options : StreetOptions
        What it holds.
    """

    def __init__(self, seed: int, options: StreetOptions) -> None:
        self.seed, self.options = seed, options
        dice = self.dice = Dice(f"street/{seed}")
        self.road = make_road(
            dice.child("road"), bend=options.bend, width=options.width, crossings=options.crossings
        )
        self.light = make_light(dice.child("light"), options.time_of_day, options.haze)
        self.plan = Plan(self.road, options, dice.child("plan"))
        self.traffic = Traffic(self.road, options, dice.child("traffic"))
        view = dice.child("view")
        drawn = view.weighted([("car", 0.7), ("van", 0.2), ("bus", 0.1)])
        kind = drawn if options.viewpoint == "any" else options.viewpoint
        self.eye = {"car": 1.3, "van": 1.8, "bus": 2.6}[kind] * view.uniform(0.93, 1.07)
        self.zoom = view.uniform(0.92, 1.18)
        self.tilt = view.uniform(-0.075, 0.03)
        self.turn = view.bell(0.05)
        self.aside = view.bell(0.35)
        self.start = view.uniform(-14.0, 8.0)

    def camera(self, width: int, height: int, s: float) -> Camera:
        """Return the camera at a place of the street for a canvas of this size."""
        unit = min(width / 4, height / 3)
        return Camera(
            width=width,
            height=height,
            focal=4 * unit * self.zoom,
            horizon=height / 2 + 3 * unit * self.tilt,
            x=self.road.x(s, self.aside),
            eye=self.eye,
            z=s,
            yaw=self.road.slope(s) + self.turn,
        )

    def render(
        self, size: tuple[int, int], *, clock: float = 0.0, frame: int = 0
    ) -> GeneratedScene:
        """Draw the street at ``clock`` seconds.

        Parameters
        ----------
        size : (width, height)
            Checked.
        clock : float
            Seconds since the start; the camera drives on.
        frame : int
            Keys the sensor noise.
        """
        canvas = Canvas(*size, SUPERSAMPLING)
        s = self.start + clock * self.traffic.ahead_speed * 0.9
        stage = Stage(
            canvas, self.camera(canvas.width, canvas.height, s), self.light, self.road, clock
        )
        cells = range(math.floor((s - 5) / CELL), math.floor((s + 190) / CELL) + 1)
        dice = self.dice
        draw_sky(stage, dice.child("sky"))
        draw_backdrop(stage, dice.child("backdrop"), self.plan.green)
        verges = {(c, side): self.plan.verge(c, side) for c in cells for side in (-1, 1)}
        draw_ground(stage, dice.child("ground"), cells, verges)
        items: list[Item] = [i for cell in cells for i in self.plan.cell(cell)]
        items += self.traffic.items(s, clock, self.start)
        items.sort(key=lambda item: -item.far)
        things = [item for item in items if item.thing]
        # Owner numbers are one byte: in a throng the farthest things are left out.
        dropped = {id(item) for item in things[: max(0, len(things) - owners.MAX_THINGS)]}
        items = [item for item in items if id(item) not in dropped]
        shadows: list[Floats] = []
        for item in items:
            if item.shadow is not None and item.far < s + 90:
                shadows += item.shadow(stage)
        finish_ground(stage, shadows)
        for item in items:
            item.draw(stage)
        if self.options.bonnet:
            draw_bonnet(stage, dice.child("bonnet"))
        truth, ids = make_truth(canvas.owners(), CAMVID_11, owners.STUFF_CLASS, stage.things)
        pixels = develop(
            canvas,
            dice.child("develop"),
            noise=self.options.noise,
            blur=self.options.blur,
            grading=self.options.grading,
            frame=frame,
        )
        pixels.setflags(write=False)
        return GeneratedScene(Image(pixels), truth, self.seed, ids, frame)
