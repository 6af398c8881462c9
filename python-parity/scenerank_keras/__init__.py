"""The reference: SceneRank's layers and models in Keras, one source for Keras 2 and Keras 3.

Import this package before TensorFlow: it makes TensorFlow quiet and keeps it on the CPU.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
