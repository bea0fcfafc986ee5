"""Prediction-like disturbances of label maps: shift, erode, speckle, merge, split."""
