"""The page "Four kinds of segmentation", one module a part."""
