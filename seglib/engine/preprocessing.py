"""From a uint8 picture to the tensor a network was trained on: inside the graph, or step by step.

Both ways compute ``(x - mean) / scale`` on channels in the network's order. The embedded way is
the fast one: the runtime reads the picture's bytes as they are. The separate steps show what it
does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from seglib.engine.base import Array
from seglib.errors import ShapeError

Layout = Literal["NCHW", "NHWC"]
Order = Literal["RGB", "BGR"]


@dataclass(frozen=True, slots=True)
class Step:
    """One separate step: its name and what it gave."""

    name: str
    array: Array


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """How pixels become the network's input.

    Parameters
    ----------
    mean, scale : tuple of float
        By channel, in units of the 0 to 255 picture and in the network's channel order.
    layout : {"NCHW", "NHWC"}
        The network's layout.
    order : {"RGB", "BGR"}
        The network's channel order; pictures are always RGB.
    """

    mean: tuple[float, float, float] = (127.5, 127.5, 127.5)
    scale: tuple[float, float, float] = (127.5, 127.5, 127.5)
    layout: Layout = "NCHW"
    order: Order = "RGB"

    def embed(self, model: Any) -> Any:
        """Return an ``openvino.Model`` that takes ``(1, H, W, 3) uint8`` RGB.

        Parameters
        ----------
        model : openvino.Model
            With one float32 picture input; it is changed.
        """
        import openvino
        from openvino.preprocess import PrePostProcessor

        steps = PrePostProcessor(model)
        picture = steps.input()
        picture.tensor().set_element_type(openvino.Type.u8).set_layout(openvino.Layout("NHWC"))
        picture.model().set_layout(openvino.Layout(self.layout))
        chain = picture.preprocess().convert_element_type(openvino.Type.f32)
        if self.order == "BGR":
            chain = chain.reverse_channels()
        chain.mean(list(self.mean)).scale(list(self.scale))
        return steps.build()

    def steps(self, pixels: NDArray[np.uint8]) -> tuple[Step, ...]:
        """Return every separate step for a picture that already has the network's size.

        Parameters
        ----------
        pixels : (H, W, 3) uint8
            RGB.

        Returns
        -------
        tuple of Step
            The last one is the network's input: ``(1, 3, H, W) float32`` for NCHW.
        """
        if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8:
            raise ShapeError(f"expected (H, W, 3) uint8, got {pixels.shape} {pixels.dtype}")
        done = [Step("resized picture, 0 to 255", pixels)]
        if self.order == "BGR":
            done.append(Step("channels reversed: BGR", pixels[:, :, ::-1]))
        done.append(Step("to float32", done[-1].array.astype(np.float32)))
        centred = done[-1].array - np.asarray(self.mean, np.float32)
        done.append(Step("minus mean", centred))
        done.append(Step("divided by scale", centred / np.asarray(self.scale, np.float32)))
        if self.layout == "NCHW":
            done.append(Step("channels first", done[-1].array.transpose(2, 0, 1)))
        done.append(Step("a batch of one", np.ascontiguousarray(done[-1].array[np.newaxis])))
        return tuple(done)

    def apply(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the network's input, ``(1, 3, H, W) float32`` for NCHW, by separate steps."""
        result: NDArray[np.float32] = self.steps(pixels)[-1].array
        return result
