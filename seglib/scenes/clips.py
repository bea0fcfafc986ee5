"""Short films of a generated world: one frame at a time, nothing kept between frames."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from seglib.errors import UsageError
from seglib.scenes.generated import GeneratedScene
from seglib.scenes.options import StreetOptions, check_seed, check_size
from seglib.scenes.sheets import ShapesOptions, ShapesWorld
from seglib.scenes.streets import StreetWorld


def clip(
    seed: int,
    *,
    frames: int,
    kind: Literal["street", "shapes"] = "street",
    size: tuple[int, int] = (480, 360),
    rate: float = 12.0,
    options: StreetOptions | ShapesOptions | None = None,
) -> Iterator[GeneratedScene]:
    """Generate a clip with moving things.

    A world is a function of the seed and of time, so a clip needs the memory of one frame,
    however long it is. Arguments are checked at once, not at the first frame.

    Parameters
    ----------
    seed : int
        Frame 0 is the picture of this seed.
    frames : int
        How many, at least 1.
    kind : str
        ``street``: the camera drives on, cars come and go, people walk. ``shapes``: shapes drift,
        turn and pass over each other.
    size : (width, height)
        Pixels.
    rate : float
        Frames a second, 1 to 120.
    options : StreetOptions or ShapesOptions, optional
        Of the chosen kind.

    Yields
    ------
    GeneratedScene
        ``instance_ids`` and the panoptic ids of things name the same thing in every frame.

    Raises
    ------
    ShapeError
        The size cannot be a picture.
    UsageError
        Any other argument is out of range.
    """
    if isinstance(frames, bool) or not isinstance(frames, int) or frames < 1:
        raise UsageError(f"expected at least 1 frame, got {frames!r}")
    if not 1 <= rate <= 120:
        raise UsageError(f"expected a rate of 1 to 120 frames a second, got {rate!r}")
    seed, size = check_seed(seed), check_size(size)
    world: StreetWorld | ShapesWorld
    if kind == "street" and (options is None or isinstance(options, StreetOptions)):
        world = StreetWorld(seed, options or StreetOptions())
    elif kind == "shapes" and (options is None or isinstance(options, ShapesOptions)):
        world = ShapesWorld(seed, options or ShapesOptions())
    elif kind not in ("street", "shapes"):
        raise UsageError(f"expected the kind to be street or shapes, got {kind!r}")
    else:
        raise UsageError(f"expected the options of {kind}, got {type(options).__name__}")
    return (world.render(size, clock=k / rate, frame=k) for k in range(frames))
