"""The page "Instance segmentation", one module a part."""
