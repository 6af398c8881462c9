"""``predict --output-tensor`` of an imported model gives what Keras' own layers give."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

ROWS = 40
USERS, ITEMS = 11, 23

# Float32 sums of at most 16 products, whose order is free.
TOLERANCE = 1e-6


def two_towers(keras):
    """Return a model with a tower for the user, one for the item and a score."""
    user = keras.Input((1,), dtype="int32", name="user")
    item = keras.Input((1,), dtype="int32", name="item")
    towers = []
    for name, values, rows in (("user", user, USERS), ("item", item, ITEMS)):
        vectors = keras.layers.Flatten()(keras.layers.Embedding(rows, 8)(values))
        hidden = keras.layers.Dense(16, activation="relu")(vectors)
        towers.append(keras.layers.Dense(4, name=f"{name}_tower")(hidden))
    logit = keras.layers.Dot(axes=1, name="match")(towers)
    score = keras.layers.Activation("sigmoid", name="click")(logit)
    return keras.Model([user, item], score)


@pytest.fixture(scope="module", name="imported")
def imported_fixture(scenerank, tmp_path_factory):
    import keras

    folder = tmp_path_factory.mktemp("towers")
    keras.utils.set_random_seed(5)
    model = two_towers(keras)
    model.save(folder / "towers.keras")
    scenerank.checked("import-keras", folder / "towers.keras", "--out", folder / "run")
    random = np.random.default_rng(7)
    rows = {
        "user": random.integers(0, USERS, (ROWS, 1)).astype(np.int32),
        "item": random.integers(0, ITEMS, (ROWS, 1)).astype(np.int32),
    }
    parquet.write_table(pa.table({k: v[:, 0] for k, v in rows.items()}), folder / "rows.parquet")
    return folder, model, rows


def test_layers_of_an_imported_model_are_those_of_keras(imported, scenerank):
    import keras

    folder, model, rows = imported
    output = folder / "out.parquet"
    scenerank.checked(
        *("predict", folder / "run", "--input", folder / "rows.parquet", "--output", output),
        *("--output-tensor", "user_tower", "--output-tensor", "match"),
    )
    found = parquet.read_table(output)
    expected = keras.Model(
        model.inputs,
        [model.get_layer("user_tower").output, model.get_layer("match").output, model.output],
    ).predict([rows["user"], rows["item"]], verbose=0)
    tower = np.array(found["user_tower"].to_pylist(), np.float32)
    np.testing.assert_allclose(tower, expected[0], atol=TOLERANCE)
    assert np.ptp(tower) > 0
    np.testing.assert_allclose(found["match"].to_numpy(), expected[1][:, 0], atol=TOLERANCE)
    np.testing.assert_allclose(found["click"].to_numpy(), expected[2][:, 0], atol=TOLERANCE)
