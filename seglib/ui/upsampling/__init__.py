"""The page "Upsampling", one module a method."""
