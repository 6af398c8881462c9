"""APG, MMoE and shared bottom against their formulas, and the paths of their variables."""

import numpy as np
import pytest

from conftest import model_case, replay_case
from formulas import ModelCase, softmax
from parity_cases.apg_cases import APG_CASES, apg_columns, apg_params
from parity_cases.columns import column
from parity_cases.mmoe_cases import MMOE_CASES, mmoe_columns, mmoe_params
from parity_cases.model_cases import MODEL_CASES, build_model
from parity_cases.replay_cases import REPLAY_CASES, dropout_seeds
from parity_cases.shared_bottom_cases import (
    SHARED_BOTTOM_CASES,
    shared_bottom_columns,
    shared_bottom_params,
)
from scenerank_keras import apg, mmoe, shared_bottom
from scenerank_keras.variables import dropout_layers_by_path, variables_by_path

GENERATIONS = (2, 3)


def with_defaults(model, defaults):
    """Give a case's parameters the model's defaults; return them."""
    model.params = {**defaults, **model.params}
    return model.params


@pytest.mark.parametrize("name", APG_CASES)
def test_apg_is_its_formula(name):
    model = ModelCase(model_case(name))
    params = with_defaults(model, apg.DEFAULTS)
    x = model.group("dnn")
    for i in range(len(params["apg_dnn_units"])):
        if params["apg_strategy"] == "self":
            scene = x
        elif params["apg_strategy"] == "mix":
            scene = np.concatenate([model.column(n) for n in params["apg_condition"]], axis=1)
        else:
            scene = model.column(model.names(params["scene_group_name"])[0])
        x = model.weights.apg_layer(f"apg_layer_{i}", x, scene, params)
    for task in params["task_names"]:
        logit = model.weights.affine(f"task_{task}_logit", x)
        model.check(task, logit + model.linear_logits())


@pytest.mark.parametrize("name", MMOE_CASES)
def test_mmoe_is_its_formula(name):
    model = ModelCase(model_case(name))
    params, weights = with_defaults(model, mmoe.DEFAULTS), model.weights
    x = model.group("mmoe")
    experts = np.stack(
        [
            weights.dnn(f"expert_{n}", x, params["expert_dnn_units"])
            for n in range(params["expert_nums"])
        ],
        axis=1,
    )  # [B, n, d]
    for i, task in enumerate(params["task_names"]):
        gate = weights.dnn(f"task_{i}_gates", x, params["gate_dnn_units"])
        share = softmax(weights.affine(f"task_{i}_softmax", gate))  # [B, n]
        mixed = (experts * share[:, :, np.newaxis]).sum(axis=1)
        units = [*params["task_tower_dnn_units"], 1]
        model.check(task, weights.dnn(f"task_tower_{task}", mixed, units))


@pytest.mark.parametrize("name", SHARED_BOTTOM_CASES)
def test_shared_bottom_is_its_formula(name):
    model = ModelCase(model_case(name))
    params = with_defaults(model, shared_bottom.DEFAULTS)
    options = {key: params[key] for key in ("activation", "use_bn")}
    bottom = model.weights.dnn(
        "shared_bottom",
        np.concatenate([model.group(name) for name in params["bottom_groups"]], axis=1),
        params["bottom_dnn_units"],
        out_active=params["bottom_out_active"],
        **options,
    )
    for task in params["task_names"]:
        units = [*params["task_tower_dnn_units"], 1]
        logit = model.weights.dnn(f"task_tower_{task}", bottom, units, **options)
        model.check(task, logit + model.linear_logits())


def shapes_of(model):
    """Return ``{path: shape}`` of a model's variables, tables left out."""
    return {
        path: tuple(v.shape)
        for path, v in variables_by_path(model).items()
        if not path.endswith("/embeddings")
    }


def dense_shapes(path, *widths):
    """Return the variables of a Dnn of these widths, the input's first."""
    shapes = {}
    for i, (before, units) in enumerate(zip(widths, widths[1:])):
        shapes[f"{path}/dense_layers/{i}/kernel"] = (before, units)
        shapes[f"{path}/dense_layers/{i}/bias"] = (units,)
    return shapes


@pytest.mark.parametrize("generation", GENERATIONS)
def test_apgs_variables(generation):
    params = apg_params(activation="prelu")
    model = build_model("apg", apg_columns(), params, generation)
    expected = {"task_is_click_logit/kernel": (7, 1), "task_is_like_logit/kernel": (7, 1)}
    for i, (n, p, k, m) in enumerate([(12, 5, 3, 9), (9, 4, 2, 7)]):
        path = f"apg_layer_{i}"
        for factor, shape in {"np": (n, p), "pk": (p, k), "kp": (k, p), "pm": (p, m)}.items():
            expected[f"{path}/shared_weight_{factor}"] = shape
            expected[f"{path}/shared_bias_{factor}"] = shape[1:]
        expected.update(dense_shapes(f"{path}/specific_weight_kk", 3, k * k))
        expected.update(dense_shapes(f"{path}/specific_bias_kk", 3, k))
        expected[f"{path}/activation/alpha"] = (m,)
    assert shapes_of(model) == expected
    assert list(dropout_layers_by_path(model)) == ["dropout_layers/0", "dropout_layers/1"]


