"""The reference checks itself, without Java."""

import time

import numpy as np
import pytest
import tensorflow as tf

from conftest import model_case, replay_case
from parity_cases import numbers
from parity_cases.case_file import read_case, write_case
from parity_cases.columns import sequence
from parity_cases.layer_cases import layer_cases, make_layer_case
from parity_cases.model_cases import MODEL_CASES, build_model
from parity_cases.pepnet_cases import base_columns, pepnet_params
from parity_cases.replay_cases import REPLAY_CASES
from scenerank_keras.backend import keras_api, layer_name, layer_path
from scenerank_keras.features import FeatureColumn
from scenerank_keras.layer_base import layers_of
from scenerank_keras.optimizers import adam
from scenerank_keras.variables import dropout_layers_by_path, variables_by_path

GENERATIONS = (2, 3)


def assert_same_arrays(left, right, atol):
    assert left.keys() == right.keys()
    for name in left:
        np.testing.assert_allclose(left[name], right[name], rtol=0, atol=atol, err_msg=name)


def is_masked(case):
    """Tell whether a layer case is an attention with a mask, where the generations differ."""
    kind, _, shapes = case
    return kind == "MultiHeadAttention" and len(shapes) == 2


@pytest.mark.parametrize("name", [n for n, case in layer_cases().items() if not is_masked(case)])
def test_layer_is_the_same_in_both_generations(name):
    two, three = (make_layer_case(name, generation) for generation in GENERATIONS)
    assert_same_arrays(two.weights, three.weights, 0)
    assert_same_arrays(two.outputs, three.outputs, 1e-6)
    assert_same_arrays(two.input_grads, three.input_grads, 1e-5)
    assert_same_arrays(two.weight_grads, three.weight_grads, 1e-5)


# M2M's generations differ where a sequence is padded; see test_m2m.py.
@pytest.mark.parametrize("name", [name for name, case in MODEL_CASES.items() if case[0] != "m2m"])
def test_model_is_the_same_in_both_generations(name):
    two, three = (model_case(name, generation) for generation in GENERATIONS)
    assert_same_arrays(two.weights, three.weights, 0)
    assert_same_arrays(two.outputs, three.outputs, 1e-6)
    assert_same_arrays(two.weight_grads, three.weight_grads, 1e-5)
    for task, values in two.outputs.items():
        assert values.shape == (12, 1), task
        assert np.ptp(values) > 1e-3, f"{task}: all rows alike, the case would catch nothing"


def test_training_is_the_same_in_both_generations():
    name = "replay-keras2-linear_logits-sequence"
    two, three = (replay_case(name, generation) for generation in GENERATIONS)
    assert_same_arrays(two.steps, three.steps, 5e-6)


def test_replay_moves_touched_rows_only_unless_the_table_has_l2():
    plain = replay_case("replay-keras2-linear_logits-sequence")
    ruled = replay_case("replay-keras2-table_l2")
    path = "embedding/history/embeddings"
    moved = [
        (case.steps[f"weights_after/{path}"] != case.weights[path]).any(axis=1)
        for case in (plain, ruled)
    ]
    assert 0 < moved[0].sum() < len(moved[0])
    assert moved[1].all()


def test_a_long_replay_begins_with_what_keras_draws_from_the_recorded_seeds():
    case = replay_case("replay-200-m2m")
    kinds, seeds = keras_api(3).initializers, {}
    for path, seed in case.steps.items():
        if path.startswith("initializer_seeds/"):
            seeds[path.removeprefix("initializer_seeds/")] = int(seed)
    assert len(set(seeds.values())) == len(seeds)
    for path, values in case.weights.items():
        if path not in seeds:  # biases
            assert not values.any(), path
        elif path.endswith("/embeddings"):
            drawn = kinds.RandomUniform(-0.05, 0.05, seed=seeds[path])(values.shape)
            np.testing.assert_array_equal(values, drawn, path)
        elif values.ndim == 2:
            drawn = kinds.GlorotUniform(seed=seeds[path])(values.shape)
            np.testing.assert_array_equal(values, drawn, path)


