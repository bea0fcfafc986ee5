"""The page "Salient object", one module a part."""
