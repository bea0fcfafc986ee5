"""ZIP archives from strangers, read in memory: nothing is ever written to disk.

Every entry is judged before it is read: names that climb out of the archive, absolute paths,
symbolic links, encryption, archives inside, and sizes that are out of all proportion (a bomb) are
findings, and the other entries are still there. What an entry claims is not trusted: reading stops
at the size that it claimed.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from seglib.errors import FormatError
from seglib.formats.findings import Finding, Findings
from seglib.formats.safe_json import check_bytes, clean

_MIB = 1024 * 1024
_ENTRY = b"PK\x01\x02"
_NESTED = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".zst")
_KINDS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError)


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """How large an archive may be.

    Parameters
    ----------
    max_bytes : int
        Of the archive itself.
    max_files : int
        Entries.
    max_file : int
        Bytes of one entry, unpacked.
    max_total : int
        Bytes of all entries, unpacked.
    max_ratio : float
        Unpacked to packed, of an entry of more than 1 MiB. Deflate cannot exceed 1,032; pictures
        stay below 2, label maps and JSON below 100.
    """

    max_bytes: int = 40 * _MIB
    max_files: int = 5_000
    max_file: int = 40 * _MIB
    max_total: int = 400 * _MIB
    max_ratio: float = 200.0


DEFAULT_LIMITS = ArchiveLimits()
"""40 MiB packed, 400 MiB unpacked, 5,000 files."""


class Archive:
    """The usable files of a ZIP archive; made by :func:`open_zip`.

    Parameters
    ----------
    archive : ZipFile
        Open, over bytes in memory.
    entries : mapping
        Checked entries by name.
    findings : tuple of Finding
        What was left out, and why.
    """

    def __init__(
        self,
        archive: zipfile.ZipFile,
        entries: Mapping[str, zipfile.ZipInfo],
        findings: tuple[Finding, ...],
    ) -> None:
        self._archive = archive
        self._entries = entries
        self.findings = findings

    def names(self) -> tuple[str, ...]:
        """Return the paths of the files, ``/`` between folders, sorted."""
        return tuple(sorted(self._entries))

    def size(self, name: str) -> int:
        """Return the bytes of a file, as the archive claims."""
        return self._entry(name).file_size

    def read(self, name: str) -> bytes:
        """Return a file's bytes.

        Raises
        ------
        FormatError
            There is none of this name, it is damaged, or longer than the archive claims.
        """
        entry = self._entry(name)
        try:
            with self._archive.open(entry) as file:
                content = file.read(entry.file_size + 1)
        except _BROKEN:
            raise FormatError(f"{clean(name)} is damaged in the archive") from None
        if len(content) != entry.file_size:
            raise FormatError(f"{clean(name)} is not of the size that the archive claims")
        return content

    def _entry(self, name: str) -> zipfile.ZipInfo:
        try:
            return self._entries[name]
        except KeyError:
            raise FormatError(f"the archive holds no {clean(name)}") from None


def open_zip(data: bytes, *, limits: ArchiveLimits = DEFAULT_LIMITS) -> Archive:
    """Open an archive held in memory.

    Parameters
    ----------
    data : bytes
        From anybody.
    limits : ArchiveLimits

    Raises
    ------
    FormatError
        Not a ZIP archive, or over a limit as a whole. Single entries that cannot be used are
        findings of the result instead.
    """
    check_bytes(len(data), limits.max_bytes)
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise FormatError("expected a ZIP archive, got another kind of file")
    # Counted before the library builds an object for each.
    if data.count(_ENTRY) > limits.max_files:
        raise FormatError(f"expected at most {limits.max_files:,} files, got an archive with more")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _BROKEN:
        raise FormatError("the ZIP archive is damaged or cut off") from None
    findings = Findings()
    entries: dict[str, zipfile.ZipInfo] = {}
    for entry in archive.infolist():
        name = entry.filename.replace("\\", "/")
        if entry.is_dir() or _is_clutter(name):
            continue
        reason = _refusal(entry, name, limits) or ("its name is there twice" * (name in entries))
        if reason:
            findings.error(clean(entry.filename), reason)
        else:
            entries[name] = entry
    _check_total(entries, len(data), limits)
    return Archive(archive, entries, findings.all())


def _is_clutter(name: str) -> bool:
    """Whether an operating system left this file: nobody meant to send it."""
    parts = name.split("/")
    return parts[0] == "__MACOSX" or parts[-1] in (".DS_Store", "Thumbs.db", "desktop.ini")


def _refusal(entry: zipfile.ZipInfo, name: str, limits: ArchiveLimits) -> str:
    """Return why an entry is not read, or an empty text."""
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        return "expected a path inside the archive, got an absolute one: not read"
    if ".." in name.split("/"):
        return "expected a path inside the archive, got one that climbs out of it: not read"
    mode = entry.external_attr >> 16
    if mode and stat.S_ISLNK(mode):
        return "expected a file, got a symbolic link: not followed"
    if mode and stat.S_IFMT(mode) and not stat.S_ISREG(mode):
        return "expected a file, got a device or the like: not read"
    if entry.flag_bits & 0x1:
        return "it is encrypted: not read"
    if entry.compress_type not in _KINDS:
        return "expected a stored or deflated file, got another kind of compression: not read"
    if name.lower().endswith(_NESTED):
        return "an archive inside the archive is not opened"
    if entry.file_size > limits.max_file:
        return (
            f"expected a file of at most {limits.max_file / _MIB:,.0f} MiB, "
            f"got one that claims {entry.file_size / _MIB:,.0f} MiB: not read"
        )
    if entry.file_size > _MIB and entry.file_size > limits.max_ratio * entry.compress_size:
        return (
            f"expected at most {limits.max_ratio:,.0f} bytes from one, got an entry that unpacks "
            f"{entry.compress_size:,} bytes to {entry.file_size:,}: not read"
        )
    return ""


def _check_total(
    entries: Mapping[str, zipfile.ZipInfo], length: int, limits: ArchiveLimits
) -> None:
    total = sum(entry.file_size for entry in entries.values())
    if total > limits.max_total:
        raise FormatError(
            f"expected an archive that unpacks to at most {limits.max_total / _MIB:,.0f} MiB, "
            f"got {total / _MIB:,.0f} MiB"
        )
    # Entries that share their bytes: a small file that unpacks to a huge one, many times over.
    if sum(entry.compress_size for entry in entries.values()) > length:
        raise FormatError("the files of the ZIP archive overlap: it is forged")
