"""Readers and writers of label files, one module a format."""
