"""The page "Background removal", one module a part."""
