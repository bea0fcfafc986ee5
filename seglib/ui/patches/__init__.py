"""The page "From patches to FCN": one window, one pass, one weight matrix in two shapes."""