@pytest.mark.parametrize("generation", GENERATIONS)
def test_mmoes_variables(generation):
    model = build_model("mmoe", mmoe_columns(), mmoe_params(), generation)
    expected = {}
    for n in range(3):
        expected.update(dense_shapes(f"expert_{n}", 11, 7, 5))
    for i, task in enumerate(["is_click", "is_like"]):
        expected.update(dense_shapes(f"task_{i}_gates", 11, 6, 4))
        expected[f"task_{i}_softmax/kernel"] = (4, 3)
        expected.update(dense_shapes(f"task_tower_{task}", 5, 5, 3, 1))
    assert shapes_of(model) == expected


@pytest.mark.parametrize("generation", GENERATIONS)
def test_shared_bottoms_variables(generation):
    params = shared_bottom_params(use_bn=True, activation="prelu")
    model = build_model("shared_bottom", shared_bottom_columns(), params, generation)
    expected = dense_shapes("shared_bottom", 11, 9, 6)
    expected["shared_bottom/activation_layers/0/alpha"] = (9,)
    expected["shared_bottom/activation_layers/1/alpha"] = (6,)
    norms = {"shared_bottom/bn_layers/0": 9}
    for task in ("is_click", "is_like"):
        expected.update(dense_shapes(f"task_tower_{task}", 6, 5, 1))
        expected[f"task_tower_{task}/activation_layers/0/alpha"] = (5,)
        norms[f"task_tower_{task}/bn_layers/0"] = 5
    for path, width in norms.items():
        for variable in ("gamma", "beta", "moving_mean", "moving_variance"):
            expected[f"{path}/{variable}"] = (width,)
    assert shapes_of(model) == expected


def test_a_model_has_only_the_inputs_it_reads():
    for name, unread in (
        ("apg-two_scene_columns", "hour"),
        ("apg-self", "tab"),
        ("apg-mix", "tab"),
        ("mmoe-plain", "hour"),
    ):
        model, columns, params = MODEL_CASES[name]
        inputs = set(build_model(model, columns, params, 3).input)
        assert inputs == {c["name"] for c in columns} - {unread}, name


@pytest.mark.parametrize(
    ("model", "params", "message"),
    [
        ("apg", {"apg_units": [3]}, "apg: unknown model_params.*apg_units"),
        ("apg", {"task_names": []}, "task_names is missing"),
        ("apg", {"apg_strategy": "some"}, "'some' is not one of"),
        ("apg", {"apg_strategy": "mix"}, "apg_condition"),
        ("apg", {"apg_strategy": "mix", "apg_condition": ["no_such"]}, "no_such"),
        ("apg", {"scene_group_name": "nowhere"}, "'nowhere'"),
        ("apg", {"linear_logits": True}, "'linear'"),
        ("mmoe", {"task_names": ["a"], "linear_logits": True}, "unknown.*linear_logits"),
        ("mmoe", {}, "mmoe: model_params.task_names is missing"),
        ("shared_bottom", {"task_names": ["a"], "activation": "selu"}, "'selu'"),
    ],
)
def test_a_bad_parameter_is_an_error_that_names_it(model, params, message):
    columns = [column("user_id", 5, "dnn", "mmoe"), column("tab", 3, "domain")]
    with pytest.raises(ValueError, match=message):
        build_model(model, columns, params, 3)


def test_l2_on_apg_regularises_the_shared_weights_only():
    model, _, columns, params = REPLAY_CASES["replay-keras2-apg-l2_on_apg"]
    for on_apg in (True, False):
        built = build_model(model, columns, {**params, "l2_on_apg": on_apg}, 2)
        weights = [v for p, v in variables_by_path(built).items() if "shared_weight_" in p]
        expected = params["l2_reg"] * sum(np.square(v.numpy()).sum() for v in weights)
        assert float(sum(built.losses)) == pytest.approx(expected if on_apg else 0, rel=1e-5)


def test_training_moves_the_statistics_of_a_batch_norm_alike_in_both_generations():
    name = "replay-keras2-shared_bottom-use_bn-prelu"
    case, three = (replay_case(name, generation) for generation in GENERATIONS)
    for step, values in case.steps.items():
        np.testing.assert_allclose(values, three.steps[step], rtol=0, atol=5e-5, err_msg=step)
    for name in ("moving_mean", "moving_variance", "gamma", "beta"):
        path = f"shared_bottom/bn_layers/0/{name}"
        assert (case.steps[f"weights_after/{path}"] != case.weights[path]).all(), path
    assert "shared_bottom/bn_layers/0/moving_mean" not in case.weight_grads


@pytest.mark.parametrize("name", [name for name in REPLAY_CASES if "keras3" in name])
def test_every_dropout_of_a_keras3_replay_has_its_own_words(name):
    model, _, columns, params = REPLAY_CASES[name]
    built = build_model(model, columns, params, 3)
    seeds = dropout_seeds(built)
    on = {path for path, layer in dropout_layers_by_path(built).items() if layer.rate > 0}
    assert seeds.keys() == on
    assert bool(on) == ("dropout" in name)
    assert len({tuple(seed) for seed in seeds.values()}) == len(seeds)
