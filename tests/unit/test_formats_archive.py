"""Archives of strangers: nothing is written, nothing explodes."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seglib.errors import FormatError
from seglib.formats import archive


def packed(files, *, method=zipfile.ZIP_DEFLATED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as made:
        for name, content in files.items():
            entry = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name)
            entry.compress_type = method
            made.writestr(entry, content)
    return stream.getvalue()


def link(name):
    entry = zipfile.ZipInfo(name)
    entry.create_system = 3
    entry.external_attr = 0o120777 << 16
    return entry


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("../evil.png", "climbs out of it: not read"),
        ("a/../../evil.png", "climbs out of it"),
        ("..\\evil.png", "climbs out of it"),
        ("/etc/passwd", "got an absolute one: not read"),
        ("\\evil.png", "got an absolute one"),
        ("C:\\evil.png", "got an absolute one"),
        ("c:evil.png", "got an absolute one"),
        (link("link.png"), "got a symbolic link: not followed"),
        ("more.zip", "an archive inside the archive is not opened"),
        ("more.tar.gz", "an archive inside the archive is not opened"),
    ],
)
def test_entries_that_are_left_out(tmp_path, monkeypatch, name, sentence):
    monkeypatch.chdir(tmp_path)
    found = archive.open_zip(packed({name: b"/etc/passwd", "good/a.png": b"fine"}))
    (finding,) = found.findings
    assert finding.place == (name if isinstance(name, str) else name.filename)
    assert sentence in finding.sentence
    assert found.names() == ("good/a.png",)
    assert found.read("good/a.png") == b"fine"
    with pytest.raises(FormatError, match="the archive holds no"):
        found.read("../evil.png")
    assert list(tmp_path.iterdir()) == []
    assert not (tmp_path.parent / "evil.png").exists()


def test_a_bomb_is_not_unpacked():
    zeros = bytes(20 * 2**20)
    data = packed({"bomb.json": zeros, "a.png": b"fine"})
    assert len(data) < 100_000
    found = archive.open_zip(data)
    assert found.names() == ("a.png",)
    assert "expected at most 200 bytes from one" in found.findings[0].sentence
    huge = archive.open_zip(data, limits=archive.ArchiveLimits(max_file=2**20))
    assert "expected a file of at most 1 MiB, got one that claims 20 MiB" in str(huge.findings[0])


def test_many_entries_or_bytes_are_refused_as_a_whole():
    files = {f"{number}.png": bytes(1000) for number in range(20)}
    data = packed(files, method=zipfile.ZIP_STORED)
    for limits, message in (
        (archive.ArchiveLimits(max_files=19), "at most 19 files"),
        (archive.ArchiveLimits(max_total=19_000), "unpacks to at most 0 MiB"),
        (archive.ArchiveLimits(max_bytes=100), "expected a file of at most 0 MiB"),
    ):
        with pytest.raises(FormatError, match=message):
            archive.open_zip(data, limits=limits)


def test_an_entry_that_lies_about_its_size():
    data = bytearray(packed({"a.png": b"x" * 1000}, method=zipfile.ZIP_STORED))
    at = data.find(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 500)
    found = archive.open_zip(bytes(data))
    with pytest.raises(FormatError, match=r"damaged in the archive|not of the size"):
        found.read("a.png")


def test_entries_that_share_their_bytes():
    stream = packed(
        {f"{number}.png": bytes(5000) for number in range(3)}, method=zipfile.ZIP_STORED
    )
    data = bytearray(stream)
    at = data.find(b"PK\x01\x02")
    for _ in range(3):
        struct.pack_into("<I", data, at + 20, 14_000)
        at = data.find(b"PK\x01\x02", at + 4)
    with pytest.raises(FormatError, match="overlap: it is forged"):
        archive.open_zip(bytes(data))


def test_encrypted_and_strangely_packed_entries():
    data = bytearray(packed({"a.png": b"x" * 100, "b.png": b"y"}))
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    found = archive.open_zip(bytes(data))
    assert str(found.findings[0]) == "a.png: it is encrypted: not read"
    lzma = archive.open_zip(packed({"a.png": b"x"}, method=zipfile.ZIP_LZMA))
    assert "another kind of compression" in lzma.findings[0].sentence


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_twice():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("a.png", b"1")
        made.writestr("a.png", b"2")
    found = archive.open_zip(stream.getvalue())
    assert found.findings[0].sentence == "its name is there twice"
    assert found.read("a.png") == b"1"


def test_what_systems_leave_behind_is_no_finding():
    found = archive.open_zip(packed({"__MACOSX/a.png": b"", "x/.DS_Store": b"", "a.png": b"1"}))
    assert found.names() == ("a.png",)
    assert found.findings == ()


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04" + bytes(100), b"text"])
def test_what_is_no_archive(data):
    with pytest.raises(FormatError):
        archive.open_zip(data)


@settings(max_examples=60)
@given(st.integers(0, 260), st.binary(min_size=1, max_size=6))
def test_damaged_archives_do_not_crash(place, patch):
    data = bytearray(packed({"a.png": b"x" * 60, "b/c.jpg": bytes(range(90))}))
    data[place : place + len(patch)] = patch
    try:
        found = archive.open_zip(bytes(data))
        for name in found.names():
            found.read(name)
    except FormatError as error:
        str(error).encode()
