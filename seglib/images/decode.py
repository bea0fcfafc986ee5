"""Untrusted bytes to pixels.

Every picture becomes RGB, 8 bits a channel:

- the EXIF orientation is applied; a broken EXIF block is ignored;
- of an animation or a file of several pages, the first picture is taken;
- transparency (alpha, a transparent palette entry or colour) is laid on white;
- grey, 1-bit, palette, YCbCr and CMYK are converted by Pillow, colour profiles are not applied;
- deeper pixels are scaled as :mod:`seglib.images.depth` says.

What goes wrong with the bytes is an :class:`~seglib.errors.ImageError` of one sentence, nothing
else. Nothing global is changed, so any number of threads may decode at once.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PilImage
from PIL import ImageFile, ImageOps
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from seglib.errors import ImageError, ImageTooLargeError, SeglibError
from seglib.images import depth
from seglib.images.header import READABLE, claimed_size, sniff
from seglib.images.image import Image


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a picture file may be.

    Parameters
    ----------
    max_bytes : int
        Length of the file in bytes.
    max_pixels : int
        Width times height.
    max_side : int
        Width and height, each, in pixels.
    """

    max_bytes: int = 40 * 1024 * 1024
    max_pixels: int = 50_000_000
    max_side: int = 20_000


DEFAULT_LIMITS = Limits()
"""40 MiB, 50 million pixels, 20,000 pixels a side."""

# The classes are called directly, not through PIL.Image.open: no other parser can ever run, and
# Pillow's own size check there speaks through the process-wide warning filter.
_PARSERS: dict[str, type[ImageFile.ImageFile]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "WebP": WebPImageFile,
    "BMP": BmpImageFile,
    "TIFF": TiffImageFile,
    "GIF": GifImageFile,
}

_MIB = 1024 * 1024


