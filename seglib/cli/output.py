"""How the command line speaks: one line an error, progress with the time left, plain tables."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from seglib.errors import SeglibError


class OutputError(SeglibError):
    """A result could not be written."""


def complain(message: str) -> None:
    """Write one line to standard error."""
    print(f"seglib: {' '.join(message.split())}", file=sys.stderr)


class Progress:
    """``12/101 pictures, 8 s left`` on standard error.

    On a terminal the line is rewritten in place; in a log it is written about ten times.
    """

    def __init__(self, *, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._start = time.monotonic()
        self._tenth = -1

    def __call__(self, done: int, total: int) -> None:
        """Tell how far it is; called after each picture."""
        left = (time.monotonic() - self._start) / done * (total - done)
        text = f"{done}/{total} pictures, {duration(left)} left"
        if self._stream.isatty():
            end = "\n" if done == total else ""
            self._stream.write(f"\r\x1b[K{text}{end}")
            self._stream.flush()
        elif done * 10 // total != self._tenth:
            self._tenth = done * 10 // total
            self._stream.write(text + "\n")


def duration(seconds: float) -> str:
    """Write ``8 s``, ``3 min 20 s`` or ``1 h 05 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def percent(share: float | None) -> str:
    """Write a share of 0..1 in percent, or ``undefined``."""
    return "undefined" if share is None else f"{share * 100:.1f} %"


def table(rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> str:
    """Align columns; those in ``right`` to the right (numbers)."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if index in right else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def make_folder(folder: Path) -> None:
    """Make a folder that can be written to.

    Raises
    ------
    OutputError
        It cannot be made, is a file, or nothing can be written in it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OutputError(f"cannot write to {folder}: {error.strerror or error}") from None


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: under another name first, then renamed.

    Raises
    ------
    OutputError
        It cannot be written.
    """
    name = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            name = file.name
            file.write(data)
        # a temporary file is private; a result has the rights any new file would get
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        Path(name).replace(path)
    except OSError as error:
        if name is not None:
            Path(name).unlink(missing_ok=True)
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from None
