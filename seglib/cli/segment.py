"""``segment``: pictures in, label maps out."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from seglib import images, models
from seglib.cli.output import OutputError, complain, make_folder, write_file
from seglib.errors import SeglibError, UsageError
from seglib.models import ModelCard
from seglib.results import SemanticMap

Writer = Callable[[SemanticMap], bytes]


def run_segment(options: argparse.Namespace) -> int:
    """Segment every picture; one that fails does not stop the others."""
    card = models.find(options.model)
    encode = writer(card, options.format)
    make_folder(options.out)
    segmenter = models.load(card, precision=options.precision)
    inputs = {path.resolve() for path in options.images}
    taken: set[str] = set()
    failed = 0
    for picture in options.images:
        target = options.out / f"{_free_name(picture.stem, taken)}.png"
        try:
            if target.resolve() in inputs:
                raise OutputError(f"the result {target} would overwrite a picture")
            result, times = segmenter.segment(images.load(picture))
            write_file(target, encode(result))
        except SeglibError as error:
            failed += 1
            # the library names the file, the command line the whole path that was typed
            complain(f"{picture}: {str(error).removeprefix(f'{picture.name}: ')}")
        else:
            print(f"{picture} -> {target}  ({times.total_ms:.0f} ms)")
    return 1 if failed else 0


def writer(card: ModelCard, form: str) -> Writer:
    """Return what turns a result into a file of the format.

    Raises
    ------
    UsageError
        The model's answers cannot be written in this format without inventing something.
    """
    if form == "coco":
        # regions of one class are not objects: two cars that touch would count as one
        raise UsageError(
            f"--format coco lists single objects, {card.name} only tells classes apart; "
            "use --format voc"
        )
    if form == "cutout":
        raise UsageError(
            f"--format cutout needs a subject and its transparency, {card.name} only tells "
            "classes apart; use --format png"
        )
    return _indexed if form == "voc" else _coloured


def _indexed(result: SemanticMap) -> bytes:
    from seglib.formats import voc

    return voc.write(result.labels, result.label_set)


def _coloured(result: SemanticMap) -> bytes:
    from seglib import render

    return images.encode_png(render.colourise(result.labels, result.label_set))


def _free_name(stem: str, taken: set[str]) -> str:
    """Return ``stem``, or ``stem-2`` and so on where two folders hold the same name."""
    name, number = stem, 1
    while name.lower() in taken:
        number += 1
        name = f"{stem}-{number}"
    taken.add(name.lower())
    return name
