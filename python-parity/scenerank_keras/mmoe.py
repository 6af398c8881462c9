"""MMoE: experts that all tasks share, mixed by a gate for each task (Ma et al., 2018)."""

from .model_base import ModelBuilder

DEFAULTS = {
    "task_names": None,
    "expert_nums": 4,
    "expert_dnn_units": [128, 64],
    "gate_dnn_units": [128, 64],
    "task_tower_dnn_units": [128, 64],
    "dropout_rate": 0.1,
}


def mmoe(feature_columns, model_params, generation=None):
    """Build MMoE as a functional Keras model.

    Experts and gates read the group ``mmoe``. The inputs are a dict by feature name, only of the
    columns that are read; the outputs a dict of probabilities [B, 1] by task.

    :param feature_columns: list of JSON objects or :class:`FeatureColumn`
    :param model_params: dict with ``task_names`` and any of :data:`DEFAULTS`
    :param generation: 2 or 3, see :func:`.backend.generation_or_default`
    """
    builder = ModelBuilder("mmoe", DEFAULTS, feature_columns, model_params, generation)
    params, layers = builder.params, builder.layers

    def dnn(units, name):
        return layers.Dnn(units, dropout_rate=params["dropout_rate"], name=name)

    x = builder.features.group("mmoe")  # [B, E]
    experts = [
        dnn(params["expert_dnn_units"], f"expert_{i}")(x) for i in range(params["expert_nums"])
    ]  # n times [B, d]
    outputs = {}
    for i, task in enumerate(params["task_names"]):
        gate = dnn(params["gate_dnn_units"], f"task_{i}_gates")(x)  # [B, g]
        weights = builder.keras.layers.Dense(
            params["expert_nums"], use_bias=False, activation="softmax", name=f"task_{i}_softmax"
        )(gate)  # [B, n]
        mixed = layers.WeightedSum()([weights, *experts])  # [B, d]
        logit = dnn([*params["task_tower_dnn_units"], 1], f"task_tower_{task}")(mixed)  # [B, 1]
        outputs[task] = builder.score(task, f"task_{task}")(logit)
    return builder.build(outputs)
