"""A Streamlit script on a free port, for tests and benchmarks with a real browser."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import create_server

ROOT = Path(__file__).resolve().parents[2]
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A camera that needs no hand to allow it.
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
)
"""How Chromium is started."""

START_S = 180


@dataclass(frozen=True)
class Running:
    """A server that answers.

    Parameters
    ----------
    address : str
        Without a slash at the end.
    pid : int
        Its process.
    """

    address: str
    pid: int


@contextmanager
def serve(script: Path, log: Path) -> Iterator[Running]:
    """Run ``script`` as ``make run`` runs the app, all output in ``log``, until the block ends."""
    with create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += ["--server.headless", "true", "--server.port", str(port)]
    command += ["--server.address", "127.0.0.1", "--server.fileWatcherType", "none"]
    with log.open("wb") as stream:
        process = subprocess.Popen(command, cwd=ROOT, stdout=stream, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + START_S
        while not _answers(address):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        yield Running(address, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=10) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
