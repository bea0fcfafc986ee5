"""Checks of OpenVINO model files before the runtime sees them.

The runtime answers a damaged file with a stack of its own source lines, and with a warm compile
cache it may not look at the weights at all, so the checks are made here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from seglib.errors import ModelFileError


def check_model_file(path: Path) -> str:
    """Check a model's ``.xml`` and ``.bin`` and return a digest of their bytes.

    Parameters
    ----------
    path : Path
        The ``.xml``; the weights are the ``.bin`` beside it.

    Returns
    -------
    str
        32 hexadecimal digits: the key of the model in the compile cache. A cache keyed by path
        alone would go on answering with the old weights after a model was replaced.

    Raises
    ------
    ModelFileError
        One of the files is missing, empty, truncated or not what its name says. The message has
        file names only, never a folder.
    """
    if path.suffix.lower() != ".xml":
        raise ModelFileError(f"expected an OpenVINO model (.xml), got {path.name}")
    description = _read(path, "model description")
    needed = _weights_needed(description, path.name)
    digest = hashlib.blake2b(description, digest_size=16)
    if needed:
        weights = path.with_suffix(".bin")
        data = _read(weights, "weights")
        if len(data) < needed:
            raise ModelFileError(
                f"{weights.name} is damaged: {path.name} needs {needed} bytes of weights, "
                f"the file holds {len(data)}"
            )
        digest.update(data)
    return digest.hexdigest()


def _read(path: Path, what: str) -> bytes:
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise ModelFileError(f"the {what} {path.name} is missing") from None
    except OSError as error:
        raise ModelFileError(f"the {what} {path.name} cannot be read: {error.strerror}") from None
    if not data:
        raise ModelFileError(f"the {what} {path.name} is empty")
    return data


def _weights_needed(description: bytes, name: str) -> int:
    """Return the number of bytes the ``.bin`` must have: the end of the last constant."""
    try:
        root = ElementTree.fromstring(description)
    except ElementTree.ParseError:
        raise ModelFileError(f"{name} is damaged: it is not a complete XML file") from None
    if root.tag != "net" or root.find("layers") is None:
        raise ModelFileError(f"{name} is not an OpenVINO model: expected <net> with <layers>")
    try:
        return max(_constant_ends(root), default=0)
    except ValueError:
        raise ModelFileError(f"{name} is damaged: a constant has no readable place") from None


def _constant_ends(root: ElementTree.Element) -> Iterator[int]:
    # iter() also reaches the bodies of If, Loop and TensorIterator
    for layer in root.iter("layer"):
        data = layer.find("data")
        if layer.get("type") == "Const" and data is not None:
            offset, size = int(data.get("offset", "")), int(data.get("size", ""))
            if offset < 0 or size < 0:
                raise ValueError("negative")
            yield offset + size
