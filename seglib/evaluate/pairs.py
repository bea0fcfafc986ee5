"""The judged pictures of a data set: a picture and its truth each."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from seglib import images
from seglib.errors import DatasetError, SeglibError
from seglib.evaluate.datasets import COCO_NAMES
from seglib.evaluate.files import Files, FolderFiles
from seglib.evaluate.objects import true_objects
from seglib.formats import coco, voc
from seglib.formats.findings import Finding, Findings
from seglib.images import Image
from seglib.labels import LabelSet
from seglib.metrics import ImageObjects

Truth = NDArray[np.uint8] | NDArray[np.uint16]

PICTURES = {".jpg", ".jpeg"}
"""Endings of pictures beside label maps; PNG as well where the label maps have their own folder."""

_MORE_PICTURES = {*PICTURES, ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif"}
_LABEL_FOLDER = re.compile(r"label|annot|mask|segmentationclass|^gt|truth", re.IGNORECASE)


class Item(Protocol):
    """One judged picture."""

    @property
    def name(self) -> str:
        """Its name, unique in the data set."""
        ...

    def digest(self) -> str:
        """Return a digest of picture and truth: equal where there is nothing new to judge."""
        ...

    def read(self, label_set: LabelSet) -> tuple[Image, Truth]:
        """Return the picture and its truth, ``(H, W)`` of the same size.

        Raises :class:`DatasetError` with the name of the file that is wrong.
        """
        ...

    def objects(self, label_set: LabelSet) -> ImageObjects | None:
        """Return the true objects; ``None`` where the data set does not tell them apart."""
        ...


@dataclass(frozen=True, slots=True)
class Pair:
    """A picture and a PNG of class ids.

    Parameters
    ----------
    name : str
    picture, labels : str
        Paths in ``files``.
    files : Files
    """

    name: str
    picture: str
    labels: str
    files: Files

    def digest(self) -> str:
        """See :class:`Item`."""
        return _digest(_bytes(self.files, self.picture), _bytes(self.files, self.labels))

    def read(self, label_set: LabelSet) -> tuple[Image, Truth]:
        """See :class:`Item`."""
        image = _image(self.files, self.picture)
        data = _bytes(self.files, self.labels)
        try:
            return image, voc.read(data, label_set=label_set, expect_size=image.size)
        except SeglibError as error:
            raise DatasetError(f"{_last(self.labels)}: {error}") from None

    def objects(self, label_set: LabelSet) -> ImageObjects | None:
        """See :class:`Item`: label maps hold classes alone."""
        return None


@dataclass(frozen=True, eq=False, slots=True)
class CocoItem:
    """A picture and its annotations in a COCO file; see :mod:`seglib.evaluate.datasets`."""

    name: str
    picture: str
    files: Files
    truth: coco.CocoFile
    image_id: int

    def digest(self) -> str:
        """See :class:`Item`."""
        rows = [row.as_dict() for row in self.truth.of_image(self.image_id)]
        names = [(category.id, category.name) for category in self.truth.categories]
        described = json.dumps([rows, names]).encode()
        return _digest(_bytes(self.files, self.picture), described)

    def read(self, label_set: LabelSet) -> tuple[Image, Truth]:
        """See :class:`Item`."""
        image = _image(self.files, self.picture)
        claimed = self.truth.image(self.image_id).size
        if image.size != claimed:
            raise DatasetError(
                f"{_last(self.picture)} is {image.size[0]} × {image.size[1]} pixels, the file of "
                f"annotations says {claimed[0]} × {claimed[1]}"
            )
        names = dict(COCO_NAMES.get(label_set.name, {}))
        return image, coco.to_semantic(self.truth, self.image_id, label_set, names=names).labels

    def objects(self, label_set: LabelSet) -> ImageObjects | None:
        """See :class:`Item`."""
        return true_objects(self.truth, self.image_id, label_set)


@dataclass(frozen=True, slots=True)
class Found:
    """What a data set holds.

    Parameters
    ----------
    items : tuple of Item
        By name.
    findings : tuple of Finding
        What cannot be judged, and why.
    """

    items: tuple[Item, ...]
    findings: tuple[Finding, ...]


def find_items(files: Files, dataset: str, label_set: LabelSet, *, objects: bool = False) -> Found:
    """Return what can be judged.

    Parameters
    ----------
    files : Files
    dataset : {"camvid", "voc", "coco"}
    label_set : LabelSet
        Of the model.
    objects : bool
        Whether it answers objects: then a picture without any counts, for what it finds there is
        wrong.

    Raises
    ------
    DatasetError
        There is nothing to judge at all.
    """
    findings = Findings()
    for finding in getattr(files, "findings", ()):
        findings.add(finding.severity, finding.place, finding.sentence)
    items = (
        _coco_items(files, label_set, findings, objects)
        if dataset == "coco"
        else _pairs(files, findings)
    )
    if not items:
        wanted = "pictures and a COCO JSON" if dataset == "coco" else "pairs NAME.jpg + NAME.png"
        # One finding may say why: a JSON that cannot be read, say.
        reason = next((f": {each}" for each in findings.all() if each.severity == "error"), "")
        where = f"{files.root} " if isinstance(files, FolderFiles) else "the files "
        raise DatasetError(
            f"expected {wanted}, {where}{'holds' if where[0] != 't' else 'hold'} none{reason}"
        )
    return Found(items, findings.all())


def find_pairs(root: Path) -> tuple[Item, ...]:
    """Return the pairs of a folder by name.

    Raises
    ------
    DatasetError
        The folder is missing or empty, or a file has no partner.
    """
    files = FolderFiles(root)
    partners, pictures, maps = _matched(files.names())
    for alone, what in ((pictures, "label map NAME.png"), (maps, "picture NAME.jpg")):
        if alone:
            names = _names([_last(name) for name in alone])
            raise DatasetError(f"{names} in {root} without a {what}")
    if not partners:
        raise DatasetError(f"expected pairs NAME.jpg + NAME.png, {root} holds none")
    return _made(partners, files)


def _pairs(files: Files, findings: Findings) -> tuple[Item, ...]:
    partners, pictures, maps = _matched(files.names())
    for name in pictures:
        findings.error(name, "no label map belongs to this picture: not judged")
    for name in maps:
        findings.error(name, "no picture belongs to this label map: not judged")
    return _made(partners, files)


def _made(partners: Mapping[str, str], files: Files) -> tuple[Item, ...]:
    return tuple(
        Pair(str(PurePosixPath(picture).with_suffix("")), picture, partners[picture], files)
        for picture in sorted(partners)
    )


def _matched(names: Iterable[str]) -> tuple[dict[str, str], list[str], list[str]]:
    """Label map by picture, pictures alone, label maps alone."""
    pictures, maps = _sorted_out(names)
    partners: dict[str, str] = {}
    # First in the same folder, then by name alone where that is clear.
    by_path = {str(PurePosixPath(name).with_suffix("")): name for name in maps}
    by_stem: dict[str, list[str]] = defaultdict(list)
    for name in maps:
        by_stem[PurePosixPath(name).stem].append(name)
    for picture in pictures:
        path = PurePosixPath(picture)
        same = by_path.get(str(path.with_suffix("")))
        named = by_stem.get(path.stem, [])
        if same is not None or len(named) == 1:
            partners[picture] = same or named[0]
    taken = set(partners.values())
    return (
        partners,
        [picture for picture in pictures if picture not in partners],
        [name for name in maps if name not in taken],
    )


def _sorted_out(names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Pictures and label maps."""
    pictures, maps = [], []
    for name in names:
        path = PurePosixPath(name)
        if path.suffix.lower() in PICTURES:
            pictures.append(name)
        elif path.suffix.lower() == ".png":
            maps.append(name)
    apart = [name for name in maps if _in_label_folder(name)]
    if apart and not pictures and len(apart) < len(maps):
        # Pictures may be PNG too where the label maps have a folder of their own.
        pictures = [name for name in maps if not _in_label_folder(name)]
        maps = apart
    return pictures, maps


