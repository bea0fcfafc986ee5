"""The page "Skip fusion": FCN-32s, FCN-16s and FCN-8s from scores at three strides."""
