"""The page "Semantic segmentation", one module a part."""
