"""``python -m seglib``: the library from the command line.

Exit status: 0 done, 1 the work failed, 2 bad usage. Every error is one line on standard error.
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence

from seglib.cli.output import complain
from seglib.cli.parser import UsageExitError, build
from seglib.errors import SeglibError, UnknownModelError, UsageError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words after the program's name; the process's own if not given.

    Returns
    -------
    int
        Exit status.
    """
    try:
        options = build().parse_args(arguments)
        return _run(options.command)(options)
    except (UsageExitError, UsageError, UnknownModelError) as error:
        complain(str(error))
        return 2
    except SeglibError as error:
        complain(str(error))
        return 1
    except KeyboardInterrupt:
        complain("stopped")
        return 130
    except BrokenPipeError:
        # whoever read our output has enough; nothing may be flushed into the closed pipe at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run(command: str) -> Callable[[Namespace], int]:
    # imported when asked for: "models" and "--help" answer at once
    if command in ("models", "fetch"):
        from seglib.cli import listing

        return listing.run_models if command == "models" else listing.run_fetch
    if command == "segment":
        from seglib.cli.segment import run_segment

        return run_segment
    from seglib.cli import judging

    return judging.run_evaluate if command == "evaluate" else judging.run_bench
