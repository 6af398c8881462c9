"""PEPNet: embeddings scaled by the scene, towers scaled by the user (Chang et al., 2023)."""

from .model_base import ModelBuilder

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
    builder = ModelBuilder("pepnet", DEFAULTS, feature_columns, model_params, generation)
    params, layers, features = builder.params, builder.layers, builder.features

    domain = features.group("epnet")  # [B, d]
    emb = features.group("dnn")  # [B, E]
    persona = features.group("pepnet")  # [B, p]
    scaled = layers.EpNet(l2_reg=params["l2_reg"], name=builder.name("dnn/epnet"))(
        [domain, emb]
    )  # [B, E]
    towers = layers.PpNet(
        multiples=len(params["task_names"]),
        hidden_units=params["pepnet_dnn_units"],
        activation=params["pepnet_activation"],
        dropout=params["pepnet_dropout"],
        l2_reg=params["l2_reg"],
        name=builder.name("dnn/ppnet"),
    )([scaled, persona])  # T times [B, u]

    linear = builder.linear_logits()  # [B, 1]
    outputs = {}
    for task, logit in zip(params["task_names"], towers):
        if linear is not None:
            dense = builder.keras.layers.Dense(1, use_bias=False, name=f"task_{task}_logit")
            logit = builder.add(dense(logit), linear)  # [B, 1]
        outputs[task] = builder.score(task, task)(logit)  # [B, 1]
    return builder.build(outputs)
