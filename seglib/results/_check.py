"""Checks shared by the result types: they keep the wording of the errors in one place."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seglib.errors import ShapeError


def describe(value: object) -> str:
    """Say what came: ``(480, 640) uint8`` for an array, else the name of its type."""
    if isinstance(value, np.ndarray):
        return f"{value.shape} {value.dtype}"
    return type(value).__name__


def expect(value: object, wanted: str, *, ndim: int, dtypes: tuple[type[np.generic], ...]) -> None:
    """Raise :class:`ShapeError` unless ``value`` is an array of ``ndim`` axes and a listed type."""
    if not isinstance(value, np.ndarray) or value.ndim != ndim or value.dtype.type not in dtypes:
        raise ShapeError(f"expected {wanted}, got {describe(value)}")


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """Return a read-only view; the caller's own array keeps its flags."""
    view = array.view()
    view.setflags(write=False)
    return view
