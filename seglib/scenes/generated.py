"""What a generator hands out."""

from __future__ import annotations

from dataclasses import dataclass

from seglib.images import Image
from seglib.results import Scene


@dataclass(frozen=True, eq=False)
class GeneratedScene:
    """A picture and its exact truth.

    Parameters
    ----------
    image : Image
        The picture.
    truth : Scene
        Semantic, instances (visible parts, ascending id) and panoptic, which agree in every pixel.
    seed : int
        What it was made from.
    instance_ids : tuple of int
        Panoptic segment id of each instance, in order; stable over the frames of a clip.
    frame : int
        Number of the frame in a clip, from 0.
    """

    image: Image
    truth: Scene
    seed: int
    instance_ids: tuple[int, ...] = ()
    frame: int = 0
