"""APG: a tower whose weights are generated for each row from a condition (Yan et al., 2022)."""

from .model_base import ModelBuilder

GROUP, MIX, SELF = STRATEGIES = ("group", "mix", "self")
DEFAULTS = {
    "task_names": ["is_click"],
    "scene_group_name": "domain",
    "apg_strategy": GROUP,
    "apg_condition": [],
    "apg_dnn_units": [256, 128],
    "activation": "relu",
    "dropout": 0.2,
    "use_uv_shared": True,
    "use_mf_p": True,
    "mf_k": 4,
    "mf_p": 4,
    "generate_activation": None,
    "inner_activation": None,
    "l2_reg": 1e-5,
    "l2_on_apg": False,
    "linear_logits": False,
}
_LAYER_ARGUMENTS = (
    "activation",
    "generate_activation",
    "inner_activation",
    "use_uv_shared",
    "use_mf_p",
    "mf_k",
    "mf_p",
)


def apg(feature_columns, model_params, generation=None):
    """Build APG as a functional Keras model.

    The tower reads the group ``dnn``. What its weights are generated from is the strategy's choice:
    ``group`` takes the first column of the group ``scene_group_name`` alone, ``mix`` the columns
    that ``apg_condition`` names, in that order, and ``self`` each layer's own input. With
    ``linear_logits`` the group ``linear`` is read too. The inputs are a dict by feature name, only
    of the columns that are read; the outputs a dict of probabilities [B, 1] by task.

    ``l2_reg`` holds for the shared weights, and only with ``l2_on_apg``.

    :param feature_columns: list of JSON objects or :class:`FeatureColumn`
    :param model_params: dict with any of :data:`DEFAULTS`
    :param generation: 2 or 3, see :func:`.backend.generation_or_default`
    """
    builder = ModelBuilder("apg", DEFAULTS, feature_columns, model_params, generation)
    params, keras = builder.params, builder.keras
    x = builder.features.group("dnn")  # [B, E]
    condition = _condition(builder)  # [B, s], or None where it is x
    for i, units in enumerate(params["apg_dnn_units"]):
        scene = x if condition is None else condition
        layer = builder.layers.ApgLayer(
            input_dim=int(x.shape[-1]),
            output_dim=units,
            scene_emb_dim=int(scene.shape[-1]),
            l2_reg=params["l2_reg"] if params["l2_on_apg"] else 0.0,
            name=builder.name(f"apg_layer_{i}"),
            **{name: params[name] for name in _LAYER_ARGUMENTS},
        )
        x = layer([x, scene])  # [B, units]
        dropout_name = builder.name(f"dropout_layers/{i}")
        x = keras.layers.Dropout(params["dropout"], name=dropout_name)(x)

    linear = builder.linear_logits()
    outputs = {}
    for task in params["task_names"]:
        logit = keras.layers.Dense(1, use_bias=False, name=f"task_{task}_logit")(x)  # [B, 1]
        outputs[task] = builder.score(task, task)(builder.add(logit, linear))
    return builder.build(outputs)


def _condition(builder):
    """Return what the weights are generated from, [B, s]; None is the layer's own input."""
    strategy, names = builder.params["apg_strategy"], list(builder.params["apg_condition"])
    if strategy not in STRATEGIES:
        raise ValueError(f"apg: apg_strategy {strategy!r} is not one of {STRATEGIES}")
    if strategy == MIX and not names:
        raise ValueError("apg: apg_strategy 'mix' needs column names in apg_condition")
    if strategy == GROUP:
        return builder.features.first_of_group(builder.params["scene_group_name"])
    return builder.features.named(names) if strategy == MIX else None