def _in_label_folder(name: str) -> bool:
    return any(_LABEL_FOLDER.search(part) for part in PurePosixPath(name).parts[:-1])


def _coco_items(
    files: Files, label_set: LabelSet, findings: Findings, objects: bool
) -> tuple[Item, ...]:
    found = _coco_file(files, findings)
    if found is None:
        return ()
    place, truth = found
    known = COCO_NAMES.get(label_set.name, {})
    unknown = [
        category.name
        for category in truth.categories
        if not _knows(label_set, known.get(category.name.strip().lower(), category.name))
    ]
    if unknown:
        findings.note(
            place,
            f"{len(unknown)} of {len(truth.categories)} categories are no class of "
            f"{label_set.title}; their pixels are not judged: {_few(unknown)}",
        )
    paths = set(files.names())
    by_name: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        if PurePosixPath(path).suffix.lower() in _MORE_PICTURES:
            by_name[_last(path)].append(path)
    items: list[Item] = []
    listed = set()
    for image in truth.images:
        named = by_name.get(_last(image.file_name), [])
        picture = image.file_name if image.file_name in paths else None
        if picture is None and len(named) == 1:
            picture = named[0]
        if picture is None or picture in listed:
            findings.error(
                image.file_name or f"image {image.id}",
                "no picture belongs to these annotations: not judged",
            )
            continue
        listed.add(picture)
        if not truth.of_image(image.id) and not objects:
            findings.warning(picture, "no label belongs to this picture: not judged")
            continue
        name = str(PurePosixPath(picture).with_suffix(""))
        items.append(CocoItem(name, picture, files, truth, image.id))
    for path in sorted(path for group in by_name.values() for path in group):
        if path not in listed:
            findings.error(path, "no label belongs to this picture: not judged")
    return tuple(items)


