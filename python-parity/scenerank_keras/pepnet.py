"""PEPNet: embeddings scaled by the scene, towers scaled by the user (Chang et al., 2023)."""

from .backend import generation_or_default, keras_api, layer_name
from .features import FeatureInputs, parse_columns
from .layer_base import layers_of

DEFAULTS = {
    "task_names": None,
    "pepnet_dnn_units": [128, 64],
    "pepnet_activation": "relu",
    "pepnet_dropout": 0.1,
    "l2_reg": 1e-5,
    "linear_logits": False,
}


def pepnet(feature_columns, model_params, generation=None):
    """Build PEPNet as a functional Keras model.

    Groups: ``epnet`` (the scene), ``dnn`` (what is scaled), ``pepnet`` (the persona), and
    ``linear`` if ``linear_logits``. The inputs are a dict by feature name, only of the columns
    that a group of the model reads; the outputs a dict of probabilities [B, 1] by task.

    :param feature_columns: list of JSON objects or :class:`FeatureColumn`
    :param model_params: dict with ``task_names`` and any of :data:`DEFAULTS`
    :param generation: 2 or 3, see :func:`.backend.generation_or_default`
    """
    unknown = sorted(set(model_params) - set(DEFAULTS))
    if unknown:
        raise ValueError(f"pepnet: unknown model_params {unknown}")
    params = {**DEFAULTS, **model_params}
    if not params["task_names"]:
        raise ValueError("pepnet: model_params.task_names is missing")

    generation = generation_or_default(generation)
    keras = keras_api(generation)
    layers = layers_of(keras)
    features = FeatureInputs(keras, parse_columns(feature_columns))

    domain = features.group("epnet")  # [B, d]
    emb = features.group("dnn")  # [B, E]
    persona = features.group("pepnet")  # [B, p]
    scaled = layers.EpNet(l2_reg=params["l2_reg"], name=layer_name("dnn/epnet", generation))(
        [domain, emb]
    )  # [B, E]
    towers = layers.PpNet(
        multiples=len(params["task_names"]),
        hidden_units=params["pepnet_dnn_units"],
        activation=params["pepnet_activation"],
        dropout=params["pepnet_dropout"],
        l2_reg=params["l2_reg"],
        name=layer_name("dnn/ppnet", generation),
    )([scaled, persona])  # T times [B, u]

    linear = features.linear_logits() if params["linear_logits"] else None  # [B, 1]
    outputs = {}
    for task, logit in zip(params["task_names"], towers):
        if linear is not None:
            logit = keras.layers.Dense(1, use_bias=False, name=f"task_{task}_logit")(logit)
            logit = keras.layers.Add()([logit, linear])  # [B, 1]
        outputs[task] = layers.PredictLayer(name=task)(logit)  # [B, 1]
    return keras.Model(inputs=features.inputs, outputs=outputs, name="pepnet")
