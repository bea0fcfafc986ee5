"""What ``segment`` writes: for each format and each kind of answer, files by their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from seglib import images
from seglib.errors import UsageError
from seglib.images import Image
from seglib.models import ModelCard
from seglib.results import Instances, Matte, Panoptic, Scene, SemanticMap

Files = Mapping[str, bytes]
"""Contents by path below the folder of results."""


@dataclass(frozen=True, eq=False)
class Done:
    """A segmented picture.

    Parameters
    ----------
    name : str
        Of its results, unique among all pictures.
    file_name : str
        Of the picture itself, as JSON files name it.
    image : Image
    result : SemanticMap, Instances, Panoptic, Matte or Scene
    """

    name: str
    file_name: str
    image: Image
    result: SemanticMap | Instances | Panoptic | Matte | Scene

    @property
    def semantic(self) -> SemanticMap | None:
        """The class of every pixel, where there is one."""
        if isinstance(self.result, Panoptic):
            return self.result.semantic()
        if isinstance(self.result, Scene):
            return self.result.semantic
        return self.result if isinstance(self.result, SemanticMap) else None

    @property
    def instances(self) -> Instances | None:
        """The objects, where the model answers objects."""
        if isinstance(self.result, Scene):
            return self.result.instances
        return self.result if isinstance(self.result, Instances) else None

    @property
    def panoptic(self) -> Panoptic | None:
        """Both in one map, where there is one."""
        if isinstance(self.result, Scene):
            return self.result.panoptic
        return self.result if isinstance(self.result, Panoptic) else None


class Writer:
    """One format; by itself it writes nothing."""

    without = "nothing to write"
    """What is said of a picture that gives no file of its own."""

    def files(self, done: Done) -> Files:
        """Return the files of one picture."""
        return {}

    def finish(self) -> Files:
        """Return the files over all pictures."""
        return {}


def writer(card: ModelCard, form: str) -> Writer:
    """Return what turns results of a model into files of a format.

    Raises
    ------
    UsageError
        The model's answers cannot be written in this format without inventing something.
    """
    if form == "coco" and card.task == "matte":
        raise UsageError(
            f"--format coco lists objects or classes, {card.name} answers how much of each pixel "
            "is the subject; use --format cutout"
        )
    if form == "cutout" and card.task == "semantic":
        raise UsageError(
            f"--format cutout needs a subject or single objects, {card.name} only tells "
            "classes apart; use --format png"
        )
    kinds: dict[str, type[Writer]] = {"voc": Voc, "coco": Coco, "cutout": Cutouts}
    return kinds.get(form, Pictures)()


class Pictures(Writer):
    """The answer drawn on the picture."""

    def files(self, done: Done) -> Files:
        """``NAME.png``."""
        from seglib.video.draw import DrawOptions, draw

        # a panoptic map alone is drawn as its classes
        result = done.semantic if isinstance(done.result, Panoptic) else done.result
        assert result is not None
        options = DrawOptions(contour=True, numbers=False)
        return {f"{done.name}.png": images.encode_png(draw(done.image.pixels, result, options))}


class Voc(Writer):
    """Indexed PNG: classes and, where there are objects, which one a pixel belongs to."""

    def files(self, done: Done) -> Files:
        """``NAME.png`` and ``SegmentationObject/NAME.png``."""
        from seglib import render
        from seglib.formats import voc, voc_objects
        from seglib.labels import FOREGROUND_2

        name = f"{done.name}.png"
        semantic, instances = done.semantic, done.instances
        if isinstance(done.result, Matte):
            subject = (done.result.alpha >= 0.5).astype(np.uint8)
            return {name: voc.write(subject, FOREGROUND_2)}
        files: dict[str, bytes] = {}
        if instances is not None:
            ids = render.instance_ids(instances)
            files[f"SegmentationObject/{name}"] = voc_objects.write(ids)
            if semantic is None:
                classes = np.concatenate([[0], instances.class_ids]).astype(np.uint16)
                semantic = SemanticMap(classes[ids], instances.label_set)
        assert semantic is not None
        return {name: voc.write(semantic.labels, semantic.label_set), **files}


class Coco(Writer):
    """One JSON over all pictures: their objects, or a region a class where there are none.

    What has both in one map also becomes COCO's panoptic pair.
    """

    without = "annotations.json"

    def __init__(self) -> None:
        from seglib.formats import coco

        self._parts: list[coco.CocoFile] = []
        self._panoptic: list[bytes] = []

    def files(self, done: Done) -> Files:
        """``panoptic/NAME.png``, where there is such a map."""
        from seglib.formats import coco, coco_panoptic

        number = len(self._parts) + 1
        files: dict[str, bytes] = {}
        if done.panoptic is not None:
            png, document = coco_panoptic.write(
                done.panoptic,
                image_id=number,
                file_name=done.file_name,
                png_name=f"{done.name}.png",
            )
            files[f"panoptic/{done.name}.png"] = png
            self._panoptic.append(document)
        if done.instances is not None:
            part = coco.from_instances(
                done.instances, file_name=done.file_name, image_id=number, scores=True
            )
        else:
            assert done.semantic is not None
            part = coco.from_semantic(done.semantic, file_name=done.file_name, image_id=number)
        self._parts.append(part)
        return files

    def finish(self) -> Files:
        """``annotations.json`` and, where there are such maps, ``panoptic.json``."""
        from seglib.formats import coco, coco_panoptic

        files: dict[str, bytes] = {}
        if self._parts:
            files["annotations.json"] = coco.write(coco.join(self._parts))
        if self._panoptic:
            files["panoptic.json"] = coco_panoptic.join(self._panoptic)
        return files


class Cutouts(Writer):
    """PNG with transparency: the subject, or each object alone."""

    without = "no object found"

    def files(self, done: Done) -> Files:
        """``NAME.png`` of a subject, ``NAME/01-person-0.93.png`` and so on of objects."""
        from seglib import matting, render

        pixels = done.image.pixels
        if isinstance(done.result, Matte):
            matte = matting.refine(done.result, pixels, matting.MatteOptions())
            return {f"{done.name}.png": images.encode_png(matting.cut_out(pixels, matte))}
        instances = done.instances
        assert instances is not None
        files = {}
        for row in np.flatnonzero(instances.areas).tolist():
            label = instances.label_set.label(int(instances.class_ids[row]))
            score = float(instances.scores[row])
            name = render.cut_out_name(row + 1, len(instances), label.name, score)
            cut = render.instance_cut_out(pixels, instances, row)
            files[f"{done.name}/{name}"] = images.encode_png(cut)
        return files
