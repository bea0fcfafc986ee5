"""The page "Evaluate a model", one module a part."""
