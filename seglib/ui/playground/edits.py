"""What the browser says was painted: checked to the last byte, for it comes from outside."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.errors import FormatError

Labels = NDArray[np.uint8]

_MOST_TEXT = 1 << 17


@dataclass(frozen=True, eq=False)
class Edit:
    """Both maps after a stroke, ``(H, W) uint8``, read-only."""

    truth: Labels
    prediction: Labels


def read(
    report: Any,
    *,
    nonce: str,
    size: tuple[int, int],
    classes: Collection[int],
    ignore: int | None,
) -> Edit | None:
    """Read a report.

    Parameters
    ----------
    report : object
        Anything. Meant is ``{"nonce": …, "truth": …, "prediction": …}``, the maps as deflated
        bytes in base64.
    nonce : str
        Of the maps that the browser was given last.
    size : tuple of int
        Width and height, pixels.
    classes : collection of int
        Ids that may occur.
    ignore : int or None
        Value that may occur in the truth besides.

    Returns
    -------
    Edit or None
        ``None`` where the report is of maps given earlier: too late, and no fault.

    Raises
    ------
    FormatError
        It is no such report.
    """
    if not isinstance(report, dict):
        raise FormatError(f"expected two painted maps, got {type(report).__name__}")
    if not isinstance(report.get("nonce"), str):
        raise FormatError("expected painted maps that say what they were painted on")
    if report["nonce"] != nonce:
        return None
    return Edit(
        _map(report.get("truth"), "truth", size, {*classes, *([] if ignore is None else [ignore])}),
        _map(report.get("prediction"), "prediction", size, set(classes)),
    )


def _map(text: Any, name: str, size: tuple[int, int], allowed: set[int]) -> Labels:
    if not isinstance(text, str) or len(text) > _MOST_TEXT or not text.isascii():
        raise FormatError(f"expected the painted {name} as at most {_MOST_TEXT} letters of base64")
    width, height = size
    try:
        packed = base64.b64decode(text, validate=True)
        # One byte more than wanted is enough to know that it is too much: no bomb is unpacked.
        stream = zlib.decompressobj()
        data = stream.decompress(packed, width * height + 1)
    except (binascii.Error, ValueError, zlib.error):
        raise FormatError(f"expected the painted {name} as deflated bytes in base64") from None
    if len(data) != width * height or not stream.eof or stream.unused_data:
        raise FormatError(
            f"expected {width} × {height} bytes of a painted {name}, got another number"
        )
    labels = np.frombuffer(data, np.uint8).reshape(height, width)
    strangers = sorted(set(np.unique(labels).tolist()) - allowed)
    if strangers:
        raise FormatError(
            f"expected class ids of this situation in the painted {name}, got {strangers[:8]}"
        )
    return labels
