"""The page "Panoptic segmentation", one module a part."""