def test_dropout_replay_records_every_generator_before_the_first_step():
    *_, params = REPLAY_CASES["golden-replay-keras3-dropout"]
    case = replay_case("golden-replay-keras3-dropout")
    seeds = {k: v for k, v in case.steps.items() if k.startswith("dropout_seeds/")}
    towers, layers = len(params["task_names"]), len(params["pepnet_dnn_units"])
    assert set(seeds) == {
        f"dropout_seeds/dnn/ppnet/dropout_layers/{n}/{i}"
        for n in range(towers)
        for i in range(layers)
    }
    for path, state in seeds.items():
        assert state.shape == (2,) and state.dtype == np.uint32 and state[1] == 0, path


def test_keras3_dropout_is_stateless_dropout_with_the_recorded_words():
    layer = keras_api(3).layers.Dropout(0.25, seed=2147483647)
    x = tf.constant(np.random.default_rng(0).normal(size=(5, 9)).astype(np.float32))
    word, counter = layer.seed_generator.state.numpy().tolist()
    for step in range(3):
        seed = [word % (2**31 - 2), counter + step]
        uniform = tf.random.stateless_uniform(x.shape, seed=seed)
        expected = tf.where(uniform >= 0.25, x * np.float32(1 / 0.75), 0.0)
        np.testing.assert_array_equal(layer(x, training=True), expected)


def test_adam_sums_a_rows_gradients_in_both_generations():
    after = []
    for generation in GENERATIONS:
        keras = keras_api(generation)
        make = keras.Variable if generation == 3 else tf.Variable
        variable = make(tf.zeros((3, 1)))
        values = tf.constant([[1.0], [2.0], [-4.0]])
        slices = tf.IndexedSlices(values, tf.constant([0, 0, 2]), (3, 1))
        optimizer = adam(keras, 0.1)
        for _ in range(2):
            optimizer.apply_gradients([(slices, variable)])
        slots = [v.numpy() for v in optimizer.variables if tuple(v.shape) == (3, 1)]
        after.append([variable.numpy(), *slots])
    np.testing.assert_allclose(after[0], after[1], atol=1e-7)


@pytest.mark.parametrize("generation", GENERATIONS)
def test_variables_have_the_documented_paths_and_shapes(generation):
    columns = base_columns(linear=True) + [
        sequence("history", 31, 4, "dnn", "linear", emb_name="video_id"),
        {"name": "age", "type": "dense", "dimension": 2, "group": ["dnn", "linear"]},
    ]
    params = pepnet_params(pepnet_dnn_units=[8, 5], linear_logits=True)
    model = build_model("pepnet", columns, params, generation)
    emb, domain, persona = 6 * 4 + 2, 4, 12
    expected = {
        "embedding/user_id/embeddings": (23, 4),
        "embedding/video_id/embeddings": (31, 4),
        "embedding/author_id/embeddings": (17, 4),
        "embedding/tab/embeddings": (5, 4),
        "embedding/user_active_degree/embeddings": (9, 4),
        "embedding/video_type/embeddings": (3, 4),
        "linear/user_active_degree/embeddings": (9, 1),
        "linear/video_type/embeddings": (3, 1),
        "linear/video_id/embeddings": (31, 1),
        "linear_dense/kernel": (2, 1),
        "linear_dense/bias": (1,),
        "task_is_click_logit/kernel": (5, 1),
        "task_is_like_logit/kernel": (5, 1),
    }
    gates = {
        "dnn/epnet/gate_nu": (domain + emb, emb),
        "dnn/ppnet/gate_nu/0": (persona + emb, 16),
        "dnn/ppnet/gate_nu/1": (persona + emb, 10),
    }
    for path, (prior, width) in gates.items():
        expected[f"{path}/dense_layers/0/kernel"] = (prior, width)
        expected[f"{path}/dense_layers/1/kernel"] = (width, width)
        expected[f"{path}/dense_layers/0/bias"] = expected[f"{path}/dense_layers/1/bias"] = (width,)
    for tower in range(2):
        for i, (before, units) in enumerate([(emb, 8), (8, 5)]):
            expected[f"dnn/ppnet/dense_layers/{tower}/{i}/kernel"] = (before, units)
            expected[f"dnn/ppnet/dense_layers/{tower}/{i}/bias"] = (units,)
    assert {p: tuple(v.shape) for p, v in variables_by_path(model).items()} == expected
    assert list(dropout_layers_by_path(model)) == [
        f"dnn/ppnet/dropout_layers/{n}/{i}" for n in range(2) for i in range(2)
    ]


