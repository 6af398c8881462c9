"""Shared bottom: one network that all tasks share, and a tower for each."""

from .model_base import ModelBuilder

DEFAULTS = {
    "task_names": None,
    "bottom_groups": ["dnn"],
    "bottom_dnn_units": [256, 128],
    "bottom_out_active": True,
    "task_tower_dnn_units": [64],
    "activation": "relu",
    "dropout_rate": 0.1,
    "use_bn": False,
    "linear_logits": False,
}


def shared_bottom(feature_columns, model_params, generation=None):
    """Build the shared-bottom model as a functional Keras model.

    Groups: those of ``bottom_groups`` side by side, and ``linear`` if ``linear_logits``. The inputs are a dict by feature name,
    only of the columns that are read; the outputs a dict of probabilities [B, 1] by task.

    :param feature_columns: list of JSON objects or :class:`FeatureColumn`
    :param model_params: dict with ``task_names`` and any of :data:`DEFAULTS`
    :param generation: 2 or 3, see :func:`.backend.generation_or_default`
    """
    builder = ModelBuilder("shared_bottom", DEFAULTS, feature_columns, model_params, generation)
    params, layers = builder.params, builder.layers
    options = {name: params[name] for name in ("activation", "dropout_rate", "use_bn")}

    bottom = layers.Dnn(
        params["bottom_dnn_units"],
        out_active=params["bottom_out_active"],
        name="shared_bottom",
        **options,
    )(builder.features.groups(params["bottom_groups"]))  # [B, u]
    linear = builder.linear_logits()
    outputs = {}
    for task in params["task_names"]:
        units = [*params["task_tower_dnn_units"], 1]
        logit = layers.Dnn(units, name=f"task_tower_{task}", **options)(bottom)  # [B, 1]
        outputs[task] = builder.score(task, f"task_{task}")(builder.add(logit, linear))
    return builder.build(outputs)
