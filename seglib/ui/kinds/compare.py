"""The four kinds in one table: question, output, metric, loss, networks, with their papers."""

from __future__ import annotations

from seglib.ui.kinds.answers import Answers

Link = tuple[str, str]

KINDS: dict[str, str] = {
    "semantic": "Semantic",
    "instance": "Instance",
    "panoptic": "Panoptic",
    "matte": "Matte",
}
"""The four, in the order in which they are shown."""

QUESTIONS = {
    "semantic": "What is at this pixel?",
    "instance": "Which objects, and where?",
    "panoptic": "What, and which one?",
    "matte": "How much is subject?",
}
"""What each answers."""

_METRICS: dict[str, tuple[str | Link, ...]] = {
    "semantic": ("mean IoU, ", ("Everingham 2015", "https://doi.org/10.1007/s11263-014-0733-5")),
    "instance": ("mask AP, ", ("Lin 2014", "https://arxiv.org/abs/1405.0312")),
    "panoptic": ("PQ = SQ × RQ, ", ("Kirillov 2019", "https://arxiv.org/abs/1801.00868")),
    "matte": (
        "SAD, MSE, gradient, ",
        ("Rhemann 2009", "https://doi.org/10.1109/CVPR.2009.5206503"),
    ),
}
_LOSSES: dict[str, tuple[str | Link, ...]] = {
    "semantic": ("cross-entropy of every pixel",),
    "instance": ("class + box + mask of every proposal",),
    "panoptic": ("semantic + centre + offset, or masks matched one to one",),
    "matte": ("|α − α*| + |αF + (1 − α)B − I|, ", ("Xu 2017", "https://arxiv.org/abs/1703.03872")),
}
_NETWORKS: dict[str, tuple[Link, ...]] = {
    "semantic": (
        ("FCN", "https://arxiv.org/abs/1411.4038"),
        ("U-Net", "https://arxiv.org/abs/1505.04597"),
        ("DeepLabv3+", "https://arxiv.org/abs/1802.02611"),
    ),
    "instance": (
        ("Mask R-CNN", "https://arxiv.org/abs/1703.06870"),
        ("YOLACT", "https://arxiv.org/abs/1904.02689"),
        ("SOLOv2", "https://arxiv.org/abs/2003.10152"),
    ),
    "panoptic": (
        ("Panoptic FPN", "https://arxiv.org/abs/1901.02446"),
        ("Panoptic-DeepLab", "https://arxiv.org/abs/1911.10194"),
        ("Mask2Former", "https://arxiv.org/abs/2112.01527"),
    ),
    "matte": (
        ("Deep Image Matting", "https://arxiv.org/abs/1703.03872"),
        ("MODNet", "https://arxiv.org/abs/2011.11961"),
        ("U²-Net", "https://arxiv.org/abs/2005.09007"),
    ),
}


def outputs(answers: Answers) -> dict[str, str]:
    """Return shape and type of each answer, as it is for this picture."""
    width, height = answers.picture.image.size
    labels = answers.semantic.labels
    return {
        "semantic": f"({height}, {width}) {labels.dtype}",
        "instance": f"({len(answers.instances)}, {height}, {width}) bool, classes, scores",
        "panoptic": f"({height}, {width}) {answers.panoptic.segment_ids.dtype}, "
        f"{len(answers.panoptic.segments)} segments",
        "matte": f"({height}, {width}) {answers.matte.alpha.dtype}",
    }


def _cell(parts: tuple[str | Link, ...], *, between: str = "") -> str:
    return between.join(part if isinstance(part, str) else _link(*part) for part in parts)


def _link(title: str, url: str) -> str:
    # the browser's own blue cannot be read on a dark page
    return f'<a href="{url}" target="_blank" rel="noopener" style="color:inherit">{title}</a>'


def table(answers: Answers) -> str:
    """Return the comparison as HTML."""
    own = outputs(answers)
    shapes = {
        "semantic": "one class a pixel, H × W",
        "instance": "N masks H × W, may overlap",
        "panoptic": "one (class, id) a pixel, H × W",
        "matte": "one share a pixel, H × W, 0 to 1",
    }
    rows = [
        ("Question", QUESTIONS),
        ("Output", shapes),
        ("Here", {kind: f"<code>{text}</code>" for kind, text in own.items()}),
        ("Metric", {kind: _cell(parts) for kind, parts in _METRICS.items()}),
        ("Loss", {kind: _cell(parts) for kind, parts in _LOSSES.items()}),
        ("Networks", {kind: _cell(parts, between=", ") for kind, parts in _NETWORKS.items()}),
    ]
    head = "".join(f'<th scope="col" class="seg-left">{title}</th>' for title in KINDS.values())
    body = "".join(
        f'<tr><th scope="row">{title}</th>'
        + "".join(f'<td class="seg-left">{texts[kind]}</td>' for kind in KINDS)
        + "</tr>"
        for title, texts in rows
    )
    return (
        '<div class="seg-table" data-testid="kd-compare"><table style="min-width:46rem"><thead><tr>'
        f'<th scope="col"></th>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )
