"""Panoptic quality: which segments match, and what their overlaps are worth."""
