"""What a label set is: ids, names, colours, things and stuff, and the ignore label."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from seglib.errors import LabelError

Color = tuple[int, int, int]

VOID_COLOR: Color = (224, 224, 192)
"""Colour of the ignore label: the cream border of VOC's indexed PNG files."""


@dataclass(frozen=True, slots=True)
class Label:
    """One class.

    Parameters
    ----------
    id : int
        Value in a label map, 0 to 65535.
    name : str
        Lower-case name as shown.
    color : tuple of int
        RGB, each 0 to 255.
    thing : bool
        True for countable objects (car), False for stuff (sky).
    aliases : tuple of str
        Other lower-case names that :meth:`LabelSet.id_of` accepts, such as the data set's own
        spelling.
    """

    id: int
    name: str
    color: Color
    thing: bool = False
    aliases: tuple[str, ...] = ()


def rows(facts: Iterable[tuple[str, Color, bool]]) -> tuple[Label, ...]:
    """Number table rows from 0.

    Parameters
    ----------
    facts : iterable of (names, color, thing)
        ``names`` is the name, then any aliases, with ``", "`` between them.
    """
    labels = []
    for class_id, (names, color, thing) in enumerate(facts):
        name, *aliases = names.split(", ")
        labels.append(Label(class_id, name, color, thing, tuple(aliases)))
    return tuple(labels)


@dataclass(frozen=True)
class LabelSet:
    """The classes of a data set or a model, in id order.

    Parameters
    ----------
    name : str
        Short name, ``camvid-11``.
    title : str
        Name for people, ``CamVid (11 classes)``.
    labels : tuple of Label
        Ascending ids; ids may have gaps (COCO's 91).
    ignore : int or None
        Value that means "not judged"; ``None`` where the set has none.
    """

    name: str
    title: str
    labels: tuple[Label, ...]
    ignore: int | None = 255

    def __post_init__(self) -> None:
        ids = [label.id for label in self.labels]
        if not ids or ids != sorted(set(ids)) or ids[0] < 0:
            raise LabelError(f"expected ascending ids from 0, got {ids[:8]} in {self.name}")
        if self.ignore is not None and self.ignore in ids:
            raise LabelError(f"the ignore label {self.ignore} is also a class of {self.name}")
        names = [name for label in self.labels for name in (label.name, *label.aliases)]
        if len(set(names)) != len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise LabelError(f"expected each name once, got {twice!r} twice in {self.name}")

    def __len__(self) -> int:
        return len(self.labels)

    def __iter__(self) -> Iterator[Label]:
        return iter(self.labels)

    def __hash__(self) -> int:
        return hash((self.name, len(self.labels)))

    @cached_property
    def _by_id(self) -> dict[int, Label]:
        return {label.id: label for label in self.labels}

    @cached_property
    def _by_name(self) -> dict[str, int]:
        return {name: each.id for each in self.labels for name in (each.name, *each.aliases)}

    @property
    def num_classes(self) -> int:
        """One more than the largest id: the length of a score or confusion-matrix axis."""
        return self.labels[-1].id + 1

    @property
    def names(self) -> tuple[str, ...]:
        """Names in id order."""
        return tuple(label.name for label in self.labels)

    @property
    def things(self) -> tuple[int, ...]:
        """Ids of countable classes."""
        return tuple(label.id for label in self.labels if label.thing)

    @property
    def stuff(self) -> tuple[int, ...]:
        """Ids of uncountable classes."""
        return tuple(label.id for label in self.labels if not label.thing)

    @cached_property
    def palette(self) -> NDArray[np.uint8]:
        """Colours by id: ``(256, 3) uint8`` RGB (longer where an id is over 255), read-only.

        Ids that are no class are black; the ignore label has the void colour.
        """
        rows = max(256, self.num_classes)
        table = np.zeros((rows, 3), np.uint8)
        if self.ignore is not None and self.ignore < rows:
            table[self.ignore] = VOID_COLOR
        for label in self.labels:
            table[label.id] = label.color
        table.setflags(write=False)
        return table

    def label(self, class_id: int) -> Label:
        """Return the class with this id; :class:`LabelError` if there is none."""
        try:
            return self._by_id[int(class_id)]
        except KeyError:
            raise LabelError(f"{self.title} has no class with id {class_id}") from None

    def id_of(self, name: str) -> int:
        """Return the id of a name or alias (case does not matter).

        :class:`LabelError` with the nearest names if there is none.
        """
        wanted = name.strip().lower()
        if wanted in self._by_name:
            return self._by_name[wanted]
        near = get_close_matches(wanted, self._by_name, n=3)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise LabelError(f"{self.title} has no class called {name!r}{hint}")

    def check(self, labels: NDArray[np.integer]) -> None:
        """Raise :class:`LabelError` if ``labels`` holds a value that is no class and not ignored.

        Parameters
        ----------
        labels : integer array
            Label map of any shape.
        """
        gapless = len(self.labels) == self.num_classes
        if gapless and labels.dtype.kind == "u" and int(labels.max(initial=0)) < self.num_classes:
            return  # The way of nearly every prediction, and much faster than listing its values.
        known = set(self._by_id)
        if self.ignore is not None:
            known.add(self.ignore)
        if labels.dtype.kind == "u" and labels.dtype.itemsize <= 2:
            # Counting is several times faster than sorting, and the range is known to be small.
            present = np.flatnonzero(np.bincount(labels.ravel()))
        else:
            present = np.unique(labels)
        strangers = sorted(set(present.tolist()) - known)
        if strangers:
            shown = ", ".join(str(value) for value in strangers[:8])
            more = f" and {len(strangers) - 8} more" if len(strangers) > 8 else ""
            raise LabelError(f"expected class ids of {self.title}, got {shown}{more} as well")
