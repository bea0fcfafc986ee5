"""Where model files are, whether they are whole, and what was measured on them."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from seglib.engine import PRECISIONS, Precision
from seglib.errors import ModelFileError
from seglib.models.card import Evaluation, Measured, ModelCard, Quantised


def assets_root() -> Path:
    """Return the folder of bundled assets: ``SEGLIB_ASSETS``, else ``assets`` beside the package.

    The package's own place counts, not the working directory.
    """
    setting = os.environ.get("SEGLIB_ASSETS", "").strip()
    return Path(setting).expanduser() if setting else Path(__file__).resolve().parents[2] / "assets"


def locate(card: ModelCard, precision: Precision | None = None) -> Path:
    """Return where the model's ``.xml`` belongs; it may not be there.

    ``int8`` has a file of its own, ``NAME-int8.xml`` beside the usual one.
    """
    path = assets_root() / "models" / card.file
    return path.with_name(f"{path.stem}-int8.xml") if precision == "int8" else path


def model_path(card: ModelCard, precision: Precision | None = None) -> Path:
    """Return the model's ``.xml`` for a precision, checked.

    Raises
    ------
    ModelFileError
        A file is missing, or differs from the checksum that training wrote.
    """
    path = locate(card, precision)
    for file in (path, path.with_suffix(".bin")):
        if not file.is_file():
            raise ModelFileError(f"the model {card.name} is not complete: {file.name} is missing")
    measured = card.measured
    sums = measured.sha256
    if precision == "int8":
        sums = measured.int8.sha256 if measured.int8 is not None else {}
    for name, expected in sums.items():
        if _sha256(path.parent / name) != expected:
            raise ModelFileError(
                f"the model {card.name} is damaged: {name} differs from its checksum"
            )
    return path


def size_bytes(card: ModelCard, precision: Precision | None = None) -> int | None:
    """Return the bytes of the two files for a precision, ``None`` if one is missing."""
    path = locate(card, precision)
    try:
        return path.stat().st_size + path.with_suffix(".bin").stat().st_size
    except OSError:
        return None


def read_measured(card: ModelCard) -> Measured:
    """Read ``measured.json`` beside the model; everything "not measured" where there is none.

    Raises
    ------
    ModelFileError
        The file is there and is not what training writes.
    """
    path = locate(card).with_name("measured.json")
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        return Measured()
    except ValueError:
        raise ModelFileError(f"measured.json of {card.name} is not JSON") from None
    try:
        return Measured(
            parameters=facts.get("parameters"),
            gflops=facts.get("gflops"),
            files_bytes=facts.get("files_bytes"),
            evaluations=tuple(_evaluation(entry) for entry in facts.get("evaluations", ())),
            sha256=dict(facts.get("sha256", {})),
            int8=_quantised(facts.get("int8")),
            default_precision=_precision(facts.get("default_precision")),
            time_over_street={
                str(name): float(ratio) for name, ratio in facts.get("time_over_street", {}).items()
            },
            timed_on=str(facts.get("timed_on", "")),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ModelFileError(
            f"measured.json of {card.name} has another form than training writes"
        ) from None


def _evaluation(entry: dict[str, Any]) -> Evaluation:
    width, height = entry["size"]
    return Evaluation(
        dataset=entry["dataset"],
        split=entry["split"],
        images=int(entry["images"]),
        size=(int(width), int(height)),
        precision=entry["precision"],
        ignore=entry.get("ignore"),
        mean_iou=entry["mean_iou"],
        pixel_accuracy=entry["pixel_accuracy"],
        per_class=dict(entry["per_class"]),
        method=entry.get("method", ""),
        scores=dict(entry.get("scores", {})),
    )


def _quantised(entry: dict[str, Any] | None) -> Quantised | None:
    if entry is None:
        return None
    judged = entry.get("evaluation")
    return Quantised(
        rejected=entry["rejected"],
        scores={name: (before, after) for name, (before, after) in entry["scores"].items()},
        time_ratio=dict(entry.get("time_ratio", {})),
        device=entry.get("device", ""),
        files_bytes=entry.get("files_bytes"),
        sha256=dict(entry.get("sha256", {})),
        evaluation=None if judged is None else _evaluation(judged),
    )


def _precision(name: str | None) -> Precision | None:
    if name is not None and name not in PRECISIONS:
        raise ValueError(name)
    return name


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
