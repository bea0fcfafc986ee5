"""What moves before a camera that stands still: every pixel remembers its own ground."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError
from seglib.images import Image
from seglib.labels import Label, LabelSet
from seglib.models import Segmentation
from seglib.options import Checked, choice, number, switch, whole
from seglib.results import Instances, Scene, SemanticMap, StageTimes

MOTION = LabelSet(
    "motion",
    "Motion",
    (
        Label(0, "still", (0, 0, 0)),
        Label(1, "moving", (230, 159, 0), thing=True),
        Label(2, "shadow", (0, 114, 178)),
    ),
    ignore=None,
)
"""What a pixel of a frame can be."""

_SHADOW, _MOVING = 127, 255
_KNN_LEVELS = 5.0
_FIRST = 8
"""Times that the first frame is learnt: the memory of nearest colours holds seven."""
_MOST_OBJECTS = 200


@dataclass(frozen=True)
class BackgroundOptions(Checked):
    """How ground and motion are told apart."""

    method: str = choice(
        "knn",
        ("knn", "mog2"),
        "Each pixel's nearest earlier colours, or a mixture of Gaussians over them.",
        title="Ground model",
    )
    history: int = whole(
        200,
        2,
        1000,
        "Frames that the ground is learnt from: more let a thing stay longer.",
    )
    tolerance: float = number(
        4.0,
        1.0,
        12.0,
        "Distance from which a colour is not the ground's: in standard deviations; for the "
        "nearest colours one step is five grey levels.",
        step=0.5,
    )
    shadows: bool = switch(True, "Call the ground's own colour, but darker, a shadow.")
    clean: int = whole(
        2, 0, 10, "Radius in pixels of the specks that are removed and the gaps that are closed."
    )
    least: int = whole(
        80, 0, 5000, "Smallest object in pixels; less is noise.", step=20, title="Smallest object"
    )


class BackgroundSubtractor:
    """Says of each frame, in turn, what moves; the camera must stand still.

    Each pixel keeps a model of the colours that it has shown, and what does not fit is motion:

    - ``mog2``: a mixture of up to five Gaussians whose number adapts itself (Zivkovic 2004,
      "Improved adaptive Gaussian mixture model for background subtraction").
    - ``knn``: the share of the last colours that lie near (Zivkovic and van der Heijden 2006,
      "Efficient adaptive density estimation per image pixel").

    A darker version of the ground's colour is a shadow (Prati et al. 2003, "Detecting moving
    shadows"). The first frame is learnt and holds no motion. Needs the memory of a few frames,
    however long the clip. Frames must come one after the other: not for several threads.

    Parameters
    ----------
    options : BackgroundOptions, optional
    """

    label_set = MOTION

    def __init__(self, options: BackgroundOptions | None = None) -> None:
        import cv2

        self.options = o = options or BackgroundOptions()
        if o.method == "mog2":
            self._model: Any = cv2.createBackgroundSubtractorMOG2(
                history=o.history, varThreshold=o.tolerance**2, detectShadows=o.shadows
            )
        else:
            self._model = cv2.createBackgroundSubtractorKNN(
                history=o.history,
                dist2Threshold=(_KNN_LEVELS * o.tolerance) ** 2,
                detectShadows=o.shadows,
            )
        self._size: tuple[int, int] | None = None

    def segment(self, image: Image) -> Segmentation:
        """Return what moves in the next frame.

        Returns
        -------
        Segmentation
            A :class:`~seglib.results.Scene`: ``semantic`` with the labels :data:`MOTION`, and
            ``instances``, the connected parts of what moves (8 neighbours), largest first.

        Raises
        ------
        ShapeError
            The frame is of another size than the first.
        """
        if self._size not in (None, image.size):
            raise ShapeError(f"expected frames of {self._size}, got one of {image.size}")
        start = time.perf_counter()
        if self._size is None:
            # without a past every pixel is new: the first frame is all the past there is
            for _ in range(_FIRST):
                self._model.apply(image.pixels)
        raw = self._model.apply(image.pixels, learningRate=1 / self.options.history)
        raw = np.asarray(raw, np.uint8)
        self._size = image.size
        seen = time.perf_counter()
        result = self._decide(raw)
        done = time.perf_counter()
        times = StageTimes(infer_ms=1e3 * (seen - start), postprocess_ms=1e3 * (done - seen))
        return Segmentation(result, times)

    def _decide(self, raw: NDArray[np.uint8]) -> Scene:
        import cv2

        moving = (raw == _MOVING).view(np.uint8)
        if self.options.clean:
            side = 2 * self.options.clean + 1
            disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
            # closed first: a thin object in pieces would not survive the opening
            moving = cv2.morphologyEx(moving, cv2.MORPH_CLOSE, disc)
            small = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
            moving = np.asarray(cv2.morphologyEx(moving, cv2.MORPH_OPEN, small), np.uint8)
        count, parts, facts, _ = cv2.connectedComponentsWithStats(moving, connectivity=8)
        areas = facts[:, cv2.CC_STAT_AREA].copy()
        areas[0] = 0
        order = np.argsort(-areas, kind="stable")[: min(count - 1, _MOST_OBJECTS)]
        kept = [int(part) for part in order if areas[part] >= max(1, self.options.least)]
        table = np.zeros(count, bool)
        table[kept] = True
        labels = table[parts].astype(np.uint8)
        labels[(raw == _SHADOW) & (labels == 0)] = 2
        crops = []
        for part in kept:
            x, y, width, height = (int(value) for value in facts[part, :4])
            crops.append((x, y, parts[y : y + height, x : x + width] == part))
        size = (raw.shape[1], raw.shape[0])
        instances = Instances.from_crops(
            crops, [1] * len(kept), [1.0] * len(kept), MOTION, size=size
        )
        return Scene(semantic=SemanticMap(labels, MOTION), instances=instances)
