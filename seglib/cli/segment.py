"""``segment``: pictures in, results out."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from seglib import images, models
from seglib.cli.output import OutputError, complain, make_folder, write_file
from seglib.cli.writing import Done, Files, writer
from seglib.errors import SeglibError


def run_segment(options: argparse.Namespace) -> int:
    """Segment every picture; one that fails does not stop the others."""
    card = models.find(options.model)
    chosen = writer(card, options.format)
    make_folder(options.out)
    segmenter = models.load(card, precision=options.precision)
    inputs = {path.resolve() for path in options.images}
    last_names = Counter(path.name for path in options.images)
    taken: set[str] = set()
    failed = 0
    for picture in options.images:
        name = _free_name(picture.stem, taken)
        file_name = picture.name if last_names[picture.name] == 1 else picture.as_posix()
        try:
            image = images.load(picture)
            result, times = segmenter.segment(image)
            files = chosen.files(Done(name, file_name, image, result))
            written = _write(options.out, files, inputs)
        except SeglibError as error:
            failed += 1
            # the library names the file, the command line the whole path that was typed
            complain(f"{picture}: {str(error).removeprefix(f'{picture.name}: ')}")
        else:
            where = _places(written) or chosen.without
            print(f"{picture} -> {where}  ({times.total_ms:.0f} ms)")
    for path in _write(options.out, chosen.finish(), inputs):
        done = len(options.images) - failed
        print(f"{done} picture{'' if done == 1 else 's'} -> {path}")
    return 1 if failed else 0


def _write(out: Path, files: Files, inputs: set[Path]) -> list[Path]:
    paths = [out / name for name in files]
    for path in paths:
        if path.resolve() in inputs:
            raise OutputError(f"the result {path} would overwrite a picture")
    for path, data in zip(paths, files.values(), strict=True):
        if path.parent != out:
            make_folder(path.parent)
        write_file(path, data)
    return paths


def _places(paths: list[Path]) -> str:
    """Name the files, or the folder of many."""
    if len(paths) < 3:
        return ", ".join(map(str, paths))
    return f"{paths[0].parent}, {len(paths)} files"


def _free_name(stem: str, taken: set[str]) -> str:
    """Return ``stem``, or ``stem-2`` and so on where two folders hold the same name."""
    name, number = stem, 1
    while name.lower() in taken:
        number += 1
        name = f"{stem}-{number}"
    taken.add(name.lower())
    return name
