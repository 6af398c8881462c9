"""What ``record.py`` does: load a Keras model, make inputs, compute and write the numbers."""
