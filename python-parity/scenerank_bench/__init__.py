"""How fast SceneRank and Keras are, side by side: workers, the clock between them, the report.

Only the modules ``keras_*`` import TensorFlow, and only in the processes that are timed.
"""
