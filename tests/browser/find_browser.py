"""Print the path of a Chromium that the browser tests can drive.

In this order: the environment variable CHROMIUM, a Chromium or Chrome on the PATH, the one that
Playwright keeps, one installed now by apt (root or password-less sudo), one installed now by
Playwright. Where all fail, one message on stderr and exit code 1.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
TIMEOUT_S = 600


def found() -> str | None:
    """Return the path of a browser that is already there."""
    named = os.environ.get("CHROMIUM")
    if named and shutil.which(named):
        return shutil.which(named)
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    return _playwrights_own()


def _playwrights_own() -> str | None:
    try:
        from playwright.sync_api import sync_playwright

        with sync_playwright() as play:
            path = Path(play.chromium.executable_path)
    except Exception as error:  # no driver, no cache: all the same here
        print(f"Playwright cannot say where its Chromium is: {error}", file=sys.stderr)
        return None
    return str(path) if path.is_file() else None


def _run(*command: str) -> bool:
    print("+", *command, file=sys.stderr)
    try:
        # stdout carries the answer of this script, so the installers talk on stderr.
        done = subprocess.run(command, stdout=sys.stderr, timeout=TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(error, file=sys.stderr)
        return False
    return done.returncode == 0


def install() -> str | None:
    """Install a browser and return its path."""
    apt = shutil.which("apt-get")
    sudo = shutil.which("sudo")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if apt and (root or (sudo and _run(sudo, "-n", "true"))):
        prefix = () if root else (str(sudo), "-n")
        command = (*prefix, apt, "install", "-y", "--no-install-recommends", "chromium")
        if (_run(*command) or (_run(*prefix, apt, "update") and _run(*command))) and found():
            return found()
    _run(sys.executable, "-m", "playwright", "install", "chromium")
    return _playwrights_own()


def main() -> int:
    """Print the path, or say what to do."""
    path = found() or install()
    if path is None:
        print(
            "No Chromium was found and none could be installed. Install one (Debian: apt-get "
            "install chromium) or set CHROMIUM to the path of a Chromium or Chrome.",
            file=sys.stderr,
        )
        return 1
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
