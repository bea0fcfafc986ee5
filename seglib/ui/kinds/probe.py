"""What each of the four answers says about one pixel."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from seglib.results import Instances
from seglib.ui.kinds.answers import Answers
from seglib.ui.numbers import percent, pixels, sig3

_MOST = 4
"""Objects at one pixel that are named; of more, the number is."""


@dataclass(frozen=True)
class Reading:
    """One answer at one pixel.

    Parameters
    ----------
    kind : str
        Title of the answer.
    value : str
        The number that is stored there.
    meaning : str
        In words.
    """

    kind: str
    value: str
    meaning: str


def objects_at(instances: Instances, x: int, y: int) -> list[int]:
    """Return the rows of the objects whose mask holds a pixel, best score first."""
    found = []
    for row, mask in enumerate(instances.packed):
        x1, y1, x2, y2 = mask.box
        if x1 <= x < x2 and y1 <= y < y2:
            x0, y0, crop = instances.crop(row)
            if crop[y - y0, x - x0]:
                found.append(row)
    return sorted(found, key=lambda row: -float(instances.scores[row]))


def read(answers: Answers, x: int, y: int) -> tuple[Reading, ...]:
    """Read all four answers at a pixel."""
    return (
        _semantic(answers, x, y),
        _instance(answers, x, y),
        _panoptic(answers, x, y),
        _matte(answers, x, y),
    )


def _semantic(answers: Answers, x: int, y: int) -> Reading:
    label_set = answers.semantic.label_set
    value = int(answers.semantic.labels[y, x])
    name = "not judged" if value == label_set.ignore else label_set.label(value).name
    return Reading("Semantic", str(value), name)


def _instance(answers: Answers, x: int, y: int) -> Reading:
    rows = objects_at(answers.instances, x, y)
    if not rows:
        return Reading("Instance", "–", "in no mask: no answer")
    label, scores = answers.instances.label_set.label, answers.instances.scores
    words = []
    for row in rows[:_MOST]:
        name = label(int(answers.instances.class_ids[row])).name
        # the truth is sure of everything
        sure = f", score {sig3(float(scores[row]))}" if answers.source == "networks" else ""
        words.append(f"{name} (object {row + 1}{sure})")
    if len(rows) > _MOST:
        words.append(f"and {len(rows) - _MOST} more")
    return Reading("Instance", ", ".join(str(row + 1) for row in rows[:_MOST]), ", ".join(words))


def _panoptic(answers: Answers, x: int, y: int) -> Reading:
    value = int(answers.panoptic.segment_ids[y, x])
    if value == 0:
        return Reading("Panoptic", "0", "void: in no segment")
    segment = answers.panoptic.segment(value)
    kind = "thing" if segment.thing else "stuff"
    return Reading(
        "Panoptic", f"{value:,}", f"{answers.names[value]}: {kind} of {pixels(segment.area)}"
    )


def _matte(answers: Answers, x: int, y: int) -> Reading:
    alpha = float(answers.matte.alpha[y, x])
    step = round(255 * alpha)
    words = {0: "ground", 255: "subject"}.get(step, f"{percent(alpha)} subject, the rest ground")
    return Reading("Matte", sig3(alpha) if 0 < step < 255 else str(step // 255), words)


def table(readings: tuple[Reading, ...], x: int, y: int) -> str:
    """Return the readings as HTML."""
    rows = "".join(
        f'<tr><th scope="row">{each.kind}</th><td>{escape(each.value)}</td>'
        f'<td class="seg-left">{escape(each.meaning)}</td></tr>'
        for each in readings
    )
    return (
        f'<p class="seg-note" style="margin-bottom:0.3rem">Pixel x {x}, y {y}</p>'
        '<div class="seg-table" data-testid="kd-probe"><table><thead><tr><th scope="col">Answer'
        '</th><th scope="col">Value</th><th scope="col" class="seg-left">Meaning</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )
