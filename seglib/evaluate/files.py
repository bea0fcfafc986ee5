"""Where the files of a data set come from: a folder, an archive, or memory."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from seglib.errors import DatasetError

MAX_DEPTH = 4
"""Folders below the root that are looked into."""

MAX_FILES = 200_000

_DAY = (2000, 1, 1, 0, 0, 0)


class Files(Protocol):
    """Files by their path below a root, ``/`` between folders.

    :class:`seglib.formats.archive.Archive` is one as well.
    """

    def names(self) -> tuple[str, ...]:
        """Return the paths, sorted."""
        ...

    def size(self, name: str) -> int:
        """Return the bytes of a file."""
        ...

    def read(self, name: str) -> bytes:
        """Return a file's bytes."""
        ...


class FolderFiles:
    """The files of a folder and of those below it.

    Hidden files and links to elsewhere are left out.

    Parameters
    ----------
    root : Path

    Raises
    ------
    DatasetError
        It is no folder, or holds more than 200,000 files.
    """

    def __init__(self, root: Path) -> None:
        if not root.is_dir():
            raise DatasetError(f"expected a folder of pictures, {root} is not one")
        self.root = root
        base = root.resolve()
        found: list[str] = []
        folders = [(root, 0)]
        while folders:
            folder, depth = folders.pop()
            for path in sorted(folder.iterdir()):
                if path.name.startswith("."):
                    continue
                # A link may point anywhere; what it points to must still lie in the folder.
                if path.is_symlink() and not path.resolve().is_relative_to(base):
                    continue
                if path.is_file():
                    found.append(path.relative_to(root).as_posix())
                elif path.is_dir() and not path.is_symlink() and depth < MAX_DEPTH:
                    folders.append((path, depth + 1))
            if len(found) > MAX_FILES:
                raise DatasetError(f"expected at most {MAX_FILES:,} files, {root} holds more")
        self._names = tuple(sorted(found))
        self._known = frozenset(found)

    def names(self) -> tuple[str, ...]:
        """Return the paths below the folder, sorted."""
        return self._names

    def _path(self, name: str) -> Path:
        if name not in self._known:
            raise DatasetError(f"the folder holds no {name}")
        return self.root / name

    def size(self, name: str) -> int:
        """Return the bytes of a file."""
        return self._path(name).stat().st_size

    def read(self, name: str) -> bytes:
        """Return a file's bytes; :class:`DatasetError` where that fails."""
        try:
            return self._path(name).read_bytes()
        except OSError as error:
            raise DatasetError(f"{name} cannot be read: {error.strerror or error}") from None


class MemoryFiles:
    """Files held in memory.

    Parameters
    ----------
    content : mapping of str to bytes
    """

    def __init__(self, content: Mapping[str, bytes]) -> None:
        self._content = dict(content)

    def names(self) -> tuple[str, ...]:
        """Return the paths, sorted."""
        return tuple(sorted(self._content))

    def size(self, name: str) -> int:
        """Return the bytes of a file."""
        return len(self._content[name])

    def read(self, name: str) -> bytes:
        """Return a file's bytes."""
        return self._content[name]

    def to_zip(self) -> bytes:
        """Return all files as a ZIP archive; the same files give the same bytes."""
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for name in self.names():
                archive.writestr(zipfile.ZipInfo(name, _DAY), self._content[name])
        return file.getvalue()
