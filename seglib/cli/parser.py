"""The commands and their options."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn

from seglib import __version__

FORMATS = ("png", "voc", "coco", "cutout")
DATASET_NAMES = ("camvid", "voc", "coco")
PRECISION_NAMES = ("f32", "bf16", "f16", "int8")


class UsageExitError(Exception):
    """The command line cannot be understood."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line instead of printing the whole usage."""

    def error(self, message: str) -> NoReturn:
        """Stop with the message."""
        raise UsageExitError(f"{message} (see {self.prog} --help)")


def build() -> Parser:
    """Return the parser of ``python -m seglib``."""
    parser = Parser(prog="python -m seglib", description="Image segmentation with OpenVINO.")
    parser.add_argument("--version", action="version", version=f"seglib {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    listing = commands.add_parser("models", help="list the models")
    listing.add_argument("--json", action="store_true", help="everything on the cards, as JSON")

    segment = commands.add_parser("segment", help="segment pictures")
    segment.add_argument("images", nargs="+", type=Path, metavar="IMAGE")
    segment.add_argument("--model", required=True, metavar="NAME")
    segment.add_argument("--out", required=True, type=Path, metavar="DIR")
    segment.add_argument(
        "--format",
        choices=FORMATS,
        default="png",
        help="png: drawn on the picture (default); voc: indexed PNG of class ids, and of object "
        "ids; coco: one JSON of objects, or of a region a class, and the panoptic pair; "
        "cutout: the subject, or each object, with transparency",
    )
    _precision(segment)

    evaluate = commands.add_parser("evaluate", help="judge a model on a folder with ground truth")
    evaluate.add_argument("--model", required=True, metavar="NAME")
    evaluate.add_argument("--dataset", required=True, choices=DATASET_NAMES)
    evaluate.add_argument(
        "--root",
        required=True,
        type=Path,
        metavar="DIR",
        help="pairs NAME.jpg + NAME.png (camvid, voc), or pictures and a COCO JSON (coco)",
    )
    evaluate.add_argument("--json", type=Path, metavar="FILE", help="also write the numbers here")
    _precision(evaluate)

    bench = commands.add_parser("bench", help="measure the stages of a model on this machine")
    bench.add_argument("--model", default="street", metavar="NAME")
    bench.add_argument("--size", default="1280x720", type=_size, metavar="WxH")
    bench.add_argument("--runs", default=20, type=_count, metavar="N")
    _precision(bench)

    fetch = commands.add_parser("fetch", help="get a model's files and check them")
    fetch.add_argument("name", metavar="NAME")
    return parser


def _precision(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--precision",
        choices=PRECISION_NAMES,
        help="what to run in; what was measured to be best, or the device's choice, if not",
    )


def _size(text: str) -> tuple[int, int]:
    width, cross, height = text.lower().partition("x")
    if not (cross and width.isascii() and height.isascii() and width.isdigit()):
        raise argparse.ArgumentTypeError(f"expected a size like 1280x720, got {text!r}")
    if not height.isdigit() or not all(32 <= int(side) <= 4096 for side in (width, height)):
        raise argparse.ArgumentTypeError(f"expected sides of 32 to 4096 pixels, got {text!r}")
    return int(width), int(height)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 10_000):
        raise argparse.ArgumentTypeError(f"expected a number from 1 to 10000, got {text!r}")
    return int(text)
