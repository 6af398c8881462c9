"""Parity cases: what Keras computes, written down for another implementation to reproduce."""

import scenerank_keras  # noqa: F401  (quiets TensorFlow before the modules here import it)