def _coco_file(files: Files, findings: Findings) -> tuple[str, coco.CocoFile] | None:
    texts = [name for name in files.names() if name.lower().endswith(".json")]
    if len(texts) > 1:
        likely = [name for name in texts if "instances" in name or "annotations" in _last(name)]
        texts = likely if len(likely) == 1 else texts
    if len(texts) != 1:
        findings.error("", f"expected one COCO JSON beside the pictures, got {len(texts)}")
        return None
    (name,) = texts
    truth, wrong = coco.inspect(_bytes(files, name), limits=_limits(files))
    for finding in wrong:
        place = f"{name}: {finding.place}" if finding.place else name
        findings.add(finding.severity, place, finding.sentence)
    return None if truth is None else (name, truth)


def _limits(files: Files) -> coco.CocoLimits:
    # One's own folder may hold COCO's whole training set; an upload is a stranger's.
    own = isinstance(files, FolderFiles)
    return coco.CocoLimits(max_bytes=2**30, max_annotations=5_000_000) if own else coco.CocoLimits()


def _knows(label_set: LabelSet, name: str) -> bool:
    try:
        label_set.id_of(name)
    except SeglibError:
        return False
    return True


def _image(files: Files, name: str) -> Image:
    try:
        return images.decode(_bytes(files, name))
    except SeglibError as error:
        raise DatasetError(f"{_last(name)}: {error}") from None


def _bytes(files: Files, name: str) -> bytes:
    try:
        return files.read(name)
    except DatasetError:
        raise
    except SeglibError as error:
        raise DatasetError(str(error)) from None


def _digest(*parts: bytes) -> str:
    total = hashlib.blake2b(digest_size=16)
    for part in parts:
        total.update(len(part).to_bytes(8, "big"))
        total.update(part)
    return total.hexdigest()


def _last(name: str) -> str:
    return PurePosixPath(name).name


def _names(listed: list[str]) -> str:
    more = f" and {len(listed) - 3} more" if len(listed) > 3 else ""
    return ", ".join(listed[:3]) + more


def _few(names: list[str]) -> str:
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return ", ".join(names[:6]) + more