@pytest.mark.parametrize("generation", GENERATIONS)
def test_without_linear_logits_a_task_has_its_own_dense(generation):
    model = build_model("pepnet", base_columns(), pepnet_params(), generation)
    shapes = {p: tuple(v.shape) for p, v in variables_by_path(model).items()}
    assert shapes["is_click/dense_layer/kernel"] == shapes["is_like/dense_layer/kernel"] == (5, 1)
    assert not any(path.startswith(("linear", "task_")) for path in shapes)
    assert "is_click/dense_layer/bias" not in shapes


def test_pepnet_is_its_formula():
    """The whole forward pass once more, in NumPy."""
    case = model_case("pepnet-sequence-linear_logits")
    w = case.weights

    def dense(path, x):
        return x @ w[f"{path}/kernel"] + w[f"{path}/bias"]

    def sigmoid(x):
        return 1 / (1 + np.exp(-x.astype(np.float64)))

    def gate(path, x):
        hidden = np.maximum(dense(f"{path}/dense_layers/0", x), 0)
        return 2 * sigmoid(dense(f"{path}/dense_layers/1", hidden))

    def look_up(family, name):
        rows = w[f"{family}/{name}/embeddings"][case.inputs[name]]
        if name != "history":
            return rows[:, 0]
        counts = (case.inputs[name] != 0)[:, :, np.newaxis]
        return (rows * counts).sum(axis=1) / (counts.sum(axis=1) + 1e-8)

    def group(group_name, family="embedding"):
        columns = case.config["feature_columns"]
        return [look_up(family, c["name"]) for c in columns if group_name in c["group"]]

    emb = np.concatenate(group("dnn"), axis=1)
    persona = np.concatenate(group("pepnet"), axis=1)
    x = gate("dnn/epnet/gate_nu", np.concatenate(group("epnet") + [emb], axis=1)) * emb
    prior = np.concatenate([persona, x], axis=1)
    linear = sum(group("linear", "linear"))
    for tower, task in enumerate(case.config["model_params"]["task_names"]):
        h = x
        for i in range(2):
            scale = np.split(gate(f"dnn/ppnet/gate_nu/{i}", prior), 2, axis=1)[tower]
            h = scale * np.maximum(dense(f"dnn/ppnet/dense_layers/{tower}/{i}", h), 0)
        expected = sigmoid(h @ w[f"task_{task}_logit/kernel"] + linear)
        np.testing.assert_allclose(case.outputs[task], expected, atol=1e-6)


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("mask_zero", [True, False])
def test_masked_mean(generation, mask_zero):
    ids = np.array([[3, 0, 5], [0, 0, 0], [1, 2, 4]], np.int32)
    emb = np.random.default_rng(1).normal(size=(3, 3, 2)).astype(np.float32)
    mean = layers_of(generation).MaskedMean(mask_zero=mask_zero)([ids, emb])
    expected = emb.mean(axis=1)
    if mask_zero:
        expected[:2] = [(emb[0, 0] + emb[0, 2]) / 2, [0, 0]]
    np.testing.assert_allclose(mean, expected, atol=1e-6)


