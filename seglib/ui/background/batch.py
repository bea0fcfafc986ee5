"""Several pictures through the same settings into one ZIP, a picture at a time.

Nothing here knows of Streamlit. Memory does not grow with the number of pictures beyond the ZIP
itself, which has a limit; nothing is written to disk.
"""

from __future__ import annotations

import io
import re
import threading
import time
import zipfile
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from seglib.errors import ImageError, SeglibError
from seglib.images import DEFAULT_LIMITS, Image, Limits, decode, encode_png, shrink_to
from seglib.matting import Replaced
from seglib.video.pipeline import Progress

_DAY = (2000, 1, 1, 0, 0, 0)
THUMB_SIDE = 160


class Source(Protocol):
    """A file of a visitor."""

    name: str
    size: int

    def getvalue(self) -> bytes:
        """Return its bytes."""
        ...


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """How much one batch may hold.

    Parameters
    ----------
    files : int
        Pictures.
    total_bytes : int
        Of all files together.
    zip_bytes : int
        Of the ZIP.
    picture : Limits
        Of each picture.
    """

    files: int = 50
    total_bytes: int = 200 * 2**20
    zip_bytes: int = 256 * 2**20
    picture: Limits = DEFAULT_LIMITS


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a file is not in the ZIP."""

    name: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Done:
    """A picture that is in the ZIP.

    Parameters
    ----------
    name, source : str
        In the ZIP, and as it came.
    size : (width, height)
        Pixels.
    length : int
        Bytes of the file in the ZIP.
    share : float
        Mean alpha.
    found : bool
        Whether alpha reaches one half anywhere.
    thumb : bytes
        A small PNG.
    seconds : float
        From file to file.
    """

    name: str
    source: str
    size: tuple[int, int]
    length: int
    share: float
    found: bool
    thumb: bytes
    seconds: float


class BatchJob:
    """Pictures to a ZIP; goes on only while it is asked to.

    Parameters
    ----------
    files : sequence of Source
    answer : callable
        Picture to what is made of it.
    encode : callable
        That to a file.
    suffix : str
        Of the files in the ZIP: ``"png"``, ``"jpg"``.
    longest : int or None
        Larger pictures are scaled down to this longest side first.
    note : bytes
        ``settings.json`` of the ZIP.
    limits : BatchLimits
    """

    def __init__(
        self,
        files: Sequence[Source],
        answer: Callable[[Image], Replaced],
        encode: Callable[[Replaced], bytes],
        *,
        suffix: str = "png",
        longest: int | None = None,
        note: bytes = b"{}",
        limits: BatchLimits | None = None,
    ) -> None:
        self.limits = limits or BatchLimits()
        self.done: list[Done] = []
        self.findings: list[Finding] = []
        self.data: bytes | None = None
        """The ZIP, once the job has ended with at least one picture in it."""
        self.stopped = False
        self.finished = False
        self.progress = Progress(len(files))
        self._answer, self._encode = answer, encode
        self._suffix, self._longest = suffix, longest
        self._buffer = io.BytesIO()
        self._zip = zipfile.ZipFile(self._buffer, "w", zipfile.ZIP_STORED)
        self._names = {"settings.json"}
        self._note = note
        self._start = time.perf_counter()
        self._seconds: float | None = None
        # whoever stops the job may be another thread than the one that works on it
        self._turn = threading.RLock()
        self._work = self._pictures(list(files))

    @property
    def seconds(self) -> float:
        """Wall-clock time so far."""
        return time.perf_counter() - self._start if self._seconds is None else self._seconds

    def run(self, seconds: float) -> None:
        """Work for about so long, at least one picture."""
        deadline = time.perf_counter() + seconds
        while self.step() and time.perf_counter() < deadline:
            pass

    def step(self) -> bool:
        """Do one picture; returns whether there is more to do."""
        with self._turn:
            if not self.finished and next(self._work, None) is None:
                self._end()
            return not self.finished

    def stop(self) -> None:
        """End now; the ZIP has what is done."""
        with self._turn:
            if not self.finished:
                self.stopped = True
                self._end()

    def _end(self) -> None:
        self._work.close()
        self._seconds = time.perf_counter() - self._start
        self.finished = True
        if self.done:
            self._write("settings.json", self._note)
        self._zip.close()
        self.data = self._buffer.getvalue() if self.done else None
        # what is no longer needed goes: the model and the files stay with their owners
        del self._buffer

    def _pictures(self, files: list[Source]) -> Generator[bool, None, None]:
        files = self._within_limits(files)
        while files:
            file = files.pop(0)
            try:
                self._one(file)
            except SeglibError as error:
                self._find(file.name, _sentence(error))
            except _FullError:
                for left in (file, *files):
                    self._find(left.name, f"The ZIP is full at {_mib(self.limits.zip_bytes)}.")
                return
            self.progress.step()
            yield True

    def _within_limits(self, files: list[Source]) -> list[Source]:
        kept: list[Source] = []
        total = 0
        for file in files:
            if len(kept) >= self.limits.files:
                self._find(file.name, f"A batch takes {self.limits.files} pictures at most.")
            elif total + file.size > self.limits.total_bytes:
                self._find(file.name, f"A batch takes {_mib(self.limits.total_bytes)} at most.")
            else:
                kept.append(file)
                total += file.size
        self.progress.total = len(kept)
        return kept

    def _one(self, file: Source) -> None:
        start = time.perf_counter()
        image = decode(file.getvalue(), limits=self.limits.picture)
        if self._longest is not None:
            image = shrink_to(image, self._longest)
        made = self._answer(image)
        try:
            data = self._encode(made)
        except MemoryError:
            raise ImageError("there is not enough memory for this picture now") from None
        if self._buffer.tell() + len(data) > self.limits.zip_bytes:
            raise _FullError
        name = self._name(file.name)
        self._write(name, data)
        self.done.append(
            Done(
                name,
                shown_name(file.name),
                image.size,
                len(data),
                float(made.matte.alpha.mean(dtype=np.float64)),
                bool(made.matte.alpha.max() >= 0.5),
                _thumb(made.pixels),
                time.perf_counter() - start,
            )
        )

    def _write(self, name: str, data: bytes) -> None:
        # pictures are packed already; a fixed date makes equal input give an equal file
        self._zip.writestr(zipfile.ZipInfo(name, _DAY), data)

    def _name(self, source: str) -> str:
        """Return a name that is safe, and unique whatever the case of its letters."""
        stem = re.sub(r"[^\w .()-]", "_", source.rsplit("/", 1)[-1].rsplit(".", 1)[0])
        stem = stem.strip(" .")[:80] or "picture"
        name, number = f"{stem}.{self._suffix}", 2
        while name.casefold() in self._names:
            name, number = f"{stem}-{number}.{self._suffix}", number + 1
        self._names.add(name.casefold())
        return name

    def _find(self, name: str, sentence: str) -> None:
        self.findings.append(Finding(shown_name(name), sentence))


class _FullError(Exception):
    """The next picture has no room in the ZIP."""


def shown_name(name: str) -> str:
    """Return a stranger's file name as it may be shown."""
    return re.sub(r"[^\w .()-]", "_", name)[:80] or "picture"


def _sentence(error: SeglibError) -> str:
    text = str(error).strip() or "this picture cannot be used"
    return f"{text[0].upper()}{text[1:]}."


def _mib(count: int) -> str:
    return f"{count / 2**20:,.0f} MiB"


def _thumb(pixels: NDArray[np.uint8]) -> bytes:
    height, width = pixels.shape[:2]
    scale = min(1.0, THUMB_SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return encode_png(np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8))
