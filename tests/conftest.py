"""What all tests share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """Return a file or folder of the training data, or skip the test where it is not there."""
    folder = Path(os.environ.get("SEGLIB_SHARED", ROOT.parent / "shared"))

    def locate(name: str) -> Path:
        if not (folder / name).exists():
            pytest.skip(f"needs {name} of the training data (SEGLIB_SHARED), which is not here")
        return folder / name

    return locate
