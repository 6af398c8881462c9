"""Keras' side of the training benchmark: one ``fit``, arrays in memory, dense Adam."""

import json
import time

import scenerank_keras  # noqa: F401  (quiets TensorFlow)
import tensorflow as tf
from scenerank_keras.backend import keras_api
from scenerank_keras.models import MODELS

from .serve import requests, say, window
from .work import uniform_rows, work_of

BATCH_SIZE = 1024
ROWS = 20 * BATCH_SIZE
ENDLESS = 1_000_000_000  # epochs


def windows_between_steps(keras, name, batch_size=BATCH_SIZE):
    """Return a callback that times steps of a running ``fit`` when a caller requests it.

    Requests are read from the second epoch on, so that nothing is timed which happens once. It
    looks at the clock where a step begins, since where one ends Keras would read the step's logs.
    """

    class Windows(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.requests = requests()
            self.epoch = 0
            self.end = None

        def on_epoch_begin(self, epoch, logs=None):
            self.epoch = epoch

        def on_train_batch_begin(self, batch, logs=None):
            if self.epoch == 0 or self.model.stop_training:
                return
            now = time.perf_counter()
            if self.end is not None:
                self.times.append((now - self.last) * 1e3)
                self.last = now
                if now < self.end:
                    return
                say(json.dumps(window(name, batch_size, self.times)))
            self.wait()

        def wait(self):
            request = next(self.requests, None)
            if request is None:
                self.model.stop_training = True
                return
            self.times = []
            self.last = time.perf_counter()
            self.end = self.last + request[0]

    return Windows()


def run(model, generation, threads, rows_of_video_id, jit, seed):
    """Train until ``quit``."""
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    keras = keras_api(generation)
    keras.utils.set_random_seed(seed)
    work = work_of(model, rows_of_video_id)
    network = MODELS[model](work.columns, {"task_names": work.tasks}, generation)
    features, labels = uniform_rows(work, ROWS, seed)
    network.compile(
        optimizer=keras.optimizers.Adam(1e-3),
        loss={task: "binary_crossentropy" for task in work.tasks},
        jit_compile=jit,
    )
    network.fit(
        {name: features[name] for name in network.input},
        labels,
        batch_size=BATCH_SIZE,
        epochs=ENDLESS,
        verbose=0,
        callbacks=[windows_between_steps(keras, model)],
    )
