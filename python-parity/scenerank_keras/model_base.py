"""What the models' builders share."""

from .backend import generation_or_default, keras_api, layer_name
from .features import FeatureInputs, parse_columns
from .layer_base import layers_of


class ModelBuilder:
    """A functional model under construction.

    ``params`` are the model's parameters with their defaults, ``keras`` the generation's module,
    ``layers`` the layer classes for it and ``features`` the inputs.

    :param model: the model's name
    :param defaults: ``{parameter: default}``; a parameter that is not in it is an error, except
        ``task_types``, ``{task: type}`` of those that are not ``binary``
    """

    def __init__(self, model, defaults, feature_columns, model_params, generation):
        unknown = sorted(set(model_params) - set(defaults) - {"task_types"})
        if unknown:
            raise ValueError(f"{model}: unknown model_params {unknown}")
        self.model = model
        self.params = {**defaults, **model_params}
        if not self.params["task_names"]:
            raise ValueError(f"{model}: model_params.task_names is missing")
        self.generation = generation_or_default(generation)
        self.keras = keras_api(self.generation)
        self.layers = layers_of(self.keras)
        self.features = FeatureInputs(self.keras, parse_columns(feature_columns))

    def name(self, path):
        """Return the name of the layer of a path."""
        return layer_name(path, self.generation)

    def linear_logits(self):
        """Return the linear logits [B, 1], or None if the parameters do not ask for them."""
        return self.features.linear_logits() if self.params["linear_logits"] else None

    def add(self, logit, linear):
        """Return a task's logit [B, 1] with the linear logits, if there are any."""
        return logit if linear is None else self.keras.layers.Add()([logit, linear])

    def score(self, task, name):
        """Return the layer at the end of a task."""
        kind = self.params.get("task_types", {}).get(task)
        more = {} if kind is None else {"task": kind}
        return self.layers.PredictLayer(name=name, **more)

    def build(self, outputs):
        """Return the model; ``outputs`` are probabilities [B, 1] by task."""
        return self.keras.Model(inputs=self.features.inputs, outputs=outputs, name=self.model)
