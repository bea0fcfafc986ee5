"""What stands out, without a network: two classical maps, and the box around what a map shows.

Spectral residual: Hou and Zhang, Saliency Detection: A Spectral Residual Approach, CVPR 2007
(https://doi.org/10.1109/CVPR.2007.383267). Fine grained: Montabone and Soto, Human Detection Using
a Mobile Platform and Novel Features Derived From a Visual Saliency Mechanism, Image and Vision
Computing 28, 2010 (https://doi.org/10.1016/j.imavis.2009.06.006). Both run in OpenCV; the first is
short enough to be read in NumPy as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from seglib.errors import EngineError, ShapeError
from seglib.options import Checked, choice, number

METHODS = ("network", "spectral", "fine")
CLASSICAL = ("spectral", "fine")
SPECTRUM_SIDE = 64
"""Cells a side at which the spectrum is taken."""

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class SalientOptions(Checked):
    """How the salient object is cut out of a saliency map."""

    method: str = choice(
        "network", METHODS, "Who says what stands out: a trained network, or a formula from before."
    )
    threshold: float = number(
        0.5, 0.01, 1.0, "From this value of the map on, a pixel is salient.", step=0.01
    )
    pieces: str = choice(
        "largest", ("largest", "all"), "What the box goes around.", title="Box around"
    )
    against: str = choice(
        "none", ("none", *METHODS), "A second map beside the first.", title="Compare with"
    )


@dataclass(frozen=True, eq=False)
class Cut:
    """A saliency map cut at a threshold.

    Parameters
    ----------
    mask : (H, W) bool
        Where the map is at least the threshold.
    chosen : (H, W) bool
        The pieces that the box goes around.
    pieces : int
        Connected pieces of ``mask`` (8 neighbours).
    box : (x, y, width, height) or None
        Tight around ``chosen`` in pixels; ``None`` where nothing is salient.
    """

    mask: NDArray[np.bool_]
    chosen: NDArray[np.bool_]
    pieces: int
    box: Box | None


def cut(saliency: NDArray[np.floating[Any]], threshold: float, *, pieces: str = "all") -> Cut:
    """Cut a map ``(H, W) float`` at a threshold and put a tight box around the result.

    Parameters
    ----------
    saliency : (H, W) float
        0..1.
    threshold : float
    pieces : {"largest", "all"}
        Whether the box goes around the piece with the most pixels, or around all.
    """
    if saliency.ndim != 2 or not saliency.size:
        raise ShapeError(f"expected a map (H, W) float, got {saliency.shape} {saliency.dtype}")
    # not rounded to the map's own type
    mask = np.asarray(saliency >= np.float64(threshold))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        mask.astype(np.uint8), connectivity=8
    )
    chosen = mask
    if pieces == "largest" and count > 2:
        chosen = np.asarray(labels == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()))
    return Cut(mask, chosen, count - 1, tight_box(chosen))


def tight_box(mask: NDArray[np.bool_]) -> Box | None:
    """Return the smallest box around what is set: ``(x, y, width, height)`` in pixels.

    Examples
    --------
    >>> tight_box(np.array([[0, 0, 0], [0, 1, 1]], bool))
    (1, 1, 2, 1)
    """
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    x, y = int(columns[0]), int(rows[0])
    return x, y, int(columns[-1]) + 1 - x, int(rows[-1]) + 1 - y


def classical(pixels: NDArray[np.uint8], method: str) -> NDArray[np.float32]:
    """Compute a classical saliency map with OpenCV.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        RGB.
    method : {"spectral", "fine"}

    Returns
    -------
    (H, W) float32
        0..1; all 0 where every pixel has one colour, for then nothing stands out.
    """
    if method not in CLASSICAL:
        raise ShapeError(f"expected one of {', '.join(CLASSICAL)}, got {method!r}")
    if (pixels == pixels[0, 0]).all():
        return np.zeros(pixels.shape[:2], np.float32)
    # OpenCV's stubs know the classes, not their makers
    maker: Any = cv2.saliency
    make = {
        "spectral": maker.StaticSaliencySpectralResidual_create,
        "fine": maker.StaticSaliencyFineGrained_create,
    }[method]
    done, found = make().computeSaliency(np.ascontiguousarray(pixels[..., ::-1]))
    if not done or found is None:
        raise EngineError("OpenCV found no saliency map for this picture")
    return np.asarray(np.clip(np.nan_to_num(found), 0, 1), np.float32)


def spectral_residual(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Saliency by the spectral residual, to be read.

    With ``A`` the amplitude and ``P`` the phase of the picture's Fourier transform, ``R = log A -
    mean(log A)`` is what a neighbourhood does not explain; ``S = |F⁻¹ exp(R + iP)|²``, smoothed.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        RGB.

    Returns
    -------
    (H, W) float64
        0..1.
    """
    height, width = pixels.shape[:2]
    small = cv2.resize(pixels, (SPECTRUM_SIDE, SPECTRUM_SIDE), interpolation=cv2.INTER_LINEAR)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float64)
    spectrum = np.fft.fft2(grey)
    log_amplitude = np.log(np.maximum(np.abs(spectrum), 1e-9))
    residual = log_amplitude - cv2.blur(log_amplitude, (3, 3))
    back = np.abs(np.fft.ifft2(np.exp(residual + 1j * np.angle(spectrum))))
    smooth = np.asarray(cv2.GaussianBlur(back, (5, 5), 8), np.float64)
    salient = smooth**2 / float(smooth.max()) ** 2
    # averaging can step a rounding error over 1
    return cast(
        "NDArray[np.float64]",
        np.clip(cv2.resize(salient, (width, height), interpolation=cv2.INTER_LINEAR), 0, 1),
    )
