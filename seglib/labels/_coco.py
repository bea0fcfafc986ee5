"""COCO's things and stuff (facts of the data set, one row a class)."""

from __future__ import annotations

from seglib.labels.label_set import Color, Label, LabelSet

# Category id, name, colour as in the data set's panoptic categories. The instance sets publish no
# palette of their own, so they take these colours as well: one car, one colour.
_THINGS: tuple[tuple[int, str, Color], ...] = (
    (1, "person", (220, 20, 60)),
    (2, "bicycle", (119, 11, 32)),
    (3, "car", (0, 0, 142)),
    (4, "motorcycle", (0, 0, 230)),
    (5, "airplane", (106, 0, 228)),
    (6, "bus", (0, 60, 100)),
    (7, "train", (0, 80, 100)),
    (8, "truck", (0, 0, 70)),
    (9, "boat", (0, 0, 192)),
    (10, "traffic light", (250, 170, 30)),
    (11, "fire hydrant", (100, 170, 30)),
    (13, "stop sign", (220, 220, 0)),
    (14, "parking meter", (175, 116, 175)),
    (15, "bench", (250, 0, 30)),
    (16, "bird", (165, 42, 42)),
    (17, "cat", (255, 77, 255)),
    (18, "dog", (0, 226, 252)),
    (19, "horse", (182, 182, 255)),
    (20, "sheep", (0, 82, 0)),
    (21, "cow", (120, 166, 157)),
    (22, "elephant", (110, 76, 0)),
    (23, "bear", (174, 57, 255)),
    (24, "zebra", (199, 100, 0)),
    (25, "giraffe", (72, 0, 118)),
    (27, "backpack", (255, 179, 240)),
    (28, "umbrella", (0, 125, 92)),
    (31, "handbag", (209, 0, 151)),
    (32, "tie", (188, 208, 182)),
    (33, "suitcase", (0, 220, 176)),
    (34, "frisbee", (255, 99, 164)),
    (35, "skis", (92, 0, 73)),
    (36, "snowboard", (133, 129, 255)),
    (37, "sports ball", (78, 180, 255)),
    (38, "kite", (0, 228, 0)),
    (39, "baseball bat", (174, 255, 243)),
    (40, "baseball glove", (45, 89, 255)),
    (41, "skateboard", (134, 134, 103)),
    (42, "surfboard", (145, 148, 174)),
    (43, "tennis racket", (255, 208, 186)),
    (44, "bottle", (197, 226, 255)),
    (46, "wine glass", (171, 134, 1)),
    (47, "cup", (109, 63, 54)),
    (48, "fork", (207, 138, 255)),
    (49, "knife", (151, 0, 95)),
    (50, "spoon", (9, 80, 61)),
    (51, "bowl", (84, 105, 51)),
    (52, "banana", (74, 65, 105)),
    (53, "apple", (166, 196, 102)),
    (54, "sandwich", (208, 195, 210)),
    (55, "orange", (255, 109, 65)),
    (56, "broccoli", (0, 143, 149)),
    (57, "carrot", (179, 0, 194)),
    (58, "hot dog", (209, 99, 106)),
    (59, "pizza", (5, 121, 0)),
    (60, "donut", (227, 255, 205)),
    (61, "cake", (147, 186, 208)),
    (62, "chair", (153, 69, 1)),
    (63, "couch", (3, 95, 161)),
    (64, "potted plant", (163, 255, 0)),
    (65, "bed", (119, 0, 170)),
    (67, "dining table", (0, 182, 199)),
    (70, "toilet", (0, 165, 120)),
    (72, "tv", (183, 130, 88)),
    (73, "laptop", (95, 32, 0)),
    (74, "mouse", (130, 114, 135)),
    (75, "remote", (110, 129, 133)),
    (76, "keyboard", (166, 74, 118)),
    (77, "cell phone", (219, 142, 185)),
    (78, "microwave", (79, 210, 114)),
    (79, "oven", (178, 90, 62)),
    (80, "toaster", (65, 70, 15)),
    (81, "sink", (127, 167, 115)),
    (82, "refrigerator", (59, 105, 106)),
    (84, "book", (142, 108, 45)),
    (85, "clock", (196, 172, 0)),
    (86, "vase", (95, 54, 80)),
    (87, "scissors", (128, 76, 255)),
    (88, "teddy bear", (201, 57, 1)),
    (89, "hair drier", (246, 0, 122)),
    (90, "toothbrush", (191, 162, 208)),
)

