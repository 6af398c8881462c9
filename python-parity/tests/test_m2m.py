"""M2M and its layers: their formulas, their variables, and what the generations do alike."""

import functools

import numpy as np
import pytest
import tensorflow as tf

from m2m_formulas import M2mFormula, M2mWeights, sinusoidal
from parity_cases import numbers
from parity_cases.layer_cases import layer_cases, make_layer_case
from parity_cases.m2m_cases import M2M_CASES, M2M_REPLAYS, m2m_columns, m2m_params
from parity_cases.model_cases import as_tensors, build_model, input_rows, make_model_case
from parity_cases.replay_cases import dropout_seeds, make_replay_case
from scenerank_keras.backend import GENERATIONS, keras_api, tf_variable
from scenerank_keras.layer_base import layers_of
from scenerank_keras.m2m import ATTENTION
from scenerank_keras.variables import dropout_layers_by_path, variables_by_path


def cases_of(layer):
    """Return the names of a layer's cases."""
    return [name for name, (kind, _, _) in layer_cases().items() if kind == layer]


@pytest.mark.parametrize("name", cases_of("MetaUnit"))
def test_meta_unit_is_its_formula(name):
    case = make_layer_case(name)
    x, scenario = case.inputs["x"], case.inputs["scenario_views"]
    expected = M2mWeights(case.weights).meta_unit("", x, scenario, case.config)
    np.testing.assert_allclose(case.outputs["out"], expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", cases_of("MetaAttention"))
def test_meta_attention_is_its_formula(name):
    case = make_layer_case(name)
    inputs = (case.inputs[key] for key in ("expert_views", "task_views", "scenario_views"))
    expected = M2mWeights(case.weights).meta_attention("", *inputs, case.config)
    np.testing.assert_allclose(case.outputs["out"], expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", cases_of("MetaTower"))
def test_meta_tower_is_its_formula(name):
    case = make_layer_case(name)
    x, scenario = case.inputs["x"], case.inputs["scenario_views"]
    expected = M2mWeights(case.weights).meta_tower("", x, scenario, case.config)
    np.testing.assert_allclose(case.outputs["out"], expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", cases_of("MultiHeadAttention"))
def test_attention_is_its_formula(name):
    case = make_layer_case(name)
    masking, ids = case.config["attention_masking"], case.inputs.get("ids")
    expected = M2mWeights(case.weights).attention("", case.inputs["x"], ids, masking)
    np.testing.assert_allclose(case.outputs["out"], expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_padded_query_attends_to_all_in_keras2_and_to_nothing_in_keras3(generation, training):
    keras = keras_api(generation)
    layer = keras.layers.MultiHeadAttention(**ATTENTION)
    ids = tf.constant([[3, 0, 1, 0], [0, 0, 0, 0], [1, 2, 3, 4]])
    x = tf.constant(numbers.normal(np.random.default_rng(1), (3, 4, 5)))
    mask = layers_of(generation).AttentionMask()(ids)
    options = {"attention_mask": mask, "return_attention_scores": True, "training": training}
    with tf.GradientTape() as tape:
        out, weights = layer(x, x, **options)
        padded = tf.reduce_sum(tf.boolean_mask(out, tf.equal(ids, 0)) ** 2)
    padded_rows = weights.numpy()[:, 0][ids.numpy() == 0]
    uniform = 0.25 if generation == 2 else 0.0
    np.testing.assert_allclose(padded_rows, np.full((6, 4), uniform), atol=1e-7)
    real_rows = weights.numpy()[:, 0][ids.numpy() != 0]
    np.testing.assert_allclose(real_rows.sum(axis=1), np.ones(6), atol=1e-6)
    assert (weights.numpy()[0, 0, [0, 2]][:, [1, 3]] == 0).all()
    # A padded query of Keras 2 sends its gradient into the scores.
    kernels = [tf_variable(layer._query_dense.kernel), tf_variable(layer._key_dense.kernel)]
    moved = [np.abs(grad).max() > 1e-4 for grad in tape.gradient(padded, kernels)]
    assert moved == [generation == 2] * 2


def test_keras3_without_dropout_does_not_set_a_masked_weight_to_0():
    """So a case of an attention has dropout, although none is active in it."""
    layer = keras_api(3).layers.MultiHeadAttention(**{**ATTENTION, "dropout": 0.0})
    x = tf.constant(numbers.normal(np.random.default_rng(1), (1, 3, 4)))
    mask = layers_of(3).AttentionMask()(tf.zeros((1, 3), tf.int32))
    out = layer(x, x, attention_mask=mask)
    assert np.abs(out - layer._output_dense.bias).max() > 1e-3
    assert all(layer_cases()[name][1]["dropout"] > 0 for name in cases_of("MultiHeadAttention"))


@pytest.mark.parametrize("passes_on", [True, False])
@pytest.mark.parametrize("agg", ["concat", "sum"])
@pytest.mark.parametrize("generation", GENERATIONS)
def test_the_attention_mask_is_what_keras_makes_of_mask_zero(generation, agg, passes_on):
    """Keras 3 forgets a mask that not all of a Concatenate's or an Add's inputs have."""
    keras, layers = keras_api(generation), layers_of(generation)
    ids = keras.Input((5,), dtype="int32")
    embedding = keras.layers.Embedding(9, 4, mask_zero=True)
    positions = layers.PositionEncodingLayer(4, 5)
    positions.supports_masking = passes_on
    join = keras.layers.Concatenate(axis=-1) if agg == "concat" else keras.layers.Add()
    attention = keras.layers.MultiHeadAttention(**ATTENTION)
    emb = embedding(ids)
    x = join([emb, positions(emb)])
    implicit = keras.Model(ids, attention(x, x))

    rows = numbers.sequences(np.random.default_rng(0), 9, 5, 9).astype(np.int32)
    emb = tf.gather(embedding.embeddings, rows)
    x = join([emb, positions(emb)])
    mask = layers.AttentionMask()(rows)
    masked = attention(x, x, attention_mask=mask, training=False)
    unmasked = attention(x, x, training=False)
    forgets = generation == 3 and not passes_on
    expected = unmasked if forgets else masked
    np.testing.assert_allclose(implicit(rows, training=False), expected, atol=1e-6)
    assert np.abs(masked - unmasked)[2].max() > 1e-4


@pytest.mark.parametrize("generation", GENERATIONS)
def test_positions(generation):
    made = layers_of(generation).PositionEncodingLayer
    layer = made(3, 6, trainable=False, initializer="sinusoidal")
    out = layer(tf.zeros((2, 4, 5)))
    expected = sinusoidal(6, 3)
    np.testing.assert_allclose(layer.position_embeddings.numpy(), expected, atol=1e-7)
    np.testing.assert_allclose(out, np.stack([expected[:4]] * 2), atol=1e-7)
    assert not layer.trainable_weights and len(layer.weights) == 1
    with pytest.raises(ValueError, match="7 steps.*6"):
        made(3, 6)(tf.zeros((2, 7, 3)))
    with pytest.raises(ValueError, match="cosine"):
        made(3, 6, initializer="cosine")


@functools.lru_cache(maxsize=None)
def case_of(name, generation):
    """Return a model's case; every case is made once a generation."""
    return make_model_case(name, generation)


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("name", M2M_CASES)
def test_m2m_is_its_formula(name, generation):
    case = case_of(name, generation)
    expected = M2mFormula(case).outputs()
    assert list(case.outputs) == case.config["model_params"]["task_names"]
    for task, values in case.outputs.items():
        assert values.shape == (12, 1)
        np.testing.assert_allclose(values, expected[task], atol=2e-6, err_msg=task)
        # Off 0 and 1, where the gradient of the loss would be rounding.
        assert 1e-3 < values.min() and values.max() < 1 - 1e-3
        assert np.ptp(values) > 1e-2


@pytest.mark.parametrize("name", [n for n in M2M_CASES if "dice" not in n])
def test_rows_without_padding_are_the_same_in_both_generations(name):
    two, three = (case_of(name, generation) for generation in GENERATIONS)
    columns, _ = M2M_CASES[name]
    for path, values in two.weights.items():
        np.testing.assert_array_equal(values, three.weights[path], path)
    padded = np.zeros(12, bool)
    for column in columns:
        if "mha" in column.get("combiner", "") and column.get("mask_zero", True):
            padded |= (two.inputs[column["name"]] == 0).any(axis=1)
    assert not padded.all()
    for task, values in two.outputs.items():
        np.testing.assert_allclose(
            values[~padded], three.outputs[task][~padded], atol=1e-6, err_msg=task
        )
    differs = max(np.abs(two.outputs[task] - three.outputs[task]).max() for task in two.outputs)
    assert (differs > 1e-5) == padded.any()
    if not padded.any():
        for path, values in two.weight_grads.items():
            np.testing.assert_allclose(values, three.weight_grads[path], atol=1e-5, err_msg=path)


def expected_shapes(shared):
    """Return ``{path: shape}`` of M2M on :func:`m2m_columns` with two tasks."""
    tables = {"user_id": 23, "video_id": 31, "tab": 5, "user_active_degree": 9, "video_type": 3}
    shapes = {f"embedding/{name}/embeddings": (rows, 4) for name, rows in tables.items()}
    shapes["embedding/history/embeddings"] = (19, 4)
    for name, rows in {"user_active_degree": 9, "video_type": 3, "history": 19}.items():
        shapes[f"linear/{name}/embeddings"] = (rows, 1)
    shapes["position_encoding_layer/position_embeddings"] = (5, 4)
    for name in ("query", "key", "value"):
        shapes[f"multi_head_attention/_{name}_dense/kernel"] = (8, 1, 16)
        shapes[f"multi_head_attention/_{name}_dense/bias"] = (1, 16)
    shapes["multi_head_attention/_output_dense/kernel"] = (1, 16, 8)
    shapes["multi_head_attention/_output_dense/bias"] = (8,)
    affine = {"dnn/scenario_mlp/dense_layers/0": (12, 5)}
    affine.update({f"dnn/expert_{i}_mlp/dense_layers/0": (24, 6) for i in range(3)})
    units = {"dnn/attention_shared_meta_unit": 12, "dnn/tower_shared_meta_unit": 6}
    for place, task in enumerate(("is_click", "is_like")):
        shapes[f"task_emb_{place}/emb/embeddings"] = (1, 6)
        shapes[f"{task}/tower_logit/dense_layer/kernel"] = (6, 1)
        affine[f"dnn/{task}_mlp/dense_layers/0"] = (6, 6)
        affine[f"dnn/meta_attention_{task}/dense"] = (12, 1)
        if not shared:
            units[f"dnn/meta_attention_{task}/meta_unit"] = 12
            units.update({f"dnn/meta_tower_{task}/layers/{j}": 6 for j in range(2)})
    for unit, d in units.items():
        if shared or "shared" not in unit:
            affine.update({f"{unit}/weights_dense/{i}": (5, d * d) for i in range(2)})
            affine.update({f"{unit}/bias_dense/{i}": (5, d) for i in range(2)})
    for path, shape in affine.items():
        shapes[f"{path}/kernel"], shapes[f"{path}/bias"] = shape, shape[1:]
    return shapes


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("generation", GENERATIONS)
def test_variables_and_dropout_layers_have_the_documented_paths(generation, shared):
    params = m2m_params(generation, meta_unit_shared=shared)
    model = build_model("m2m", m2m_columns(), params, generation)
    found = {path: tuple(v.shape) for path, v in variables_by_path(model).items()}
    assert found == expected_shapes(shared)
    tasks = ("is_click", "is_like")
    dropouts = {"multi_head_attention/_dropout_layer"}
    dropouts |= {f"dnn/meta_tower_{t}/dropout_list/{i}" for t in tasks for i in range(2)}
    units = ["dnn/attention_shared_meta_unit", "dnn/tower_shared_meta_unit"]
    if not shared:
        units = [f"dnn/meta_attention_{t}/meta_unit" for t in tasks]
        units += [f"dnn/meta_tower_{t}/layers/{j}" for t in tasks for j in range(2)]
    dropouts |= {f"{unit}/dropout_list/{i}" for unit in units for i in range(2)}
    assert set(dropout_layers_by_path(model)) == dropouts


@pytest.mark.parametrize("generation", GENERATIONS)
def test_prelu_has_an_alpha_a_place_and_dice_one_number(generation):
    for activation, of_attention, of_tower, last in (
        ("prelu", (3, 12), (1, 6), (6,)),
        ("dice", (1,), (1,), (1,)),
    ):
        params = m2m_params(generation, activation=activation)
        shapes = {
            path.removesuffix("/alpha"): tuple(v.shape)
            for path, v in variables_by_path(
                build_model("m2m", m2m_columns(), params, generation)
            ).items()
            if path.endswith("alpha")
        }
        expected = {}
        for i in range(2):
            expected[f"dnn/attention_shared_meta_unit/activation_list/{i}"] = of_attention
            expected[f"dnn/tower_shared_meta_unit/activation_list/{i}"] = of_tower
            for task in ("is_click", "is_like"):
                expected[f"dnn/meta_tower_{task}/activation_list/{i}"] = last
        assert shapes == expected


@pytest.mark.parametrize("generation", GENERATIONS)
def test_l2_counts_a_shared_unit_once(generation):
    model = build_model("m2m", m2m_columns(), m2m_params(generation, l2_reg=0.1), generation)
    kernels = [
        variable.numpy()
        for path, variable in variables_by_path(model).items()
        if path.endswith("kernel") and ("weights_dense" in path or "bias_dense" in path)
    ]
    assert len(kernels) == 8
    expected = 0.1 * sum((kernel**2).sum() for kernel in kernels)
    np.testing.assert_allclose(float(tf.add_n(list(model.losses))), expected, rtol=1e-5)


def test_positions_that_are_not_trained_have_no_gradient():
    case = case_of("m2m-pos_not_trainable", 2)
    path = "position_encoding_layer/position_embeddings"
    assert case.weights.keys() - case.weight_grads.keys() == {path}


@pytest.mark.parametrize("generation", GENERATIONS)
def test_columns_that_no_network_reads_are_no_inputs(generation):
    columns, params = M2M_CASES["m2m-two_domain_columns"]
    params = {**params, "attention_masking": f"keras{generation}"}
    model = build_model("m2m", columns, params, generation)
    assert set(model.input) == {c["name"] for c in columns} - {"page"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"position_agg_func": "sum", "positon_agg_func": "sum"}, "not both"),
        ({"positon_agg_func": "mean"}, "positon_agg_func.*mean"),
        ({"pos_initializer": "zeros"}, "pos_initializer.*zeros"),
        ({"sequence_pooling": "max"}, "sequence_pooling.*max"),
        ({"attention_masking": "keras3"}, "attention_masking.*keras3"),
        ({"view_dims": 3}, "view_dims"),
        ({"task_names": []}, "task_names"),
        ({"domain_group_name": "scene"}, "scene"),
    ],
)
def test_a_bad_parameter_is_an_error_that_names_it(changes, message):
    with pytest.raises(ValueError, match=message):
        build_model("m2m", m2m_columns(), {"task_names": ["is_click"], **changes}, 2)


def train_once(model, columns):
    """Call a model in training on a few rows."""
    features = input_rows(model, columns, 8, np.random.default_rng(0))
    return model(as_tensors(features), training=True)


@pytest.mark.parametrize("name", M2M_REPLAYS)
def test_replays_name_their_tasks_in_the_order_in_which_keras_calls_them(name, monkeypatch):
    generation, columns, params = M2M_REPLAYS[name]
    called = []
    for kind in ("MetaAttention", "MetaTower"):
        layer_class = getattr(layers_of(generation), kind)

        def call(self, inputs, training=None, call=layer_class.call):
            called.append(self.name)
            return call(self, inputs, training=training)

        monkeypatch.setattr(layer_class, "call", call)
    model = build_model("m2m", columns, params, generation)
    called.clear()
    train_once(model, columns)
    for kind in ("meta_attention_", "meta_tower_"):
        tasks = [layer.split(kind)[1] for layer in called if kind in layer]
        assert tasks == params["task_names"]


@pytest.mark.parametrize("shared", [True, False])
def test_a_shared_units_generators_count_every_call(shared):
    columns, params = m2m_columns(), m2m_params(3, meta_unit_shared=shared)
    model = build_model("m2m", columns, params, 3)
    assert all(state[1] == 0 for state in dropout_seeds(model).values())
    train_once(model, columns)
    for path, state in dropout_seeds(model).items():
        calls = {"attention_shared": 2, "tower_shared": 4}
        assert state[1] == next((n for key, n in calls.items() if key in path), 1), path


def test_dropout_is_recorded_in_keras3_and_off_in_keras2():
    case = make_replay_case("replay-m2m-keras3-attention_dropout")
    seeds = {path for path in case.steps if path.startswith("dropout_seeds/")}
    assert seeds == {"dropout_seeds/multi_head_attention/_dropout_layer"}
    name = "replay-m2m-keras2-attention"
    first, second = make_replay_case(name), make_replay_case(name)
    assert not any(path.startswith("dropout_seeds/") for path in first.steps)
    for path, values in first.steps.items():
        np.testing.assert_array_equal(values, second.steps[path], path)


def test_training_without_sequences_is_the_same_in_both_generations():
    two, three = (make_replay_case("replay-m2m-keras2", g) for g in GENERATIONS)
    for path, values in two.steps.items():
        np.testing.assert_allclose(values, three.steps[path], atol=5e-6, err_msg=path)


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("name", ["meta_attention-given", "meta_tower-given", "meta_tower-own"])
def test_a_layer_is_made_again_of_its_config(name, generation):
    kind, config, shapes = layer_cases()[name]
    make = getattr(layers_of(generation), kind)
    layer = make(**config)
    again = make.from_config(layer.get_config())
    inputs = [tf.zeros(shape) for shape in shapes]
    layer(inputs), again(inputs)
    left, right = (
        {path: tuple(v.shape) for path, v in variables_by_path(made).items()}
        for made in (layer, again)
    )
    assert left == right
