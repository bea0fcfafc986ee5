"""What an adapter is: the way into a network of one output family, and the way out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from numpy.typing import NDArray

from seglib.engine import Inference
from seglib.images import Image, Placement
from seglib.models.tiling import Tiles
from seglib.results import Instances, Matte, Panoptic, Scene, SemanticMap

Upsampling = Literal["logits", "labels"]
UPSAMPLINGS: tuple[Upsampling, ...] = ("logits", "labels")
Result = SemanticMap | Instances | Panoptic | Matte | Scene


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture ready for the network.

    Parameters
    ----------
    inputs : mapping of str to array
        By input name; of the first tile, where the picture is cut into several.
    placement : Placement
        Where the picture lies in the input; in what the stitched answer covers, for tiles.
    tiles : Tiles, optional
        All tiles, for networks that take pictures of any size that way.
    """

    inputs: Mapping[str, NDArray[Any]]
    placement: Placement
    tiles: Tiles | None = None


class Adapter(Protocol):
    """One output family: pixels to inputs, outputs to a result."""

    def preprocess(self, image: Image) -> Prepared:
        """Bring the picture to the network's size."""
        ...

    def postprocess(
        self, inference: Inference, placement: Placement, *, upsampling: Upsampling, scores: bool
    ) -> Result:
        """Read the outputs and bring them back to the picture."""
        ...
