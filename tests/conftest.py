"""What all tests share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]

# A busy machine is no bug, so time decides nothing. Continuous integration tries the same examples
# each time; a developer's machine tries new ones.
settings.register_profile(
    "seglib",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("seglib")


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
