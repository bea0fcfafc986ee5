"""Data sets of pairs: a picture ``NAME.jpg`` and its label map ``NAME.png`` in one folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import UnidentifiedImageError
from PIL.PngImagePlugin import PngImageFile

from seglib import images
from seglib.errors import DatasetError, ImageError, LabelError
from seglib.images import Image
from seglib.labels import LabelSet

PICTURES = {".jpg", ".jpeg"}


@dataclass(frozen=True, slots=True)
class Pair:
    """One judged picture."""

    name: str
    picture: Path
    labels: Path

    def read(self, label_set: LabelSet) -> tuple[Image, NDArray[np.uint8]]:
        """Return the picture and its label map, ``(H, W) uint8`` of the same size.

        Raises
        ------
        DatasetError
            A file cannot be read, the sizes differ, or the labels are not ids of ``label_set``.
        """
        try:
            image = images.load(self.picture)
        except ImageError as error:
            raise DatasetError(f"{self.picture.name}: {error}") from None
        return image, _read_ids(self.labels, image.size, label_set)


def find_pairs(root: Path) -> tuple[Pair, ...]:
    """Return the pairs of a folder by name.

    Raises
    ------
    DatasetError
        The folder is missing or empty, or a file has no partner: judging only the rest would
        give a number that looks right and is not.
    """
    if not root.is_dir():
        raise DatasetError(f"expected a folder of pictures, {root} is not one")
    files = sorted(path for path in root.iterdir() if path.is_file())
    pictures = {path.stem: path for path in files if path.suffix.lower() in PICTURES}
    maps = {path.stem: path for path in files if path.suffix.lower() == ".png"}
    if not pictures and not maps:
        raise DatasetError(f"expected pairs NAME.jpg + NAME.png, {root} holds none")
    if lonely := sorted(pictures.keys() - maps.keys()):
        raise DatasetError(f"{_names(lonely, 'jpg')} in {root} without a label map NAME.png")
    if lonely := sorted(maps.keys() - pictures.keys()):
        raise DatasetError(f"{_names(lonely, 'png')} in {root} without a picture NAME.jpg")
    return tuple(Pair(name, pictures[name], maps[name]) for name in sorted(pictures))


def _names(names: Iterable[str], ending: str) -> str:
    listed = [f"{name}.{ending}" for name in names]
    more = f" and {len(listed) - 3} more" if len(listed) > 3 else ""
    return ", ".join(listed[:3]) + more


def _read_ids(path: Path, size: tuple[int, int], label_set: LabelSet) -> NDArray[np.uint8]:
    try:
        with PngImageFile(str(path)) as file:
            # the header is enough to refuse, before a pixel is decoded
            if file.mode not in ("L", "P"):
                raise DatasetError(
                    f"{path.name}: expected one 8-bit class id a pixel, got a {file.mode} picture"
                )
            if file.size != size:
                raise DatasetError(
                    f"{path.name} is {file.size[0]}x{file.size[1]}, "
                    f"its picture {size[0]}x{size[1]} pixels"
                )
            ids = np.asarray(file, np.uint8)
    except (OSError, SyntaxError, ValueError, UnidentifiedImageError):
        raise DatasetError(f"{path.name} is not a PNG file that can be read") from None
    try:
        label_set.check(ids)
    except LabelError as error:
        raise DatasetError(f"{path.name}: {error}") from None
    return ids