def decode(data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> Image:
    """Decode a picture file held in memory.

    Parameters
    ----------
    data : bytes
        A JPEG, PNG, WebP, BMP, TIFF or GIF file, from anybody.
    limits : Limits
        Checked before any pixel is decoded.

    Raises
    ------
    ImageTooLargeError
        Too many bytes, pixels, or pixels a side.
    ImageError
        Not a picture that can be read, or a damaged one. The message is one sentence.
    """
    pixels = decode_with(_to_rgb, data, kinds=READABLE, limits=limits)
    pixels.setflags(write=False)
    return Image(pixels)


def decode_with(
    convert: Callable[[ImageFile.ImageFile, str], NDArray[np.uint8]],
    data: bytes,
    *,
    kinds: tuple[str, ...],
    limits: Limits,
) -> NDArray[np.uint8]:
    """Run all checks on a picture file and hand it to ``convert``.

    The ground of :func:`decode` and of readers that need what a file stores, such as the indices
    of a palette, instead of its colours.

    Parameters
    ----------
    convert : function of (Pillow picture, kind)
        Reads the pixels. The picture's header is parsed and its size checked, nothing decoded.
    data : bytes
        The file, from anybody.
    kinds : tuple of str
        Those of :data:`~seglib.images.header.READABLE` that are wanted.
    limits : Limits

    Raises
    ------
    ImageError
        Whatever is wrong with the bytes, in one sentence.
    """
    _check_bytes(len(data), limits)
    kind = sniff(data)
    if kind not in kinds:
        raise ImageError(_refusal(data, kind, kinds))
    claimed = claimed_size(data, kind)
    if claimed is not None:
        check_size(claimed, limits)
    # Decoders meet forged files here, and fail in more ways than they document.
    try:
        with _PARSERS[kind](io.BytesIO(data)) as picture:
            check_size(picture.size, limits)
            if isinstance(picture, TiffImageFile):
                # A tile may claim to be far larger than the picture that it is a part of.
                check_size((_tag(picture, 322), _tag(picture, 323)), limits)
            return convert(picture, kind)
    except SeglibError:
        raise
    except (PilImage.DecompressionBombError, PilImage.DecompressionBombWarning, MemoryError):
        raise ImageTooLargeError(
            f"expected at most {_count(limits.max_pixels)} pixels, got a {kind} picture with more"
        ) from None
    except Exception as error:
        raise ImageError(_damage(kind, error)) from error


def load(path: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> Image:
    """Read a picture file from disk; see :func:`decode`.

    Messages name the file, not its folder.
    """
    data = read_bytes(path, limits=limits)
    try:
        return decode(data, limits=limits)
    except ImageError as error:
        raise type(error)(f"{Path(path).name}: {error}") from error


def read_bytes(path: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Read a whole file, its length checked first; :class:`ImageError` where that fails."""
    path = Path(path)
    try:
        _check_bytes(path.stat().st_size, limits)
        return path.read_bytes()
    except ImageError as error:
        raise type(error)(f"{path.name}: {error}") from None
    except OSError as error:
        raise ImageError(f"{path.name} cannot be read: {error.strerror or error}") from None


def check_size(size: tuple[int, int], limits: Limits) -> None:
    """Raise :class:`ImageTooLargeError` where (width, height) is over a limit."""
    width, height = size
    if width > limits.max_side or height > limits.max_side:
        raise ImageTooLargeError(
            f"expected at most {_count(limits.max_side)} pixels a side, "
            f"got a picture of {_count(width)} × {_count(height)}"
        )
    if width * height > limits.max_pixels:
        raise ImageTooLargeError(
            f"expected at most {_count(limits.max_pixels)} pixels, "
            f"got {_count(width)} × {_count(height)} = {_count(width * height)}"
        )


def _check_bytes(length: int, limits: Limits) -> None:
    if length == 0:
        raise ImageError("the file is empty (0 bytes)")
    if length > limits.max_bytes:
        raise ImageTooLargeError(
            f"expected a file of at most {limits.max_bytes / _MIB:,.0f} MiB, "
            f"got {length / _MIB:,.0f} MiB"
        )


def _turn_upright(picture: PilImage.Image) -> None:
    # Cameras and editors write EXIF blocks that no parser likes; the pixels are good all the same.
    with contextlib.suppress(Exception):
        ImageOps.exif_transpose(picture, in_place=True)


def _to_rgb(file: ImageFile.ImageFile, kind: str) -> NDArray[np.uint8]:
    inverted = isinstance(file, TiffImageFile) and _tag(file, 262, default=1) == 0
    file.load()
    _turn_upright(file)
    picture: PilImage.Image = file
    mode = picture.mode
    if mode.startswith("I") or mode == "F":
        return _deep_to_rgb(np.asarray(picture), kind, inverted=inverted)
    if mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
        if mode == "La":  # Pillow has no direct way from here to RGBA
            picture = picture.convert("LA")
        picture = picture.convert("RGBA")
        paper = PilImage.new("RGBA", picture.size, "white")
        picture = PilImage.alpha_composite(paper, picture)
    if picture.mode != "RGB":
        picture = picture.convert("RGB")
    return np.asarray(picture, dtype=np.uint8)


def _deep_to_rgb(deep: NDArray[np.generic], kind: str, *, inverted: bool) -> NDArray[np.uint8]:
    if np.issubdtype(deep.dtype, np.floating):
        grey = depth.float_to_8(deep.astype(np.float32))
    elif kind == "PNG":
        grey = depth.grey16_to_8(deep.astype(np.uint16))
    else:
        grey = depth.int_to_8(deep.astype(np.int64))
    if inverted:  # Pillow inverts "white is zero" for 8 bits only
        grey = 255 - grey
    return np.repeat(grey[:, :, None], 3, axis=2)


def _tag(picture: TiffImageFile, number: int, *, default: int = 0) -> int:
    value = picture.tag_v2.get(number, default)
    return value if isinstance(value, int) else default


def _refusal(data: bytes, kind: str, kinds: tuple[str, ...]) -> str:
    wanted = f"expected a {' or '.join(filter(None, (', '.join(kinds[:-1]), kinds[-1])))} picture"
    if kind == "SVG":
        return "an SVG file is a drawing, not a picture of pixels: save it as PNG first"
    if kind == "text":
        return f"{wanted}, got a text file"
    if kind in READABLE:
        return f"{wanted}, got a {kind} picture"
    if kind:
        return f"{wanted}, got {kind}"
    return f"{wanted}, got {_count(len(data))} bytes of an unknown kind"


def _damage(kind: str, error: Exception) -> str:
    reason = str(error).lower()
    if "truncated" in reason or "not enough" in reason:
        return f"the {kind} picture is cut off before its end: copy or download it again"
    return f"expected a whole {kind} picture, got a {kind} file that is damaged"


def _count(number: int) -> str:
    return f"{number:,}"
