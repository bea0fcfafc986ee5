"""The error family: everything the library raises on purpose.

Each message is one sentence for a person: what was expected and what came. A program can catch
:class:`SeglibError` and show ``str(error)`` as it is.
"""

from __future__ import annotations

from collections.abc import Sequence


class SeglibError(Exception):
    """Base of every error raised on purpose."""


class UsageError(SeglibError):
    """The command line or an option was used in a way that has no meaning."""


class ShapeError(SeglibError, ValueError):
    """An array has another shape, type or value range than expected."""


class ImageError(SeglibError):
    """Bytes are not a picture that can be read."""


class ImageTooLargeError(ImageError):
    """A picture is over a limit; found from its header, before decoding."""


class VideoError(SeglibError):
    """Bytes are not a clip that can be read, or a clip cannot be written."""


class VideoTooLargeError(VideoError):
    """A clip is over a limit."""


class LabelError(SeglibError, ValueError):
    """A class id or a class name is outside the label set, or the set is unknown."""


class FormatError(SeglibError):
    """A label file breaks the rules of its format."""


class DatasetError(SeglibError):
    """A data set folder is missing, empty or incomplete."""


class UnknownModelError(SeglibError, LookupError):
    """No model has this name.

    Parameters
    ----------
    name : str
        The name asked for.
    near : sequence of str
        Names that are close to it, nearest first.
    """

    def __init__(self, name: str, near: Sequence[str] = ()) -> None:
        self.name = name
        self.near = tuple(near)
        hint = f"; did you mean {', '.join(self.near)}?" if self.near else ""
        super().__init__(f"no model is called {name!r}{hint}")


class ModelFileError(SeglibError):
    """A model file is missing, damaged or of an unknown kind."""


class EngineError(SeglibError):
    """A network could not be compiled or run."""


class EngineBusyError(EngineError):
    """No inference request became free within the time allowed."""
