"""What is wrong with a label file, and where: one sentence a finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""Worst first: ``error``, what cannot be used; ``warning``, what other tools read differently or
what disagrees with the rest; ``note``, what one should know."""

KEPT = 200
"""Findings that are kept of one file; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found.

    Parameters
    ----------
    place : str
        Where: ``annotations[12].segmentation[0]``, a file's name, or ``""`` for the whole file.
    severity : {"error", "warning", "note"}
    sentence : str
        What was expected and what came.
    """

    place: str
    severity: Severity
    sentence: str

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}" if self.place else self.sentence


class Findings:
    """Collects findings; a file with a million mistakes must not fill the memory with sentences.

    Parameters
    ----------
    kept : int
        Findings that are kept.
    """

    def __init__(self, *, kept: int = KEPT) -> None:
        self._kept: list[Finding] = []
        self._limit = kept
        self._more: Counter[Severity] = Counter()

    def add(self, severity: Severity, place: str, sentence: str) -> None:
        """Note one thing."""
        # Errors are worth more than what was found before them.
        if len(self._kept) < self._limit:
            self._kept.append(Finding(place, severity, sentence))
        else:
            self._more[severity] += 1

    def error(self, place: str, sentence: str) -> None:
        """Note what cannot be used."""
        self.add("error", place, sentence)

    def warning(self, place: str, sentence: str) -> None:
        """Note what disagrees."""
        self.add("warning", place, sentence)

    def note(self, place: str, sentence: str) -> None:
        """Note what one should know."""
        self.add("note", place, sentence)

    def all(self) -> tuple[Finding, ...]:
        """Return the findings in the order of the file; the last one counts those not kept."""
        if not self._more:
            return tuple(self._kept)
        worst = next(severity for severity in SEVERITIES if self._more[severity])
        counts = ", ".join(
            _count(self._more[each], each) for each in SEVERITIES if self._more[each]
        )
        return (*self._kept, Finding("", worst, f"and {counts} more, not listed"))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def errors(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the errors among findings."""
    return tuple(finding for finding in findings if finding.severity == "error")


def summary(findings: Sequence[Finding]) -> str:
    """Return ``"2 errors, 1 warning"``, or ``"no findings"``."""
    counts = Counter(finding.severity for finding in findings)
    parts = [_count(counts[each], each) for each in SEVERITIES if counts[each]]
    return ", ".join(parts) or "no findings"
