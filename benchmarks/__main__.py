"""``make bench``: every measurement, one table.

``python -m benchmarks [metrics] [instance_metrics] [rendering] [inference] [server] [sliders]
[video] [background]`` runs the named ones, all by default.
"""

from __future__ import annotations

import argparse
import importlib

from benchmarks.table import print_table

PARTS = (
    "metrics",
    "instance_metrics",
    "rendering",
    "inference",
    "server",
    "sliders",
    "video",
    "background",
)


def main() -> None:
    """Run the parts asked for and print their rows."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"any of {', '.join(PARTS)}")
    parts = parser.parse_args().parts or PARTS
    for name in parts:
        if name not in PARTS:
            parser.error(f"expected one of {', '.join(PARTS)}, got {name}")
    rows = [row for name in parts for row in importlib.import_module(f"benchmarks.{name}").rows()]
    print_table(rows)


if __name__ == "__main__":
    main()
