"""Models in the form of the original implementation's Keras 2 code, and all files that it saves.

The classes have its names, constructor's arguments, attributes and order of creation, and models its
wiring; the code is this project's own. It runs with ``tf_keras``, and with TensorFlow up to 2.15
alone.
"""