@pytest.mark.parametrize("generation", GENERATIONS)
def test_predict_layer_of_width_one_has_no_kernel(generation):
    layer = layers_of(generation).PredictLayer()
    layer(tf.zeros((2, 1)))
    assert variables_by_path(layer) == {}
    layer = layers_of(generation).PredictLayer(use_bias=True)
    layer(tf.zeros((2, 1)))
    assert list(variables_by_path(layer)) == ["global_bias"]


def test_slashes_of_layer_names_go_both_ways():
    assert layer_name("dnn/epnet", 2) == "dnn/epnet"
    assert layer_name("dnn/epnet", 3) == "dnn__epnet"
    for generation in GENERATIONS:
        assert layer_path(layer_name("embedding/user_id", generation), generation) == (
            "embedding/user_id"
        )
    with pytest.raises(ValueError, match="__"):
        layer_name("dnn__epnet", 3)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": "a", "vocab_size": 3, "typ": "sparse"}, "typ"),
        ({"name": "a", "type": "text"}, "text"),
        ({"name": "a"}, "vocab_size"),
    ],
)
def test_a_bad_column_is_an_error_that_names_it(fields, message):
    with pytest.raises(ValueError, match=f"'a'.*{message}"):
        FeatureColumn.from_json(fields)


def test_case_file_gives_back_what_was_written_and_the_same_bytes(tmp_path):
    case = model_case("golden-pepnet")
    write_case(tmp_path / "a.h5", case)
    time.sleep(1.1)  # a file that held the time of its making would differ
    write_case(tmp_path / "b.h5", case)
    again = read_case(tmp_path / "a.h5")
    assert again.config == case.config and again.gradient_rows == case.gradient_rows
    assert_same_arrays(again.inputs, case.inputs, 0)
    assert_same_arrays(again.weight_grads, case.weight_grads, 0)
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()


def test_rows_cover_empty_full_and_holed_sequences():
    columns = [FeatureColumn("history", vocab_size=9, type="varlen_sparse", max_len=4)]
    ids = numbers.feature_rows(columns, 20, np.random.default_rng(0))["history"]
    lengths = (ids != 0).sum(axis=1)
    assert lengths[0] == 0 and lengths[1] == 4
    assert ids[2, 1] == 0 and ids[2, 2] != 0


@pytest.mark.parametrize("combiner", ["sum", "mean", "sqrtn"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("generation", GENERATIONS)
def test_sequence_pooling_is_that_of_embedding_lookup_sparse(generation, weighted, combiner):
    random = np.random.default_rng(3)
    table = tf.constant(random.standard_normal((7, 4)), tf.float32)
    ids = np.array([[0, 0, 3], [1, 6, 2], [0, 5, 5], [0, 0, 0]], np.int32)
    weights = random.random(ids.shape).astype(np.float32)
    kept = [row for row in range(len(ids)) if ids[row].any()]
    sparse = tf.sparse.from_dense(ids[kept])
    given = tf.SparseTensor(sparse.indices, weights[kept][ids[kept] != 0], sparse.dense_shape)
    expected = tf.nn.embedding_lookup_sparse(
        table, sparse, given if weighted else None, combiner=combiner
    )
    layer = layers_of(generation).SequencePooling(combiner=combiner)
    inputs = [ids, tf.gather(table, ids), *([weights] if weighted else [])]
    pooled = layer(inputs).numpy()
    np.testing.assert_allclose(pooled[kept], expected, atol=1e-6)
    assert not pooled[3].any()


@pytest.mark.parametrize("generation", GENERATIONS)
def test_sequence_pooling_takes_the_largest_of_those_that_count(generation):
    ids = np.array([[0, 2], [0, 0]], np.int32)
    emb = np.array([[[9.0], [-2.0]], [[9.0], [9.0]]], np.float32)
    layers = layers_of(generation)
    pooled = layers.SequencePooling(combiner="max")([ids, emb]).numpy()
    assert pooled.tolist() == [[-2.0], [0.0]]
    pooled = layers.SequencePooling(combiner="max", mask_zero=False)([ids, emb]).numpy()
    assert pooled.tolist() == [[9.0], [9.0]]
