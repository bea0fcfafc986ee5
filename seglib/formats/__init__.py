"""Readers and writers of label files, one module a format.

``voc``: indexed PNG; ``coco``: JSON of polygons and run lengths; ``coco_panoptic``: PNG of segment
ids and its JSON; ``rle`` and ``polygons``: how a mask is stored; ``convert``: from one to another
and what that loses; ``validate``: what is wrong with a file, and where; ``archive``: ZIP files.
"""
