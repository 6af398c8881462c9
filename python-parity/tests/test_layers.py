"""The layers against their formulas, and the paths of their variables."""

import numpy as np
import pytest
import tensorflow as tf

from formulas import Weights
from parity_cases.layer_cases import layer_cases, make_layer_case
from scenerank_keras.layer_base import layers_of
from scenerank_keras.variables import variables_by_path

GENERATIONS = (2, 3)


def cases_of(layer):
    return [name for name, case in layer_cases().items() if case[0] == layer]


def in_float64(inputs):
    return {name: values.astype(np.float64) for name, values in inputs.items()}


@pytest.mark.parametrize("name", cases_of("Dnn"))
def test_dnn_is_its_formula(name):
    case = make_layer_case(name)
    x = in_float64(case.inputs)["x"]
    expected = Weights(case.weights).dnn("", x, **case.config)
    np.testing.assert_allclose(case.outputs["out"], expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", cases_of("ApgLayer"))
def test_apg_layer_is_its_formula(name):
    case = make_layer_case(name)
    given = in_float64(case.inputs)
    expected = Weights(case.weights).apg_layer("", given["x"], given["scene"], case.config)
    np.testing.assert_allclose(case.outputs["out"], expected, rtol=1e-6, atol=1e-6)
    assert np.ptp(case.outputs["out"]) > 1e-2


@pytest.mark.parametrize("generation", GENERATIONS)
def test_dice_uses_the_batch_in_training_and_inference_alike(generation):
    layer = layers_of(generation).Dice()
    x = tf.constant([[1.0, -2.0], [3.0, 0.5], [-1.0, 4.0]])
    layer(x)
    assert {path: v.shape for path, v in variables_by_path(layer).items()} == {"alpha": (1,)}
    variables_by_path(layer)["alpha"].assign([0.25])
    expected = Weights({"alpha": np.array([0.25])}).activate("dice", x.numpy(), "")
    for training in (False, True):
        np.testing.assert_allclose(layer(x, training=training), expected, atol=1e-6)


def built_shapes(layer, *shapes):
    layer.build(shapes[0] if len(shapes) == 1 else list(shapes))
    return {path: tuple(v.shape) for path, v in variables_by_path(layer).items()}


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"activation": "prelu"}, {"activation_layers/0/alpha": (5,)}),
        (
            {"activation": "prelu", "out_active": True},
            {"activation_layers/0/alpha": (5,), "activation_layers/1/alpha": (3,)},
        ),
        ({"activation": "dice"}, {"activation_layers/0/alpha": (1,)}),
        (
            {"use_bn": True},
            {
                f"bn_layers/0/{name}": (5,)
                for name in ("gamma", "beta", "moving_mean", "moving_variance")
            },
        ),
    ],
)
def test_dnn_variables(generation, options, expected):
    shapes = built_shapes(layers_of(generation).Dnn([5, 3], **options), (None, 7))
    assert {p: s for p, s in shapes.items() if not p.startswith("dense_layers")} == expected


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_dense_holds_its_activations_variables(generation):
    layer = layers_of(generation).PpNet(2, [5, 3], activation="prelu")
    shapes = built_shapes(layer, (None, 7), (None, 4))
    alphas = {path: shape for path, shape in shapes.items() if path.endswith("alpha")}
    assert alphas == {
        f"dense_layers/{n}/{i}/activation/alpha": (units,)
        for n in range(2)
        for i, units in enumerate([5, 3])
    }


# x 11 wide, out 7, scene 5: k = ceil(7 / 3) = 3 and p = ceil(7 / 2) = 4.
CORE = {
    "specific_weight_kk/dense_layers/0/kernel": (5, 9),
    "specific_weight_kk/dense_layers/0/bias": (9,),
    "specific_bias_kk/dense_layers/0/kernel": (5, 3),
    "specific_bias_kk/dense_layers/0/bias": (3,),
}
WITH_P = {
    "shared_weight_np": (11, 4),
    "shared_bias_np": (4,),
    "shared_weight_pk": (4, 3),
    "shared_bias_pk": (3,),
    "shared_weight_kp": (3, 4),
    "shared_bias_kp": (4,),
    "shared_weight_pm": (4, 7),
    "shared_bias_pm": (7,),
}
WITHOUT_P = {
    "shared_weight_nk": (11, 3),
    "shared_bias_nk": (3,),
    "shared_weight_km": (3, 7),
    "shared_bias_km": (7,),
}
NOT_SHARED = {
    "specific_weight_nk/dense_layers/0/kernel": (5, 33),
    "specific_weight_nk/dense_layers/0/bias": (33,),
    "specific_bias_nk/dense_layers/0/kernel": (5, 3),
    "specific_bias_nk/dense_layers/0/bias": (3,),
    "specific_weight_km/dense_layers/0/kernel": (5, 21),
    "specific_weight_km/dense_layers/0/bias": (21,),
    "specific_bias_km/dense_layers/0/kernel": (5, 7),
    "specific_bias_km/dense_layers/0/bias": (7,),
}


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, WITH_P),
        ({"use_mf_p": False}, WITHOUT_P),
        ({"use_uv_shared": False}, NOT_SHARED),
        ({"use_uv_shared": False, "use_mf_p": False}, NOT_SHARED),
        ({"activation": "prelu"}, {**WITH_P, "activation/alpha": (7,)}),
        ({"inner_activation": "dice"}, {**WITH_P, "inner_activation/alpha": (1,)}),
        (
            {"inner_activation": "prelu", "use_mf_p": False},
            {**WITHOUT_P, "inner_activation/alpha": (3,)},
        ),
    ],
)
def test_apg_layer_variables(generation, options, expected):
    layer = layers_of(generation).ApgLayer(11, 7, 5, mf_k=3, mf_p=2, **options)
    assert built_shapes(layer, (None, 11), (None, 5)) == {**CORE, **expected}


@pytest.mark.parametrize("generation", GENERATIONS)
def test_apg_layers_inner_prelu_needs_one_width(generation):
    with pytest.raises(ValueError, match="inner_activation prelu"):
        layers_of(generation).ApgLayer(11, 7, 5, mf_k=3, mf_p=2, inner_activation="prelu")


@pytest.mark.parametrize("generation", GENERATIONS)
def test_apg_layers_l2_holds_for_the_shared_weights(generation):
    layer = layers_of(generation).ApgLayer(11, 7, 5, mf_k=3, mf_p=2, l2_reg=0.5)
    layer.build([(None, 11), (None, 5)])
    weights = [v for path, v in variables_by_path(layer).items() if "shared_weight_" in path]
    expected = 0.5 * sum(np.square(v.numpy()).sum() for v in weights)
    assert sum(layer.losses).numpy() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("generation", GENERATIONS)
def test_an_unknown_activation_is_an_error_that_names_the_known(generation):
    with pytest.raises(ValueError, match="'selu'.*dice.*prelu"):
        layers_of(generation).Dnn([5, 3], activation="selu")