# Names in words; the data set's own spelling follows as an alias.
_STUFF: tuple[tuple[int, str, Color], ...] = (
    (92, "banner", (255, 255, 128)),
    (93, "blanket", (147, 211, 203)),
    (95, "bridge", (150, 100, 100)),
    (100, "cardboard", (168, 171, 172)),
    (107, "counter", (146, 112, 198)),
    (109, "curtain", (210, 170, 100)),
    (112, "door, door-stuff", (92, 136, 89)),
    (118, "wooden floor, floor-wood", (218, 88, 184)),
    (119, "flower", (241, 129, 0)),
    (122, "fruit", (217, 17, 255)),
    (125, "gravel", (124, 74, 181)),
    (128, "house", (70, 70, 70)),
    (130, "light", (255, 228, 255)),
    (133, "mirror, mirror-stuff", (154, 208, 0)),
    (138, "net", (193, 0, 92)),
    (141, "pillow", (76, 91, 113)),
    (144, "platform", (255, 180, 195)),
    (145, "playing field, playingfield", (106, 154, 176)),
    (147, "railroad", (230, 150, 140)),
    (148, "river", (60, 143, 255)),
    (149, "road", (128, 64, 128)),
    (151, "roof", (92, 82, 55)),
    (154, "sand", (254, 212, 124)),
    (155, "sea", (73, 77, 174)),
    (156, "shelf", (255, 160, 98)),
    (159, "snow", (255, 255, 255)),
    (161, "stairs", (104, 84, 109)),
    (166, "tent", (169, 164, 131)),
    (168, "towel", (225, 199, 255)),
    (171, "brick wall, wall-brick", (137, 54, 74)),
    (175, "stone wall, wall-stone", (135, 158, 223)),
    (176, "tiled wall, wall-tile", (7, 246, 231)),
    (177, "wooden wall, wall-wood", (107, 255, 200)),
    (178, "water, water-other", (58, 41, 149)),
    (180, "window blind, window-blind", (183, 121, 142)),
    (181, "window, window-other", (255, 73, 97)),
    (184, "tree, tree-merged", (107, 142, 35)),
    (185, "fence, fence-merged", (190, 153, 153)),
    (186, "ceiling, ceiling-merged", (146, 139, 141)),
    (187, "sky, sky-other-merged", (70, 130, 180)),
    (188, "cabinet, cabinet-merged", (134, 199, 156)),
    (189, "table, table-merged", (209, 226, 140)),
    (190, "floor, floor-other-merged", (96, 36, 108)),
    (191, "pavement, pavement-merged", (96, 96, 96)),
    (192, "mountain, mountain-merged", (64, 170, 64)),
    (193, "grass, grass-merged", (152, 251, 152)),
    (194, "dirt, dirt-merged", (208, 229, 228)),
    (195, "paper, paper-merged", (206, 186, 171)),
    (196, "food, food-other-merged", (152, 161, 64)),
    (197, "building, building-other-merged", (116, 112, 0)),
    (198, "rock, rock-merged", (0, 114, 143)),
    (199, "wall, wall-other-merged", (102, 102, 156)),
    (200, "rug, rug-merged", (250, 141, 255)),
)

# Names of the first category list that no published annotation uses. They have no colours either:
# these are ours, each unlike any other in this file.
_NEVER_ANNOTATED: tuple[tuple[int, str, Color], ...] = (
    (12, "street sign", (230, 190, 70)),
    (26, "hat", (180, 60, 200)),
    (29, "shoe", (120, 60, 20)),
    (30, "eye glasses", (40, 120, 220)),
    (45, "plate", (240, 240, 220)),
    (66, "mirror", (150, 200, 230)),
    (68, "window", (110, 170, 240)),
    (69, "desk", (170, 110, 60)),
    (71, "door", (120, 150, 60)),
    (83, "blender", (200, 80, 120)),
    (91, "hair brush", (230, 120, 180)),
)


def _label(row: tuple[int, str, Color], thing: bool) -> Label:
    class_id, names, color = row
    name, *aliases = names.split(", ")
    return Label(class_id, name, color, thing, tuple(aliases))


COCO_PANOPTIC_133 = LabelSet(
    "coco-panoptic-133",
    "COCO panoptic (80 things, 53 stuff)",
    tuple([_label(row, True) for row in _THINGS] + [_label(row, False) for row in _STUFF]),
)
"""Ids are the data set's category ids, 1 to 200 with gaps."""

COCO_91 = LabelSet(
    "coco-91",
    "COCO (91 names, category ids)",
    tuple(_label(row, True) for row in sorted(_THINGS + _NEVER_ANNOTATED)),
)
"""Ids are the data set's category ids, 1 to 91; eleven of them occur in no annotation."""

COCO_80 = LabelSet(
    "coco-80",
    "COCO (80 things)",
    tuple(_label((index, row[1], row[2]), True) for index, row in enumerate(_THINGS)),
)
"""Ids 0 to 79 without gaps, in the order of the category ids."""
