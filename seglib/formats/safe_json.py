"""JSON from strangers: limits on bytes and nesting before anything is built."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np

from seglib.errors import FormatError

_MIB = 1024 * 1024
_PART = 1 << 20
# Possessive: without a way back, a string of 40 MB costs no memory.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)


def parse(data: bytes, *, max_bytes: int, max_depth: int) -> Any:
    """Parse JSON.

    ``NaN`` and ``Infinity``, which Python writes though JSON does not know them, come as floats:
    whoever reads the values says where they stand.

    Parameters
    ----------
    data : bytes
        The file, from anybody.
    max_bytes : int
        Longest file that is parsed.
    max_depth : int
        Deepest nesting of lists and objects.

    Raises
    ------
    FormatError
        Over a limit, or not JSON; the message says in which line and column.
    """
    check_bytes(len(data), max_bytes)
    if _depth(data) > max_depth:
        raise FormatError(f"expected JSON of at most {max_depth} levels, got deeper nesting")
    try:
        return json.loads(data)
    except json.JSONDecodeError as error:
        raise FormatError(
            f"expected JSON, got something else in line {error.lineno}, column {error.colno}: "
            f"{error.msg}"
        ) from None
    except UnicodeDecodeError:
        raise FormatError("expected JSON, got bytes that are no text") from None
    except RecursionError:
        raise FormatError("expected flat JSON, got nesting too deep to read") from None
    except ValueError:
        # Python refuses whole numbers of thousands of digits
        raise FormatError("expected JSON, got a number of thousands of digits") from None


def check_bytes(length: int, max_bytes: int) -> None:
    """Raise :class:`FormatError` where a file is empty or too long."""
    if length == 0:
        raise FormatError("the file is empty (0 bytes)")
    if length > max_bytes:
        raise FormatError(
            f"expected a file of at most {max_bytes / _MIB:,.0f} MiB, got {length / _MIB:,.0f} MiB"
        )


def clean(text: str, *, longest: int = 200) -> str:
    """Return text of a stranger that can be shown.

    JSON may hold halves of characters, which no browser takes, and line breaks.
    """
    whole = text[: longest + 1].encode("utf-8", "replace").decode("utf-8")
    line = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in whole)
    return line if len(line) <= longest else line[: longest - 1] + "…"


def shown(value: object) -> str:
    """Return a value of a stranger's file in a few characters, for a message."""
    if isinstance(value, str):
        return repr(clean(value, longest=30))
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        # not through str() first: it refuses thousands of digits
        return str(value) if abs(value) < 10**15 else "a huge number"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return "an object" if isinstance(value, dict) else type(value).__name__


def _depth(data: bytes) -> int:
    """Return the deepest nesting of brackets outside of strings."""
    deepest = level = 0
    text = np.frombuffer(_STRING.sub(b"", data), np.uint8)
    for start in range(0, text.size, _PART):
        part = text[start : start + _PART]
        steps = ((part == 0x5B) | (part == 0x7B)).astype(np.int32)
        steps -= (part == 0x5D) | (part == 0x7D)
        levels = np.cumsum(steps, out=steps)
        deepest = max(deepest, level + int(levels.max()))
        level += int(levels[-1])
    return deepest
