"""What is known about a model before it runs: one frozen card each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from seglib import labels
from seglib.engine import PRECISIONS, Precision, Preprocessing
from seglib.labels import LabelSet
from seglib.models.tiling import Tiling

Task = Literal["semantic", "instance", "panoptic", "matte"]
ALSO_CALLED: Mapping[str, Task] = {"salient_object_detection": "matte"}
"""Architecture types of other catalogues: a saliency map is a matte of what stands out."""

ResizeRule = Literal["stretch", "fit"]


@dataclass(frozen=True, slots=True)
class Link:
    """A source: title and address."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class TrainingData:
    """A data set a model was trained on, or whose weights it started from, and its licence."""

    name: str
    licence: str
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A measured result on a data set.

    Parameters
    ----------
    dataset, split : str
        ``camvid``, ``val``.
    images : int
        Pictures judged.
    size : (width, height)
        Network input in pixels.
    precision : str
        What the network ran in: ``f32``, ``bf16``, ``f16``, ``int8``.
    ignore : int or None
        Label that was not judged.
    mean_iou, pixel_accuracy : float or None
        0 to 1; ``None`` is undefined.
    per_class : mapping of str to float or None
        IoU by class name; ``None`` where the class is neither in truth nor in any answer.
    method : str
        How it was judged, in words.
    scores : mapping of str to float or None
        Further results by name, 0 to 1: ``"mask AP50"``, ``"mean IoU at 0.5"``.
    """

    dataset: str
    split: str
    images: int
    size: tuple[int, int]
    precision: str
    ignore: int | None
    mean_iou: float | None
    pixel_accuracy: float | None
    per_class: Mapping[str, float | None]
    method: str = ""
    scores: Mapping[str, float | None] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """Return the JSON form: the schema of ``measured.json`` and of ``evaluate --json``."""
        return {
            "dataset": self.dataset,
            "split": self.split,
            "images": self.images,
            "size": list(self.size),
            "precision": self.precision,
            "ignore": self.ignore,
            "mean_iou": self.mean_iou,
            "pixel_accuracy": self.pixel_accuracy,
            "per_class": dict(self.per_class),
            "method": self.method,
            "scores": dict(self.scores),
        }


@dataclass(frozen=True, slots=True)
class Quantised:
    """What became of a model when its weights and values were made 8-bit integers.

    Parameters
    ----------
    rejected : str or None
        Why it is not offered, in one sentence; ``None`` where it is.
    scores : mapping of str to (float or None, float or None)
        The scores it was judged by, 0 to 1: before (f32) and after.
    time_ratio : mapping of str to float
        Its time over that of the usual file in another precision, measured side by side.
    device : str
        The processor of these times.
    files_bytes : int or None
        Its two files.
    sha256 : mapping of str to str
        By file name.
    evaluation : Evaluation or None
        Everything that was judged.
    """

    rejected: str | None = None
    scores: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    time_ratio: Mapping[str, float] = field(default_factory=dict)
    device: str = ""
    files_bytes: int | None = None
    sha256: Mapping[str, str] = field(default_factory=dict)
    evaluation: Evaluation | None = None

    def as_dict(self) -> dict[str, object]:
        """Return the JSON form: the schema of ``int8`` in ``measured.json``."""
        return {
            "rejected": self.rejected,
            "scores": {name: list(pair) for name, pair in self.scores.items()},
            "time_ratio": dict(self.time_ratio),
            "device": self.device,
            "files_bytes": self.files_bytes,
            "sha256": dict(self.sha256),
            "evaluation": None if self.evaluation is None else self.evaluation.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class Measured:
    """Facts that training measured, from ``measured.json`` beside the model.

    ``None`` and empty mean "not measured", never 0.
    """

    parameters: int | None = None
    gflops: float | None = None
    files_bytes: int | None = None
    evaluations: tuple[Evaluation, ...] = ()
    sha256: Mapping[str, str] = field(default_factory=dict)
    int8: Quantised | None = None
    default_precision: Precision | None = None
    """What measuring found best; ``None`` leaves it to the device."""
    time_over_street: Mapping[str, float] = field(default_factory=dict)
    """By precision: time of one inference over that of the street model in the same precision."""
    timed_on: str = ""
    """The processor of these times."""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One model of the catalogue.

    Parameters
    ----------
    name : str
        What one types.
    title : str
        What one reads.
    task : {"semantic", "instance", "panoptic", "matte"}
        What it answers; a panoptic model gives classes and objects too. The names of
        :data:`ALSO_CALLED` are taken as well.
    summary : str
        One sentence.
    label_set : str
        Name of its label set in :mod:`seglib.labels`.
    file : str
        The ``.xml``, relative to the folder of models.
    input_size : (width, height)
        Network input in pixels.
    preprocessing : Preprocessing
        Layout, channel order, mean and scale.
    resize : {"stretch", "fit"}
        Fill the input whatever the picture's proportions, or keep them and pad.
    tiling : Tiling or None
        For a network that sees a picture of any size tile by tile; ``resize`` means nothing then.
    input_name, output_name : str
        Names in the network.
    training_data : tuple of TrainingData
        With the licence of each.
    licence : str
        Of the model itself, SPDX.
    limitations : str
        What it cannot do, for the person in front of it.
    links : tuple of Link
        Papers and sources.
    """

    name: str
    title: str
    task: Task
    summary: str
    label_set: str
    file: str
    input_size: tuple[int, int]
    preprocessing: Preprocessing = field(default_factory=Preprocessing)
    resize: ResizeRule = "stretch"
    tiling: Tiling | None = None
    input_name: str = "image"
    output_name: str = "logits"
    training_data: tuple[TrainingData, ...] = ()
    licence: str = "Apache-2.0"
    limitations: str = ""
    links: tuple[Link, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "task", ALSO_CALLED.get(self.task, self.task))

    @property
    def labels(self) -> LabelSet:
        """The label set itself."""
        return labels.find(self.label_set)

    @property
    def measured(self) -> Measured:
        """What training measured; all "not measured" where the file is missing."""
        from seglib.models import store  # the store reads cards, so it cannot come first

        return store.read_measured(self)

    @property
    def parameters(self) -> int | None:
        """Weights of the network."""
        return self.measured.parameters

    @property
    def gflops(self) -> float | None:
        """Billions of operations (two a multiply-add) for one picture at ``input_size``."""
        return self.measured.gflops

    @property
    def precisions(self) -> tuple[Precision, ...]:
        """What it can be asked to run in: int8 only where that was measured to be good enough."""
        int8 = self.measured.int8
        offered = int8 is not None and int8.rejected is None
        return tuple(each for each in PRECISIONS if offered or each != "int8")

    @property
    def size_bytes(self) -> int | None:
        """Bytes of the model's files on disk; ``None`` if they are not there."""
        from seglib.models import store

        return store.size_bytes(self)

    @property
    def installed(self) -> bool:
        """Whether the model's files are there."""
        return self.size_bytes is not None

    def as_dict(self) -> dict[str, object]:
        """Return the facts for ``models --json``."""
        measured = self.measured
        return {
            "name": self.name,
            "title": self.title,
            "task": self.task,
            "summary": self.summary,
            "label_set": self.label_set,
            "classes": list(self.labels.names),
            "input_size": list(self.input_size),
            "layout": self.preprocessing.layout,
            "channel_order": self.preprocessing.order,
            "mean": list(self.preprocessing.mean),
            "scale": list(self.preprocessing.scale),
            "resize": self.resize,
            "parameters": measured.parameters,
            "gflops": measured.gflops,
            "size_bytes": self.size_bytes,
            "installed": self.installed,
            "licence": self.licence,
            "training_data": [
                {
                    "name": data.name,
                    "licence": data.licence,
                    "link": data.link.url if data.link else None,
                }
                for data in self.training_data
            ],
            "evaluations": [evaluation.as_dict() for evaluation in measured.evaluations],
            "default_precision": measured.default_precision,
            "time_over_street": dict(measured.time_over_street),
            "timed_on": measured.timed_on,
            "int8": None if measured.int8 is None else measured.int8.as_dict(),
            "limitations": self.limitations,
            "links": [{"title": link.title, "url": link.url} for link in self.links],
        }
