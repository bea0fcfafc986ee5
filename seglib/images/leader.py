"""The largest of many planes, one plane at a time: an argmax that never holds them all."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


class Leader:
    """The class that is ahead so far in every place, challenged by one class after the other.

    Parameters
    ----------
    shape : tuple of int
        Two axes.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.ids = np.zeros(shape, np.uint8)
        self._best = np.empty(shape, np.float32)
        self._alone = True
        self._ahead = np.empty(shape, np.uint8)

    def challenge(self, class_id: int, value: NDArray[np.float32]) -> None:
        """Put a class where it is larger than all before; ids must come in rising order."""
        if self._alone:
            self.ids.fill(class_id)
            np.copyto(self._best, value)
            self._alone = False
            return
        cv2.compare(value, self._best, cv2.CMP_GT, dst=self._ahead)  # 255 where ahead, else 0
        # ids rise from call to call, so the last winner is the larger of two ids
        np.bitwise_and(self._ahead, np.uint8(class_id), out=self._ahead)
        cv2.max(self.ids, self._ahead, dst=self.ids)
        cv2.max(self._best, value, dst=self._best)
