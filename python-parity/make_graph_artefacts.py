"""Write the small models of any layers that the Java tests and docs/keras.md read.

``make_graph_artefacts.py [--out DIR]``: ``deepfm.keras``, ``own_layer.keras`` and
``recommenders.keras``, each with what ``record.py`` records of it, ``not_a_number.keras``, and
``loss_scale.keras`` and ``.h5``, whose optimizer scales the loss.
"""

import argparse
import pathlib

import scenerank_keras  # noqa: F401  (quiets TensorFlow)
import keras
import keras_rs
import numpy as np
from keras import layers

from recording.loading import load
from recording.recorder import record
from recording.recording_file import write_recording

RESOURCES = pathlib.Path(__file__).resolve().parent.parent / "src/test/resources/keras/graphs"
ROWS = 64


@keras.saving.register_keras_serializable("my_package")
class Cross(layers.Layer):
    """Cross of the input with a layer's output: ``(x0 [B, d], x [B, d]) -> x0 * (x . w + b) + x``."""

    def __init__(self, use_bias=True, **kwargs):
        super().__init__(**kwargs)
        self.use_bias = use_bias

    def build(self, input_shape):
        width = input_shape[1][-1]
        self.kernel = self.add_weight(shape=(width, 1), name="kernel")
        if self.use_bias:
            self.bias = self.add_weight(shape=(width,), initializer="zeros", name="bias")
        super().build(input_shape)

    def call(self, inputs):
        x0, x = inputs
        crossed = x0 * keras.ops.matmul(x, self.kernel)
        return crossed + self.bias + x if self.use_bias else crossed + x

    def get_config(self):
        return {**super().get_config(), "use_bias": self.use_bias}


def _columns():
    inputs = [
        keras.Input((1,), dtype="int32", name="user_id"),
        keras.Input((1,), dtype="int32", name="item_id"),
        keras.Input((1,), name="price"),
    ]
    tables = [layers.Embedding(50, 4, name="user"), layers.Embedding(80, 4, name="item")]
    embedded = [layers.Flatten()(table(ids)) for table, ids in zip(tables, inputs)]
    return inputs, embedded


def deepfm():
    """Return a DeepFM over two sparse columns and a dense one."""
    inputs, embedded = _columns()
    together = layers.Concatenate()([*embedded, inputs[2]])
    hidden = layers.Dropout(0.1)(layers.Dense(8, activation="relu")(together))
    pair = layers.Dot(axes=1)(embedded)
    logit = layers.Add()([layers.Dense(1)(hidden), pair])
    click = layers.Activation("sigmoid", name="is_click")(logit)
    return keras.Model(inputs, click, name="deepfm")


def own_layer():
    """Return a cross network, whose layer is not Keras' own."""
    inputs, embedded = _columns()
    x0 = layers.Concatenate()([*embedded, inputs[2]])
    x = Cross(name="cross_0")([x0, x0])
    x = Cross(name="cross_1", use_bias=False)([x0, x])
    click = layers.Dense(1, activation="sigmoid", name="is_click")(x)
    return keras.Model(inputs, click, name="own_layer")


def not_a_number():
    """Return a model whose config holds NaN: each step counts, as NaN differs from every value."""
    steps = keras.Input((3, 2), name="steps")
    pooled = layers.GlobalAveragePooling1D()(layers.Masking(float("nan"))(steps))
    return keras.Model(steps, layers.Dense(1, activation="sigmoid", name="is_click")(pooled))


def recommenders():
    """Return a model with the layers of keras-rs, under an optimizer with much state."""
    inputs, embedded = _columns()
    crossed = keras_rs.layers.FeatureCross(projection_dim=2, diag_scale=0.1)(embedded[0])
    crossed = keras_rs.layers.FeatureCross(pre_activation="tanh")(embedded[0], crossed)
    reduced = keras_rs.layers.EmbedReduce(50, 4, combiner="sqrtn", name="bag")(inputs[0])
    products = keras_rs.layers.DotInteraction()([crossed, embedded[1], reduced])
    hidden = layers.SpectralNormalization(layers.Dense(3))(
        layers.Concatenate()([products, crossed, inputs[2]])
    )
    click = layers.Dense(1, activation="sigmoid", name="is_click")(hidden)
    return keras.Model(inputs, click, name="recommenders")


OPTIMIZERS = {
    "recommenders": lambda: keras.optimizers.Muon(
        1e-2, use_ema=True, ema_momentum=0.9, clipnorm=0.5, exclude_layers=["feature_cross_1"]
    )
}


def _rows():
    rng = np.random.default_rng(1)
    rows = [
        rng.integers(0, 50, (ROWS, 1)),
        rng.integers(0, 80, (ROWS, 1)),
        rng.normal(size=(ROWS, 1)).astype("float32"),
    ]
    return rows, rng.integers(0, 2, (ROWS, 1))


def _write_scaled(folder):
    """Write a model twice whose optimizer, with settings of its own, is inside another one."""
    keras.utils.set_random_seed(1)
    inputs, embedded = _columns()
    together = layers.Concatenate()([*embedded, inputs[2]])
    click = layers.Dense(1, activation="sigmoid", name="is_click")(together)
    model = keras.Model(inputs, click, name="loss_scale")
    inner = keras.optimizers.Adam(1e-2, beta_1=0.8, clipvalue=0.5)
    scaled = keras.optimizers.LossScaleOptimizer(inner, initial_scale=64.0, dynamic_growth_steps=3)
    model.compile(scaled, loss="binary_crossentropy")
    model.fit(*_rows(), batch_size=16, epochs=2, verbose=0)
    model.save(folder / "loss_scale.keras")
    model.save(folder / "loss_scale.h5")


def _write(make, folder):
    keras.utils.set_random_seed(1)
    model = make()
    optimizer = OPTIMIZERS.get(make.__name__, lambda: keras.optimizers.Adam(1e-2))
    model.compile(optimizer(), loss="binary_crossentropy")
    model.fit(*_rows(), batch_size=16, epochs=2, verbose=0)
    path = folder / f"{make.__name__}.keras"
    model.save(path)
    write_recording(folder / f"{make.__name__}.cases.h5", record(*load(path), 8, 0))


def main():
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, default=RESOURCES)
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    for make in (deepfm, own_layer, recommenders):
        _write(make, folder)
    _write_scaled(folder)
    keras.utils.set_random_seed(1)
    not_a_number().save(folder / "not_a_number.keras")


if __name__ == "__main__":
    main()
