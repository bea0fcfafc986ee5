"""The three kinds of answer for one picture."""

from __future__ import annotations

from dataclasses import dataclass

from seglib.errors import ShapeError
from seglib.results.instances import Instances
from seglib.results.panoptic import Panoptic
from seglib.results.semantic import SemanticMap


@dataclass(frozen=True, eq=False)
class Scene:
    """What a network that answers several questions returns, or the truth of a generated scene.

    Parameters
    ----------
    semantic : SemanticMap or None
        A class a pixel.
    instances : Instances or None
        Countable objects.
    panoptic : Panoptic or None
        Both at once.

    Raises
    ------
    ShapeError
        Nothing is given, or the parts belong to pictures of different size.
    """

    semantic: SemanticMap | None = None
    instances: Instances | None = None
    panoptic: Panoptic | None = None

    def __post_init__(self) -> None:
        sizes = {part.size for part in self._parts()}
        if not sizes:
            raise ShapeError("expected at least one of semantic, instances and panoptic, got none")
        if len(sizes) > 1:
            raise ShapeError(f"expected parts of one size, got (width, height) {sorted(sizes)}")

    def _parts(self) -> list[SemanticMap | Instances | Panoptic]:
        parts = (self.semantic, self.instances, self.panoptic)
        return [part for part in parts if part is not None]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self._parts()[0].size
