"""Clips: frames in and out, tracking, whole-clip processing in constant memory."""
