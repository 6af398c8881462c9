"""Variables by path, found by walking the objects' attributes.

A path is the layer's path, then the attribute path inside the layer, then the variable:
``dnn/epnet/gate_nu/dense_layers/0/kernel``. Keras' own variable names play no part, since they
collide and carry counters.
"""

from .backend import generation_of, is_variable, keras_api, layer_path
from .layer_base import LayerCode

# What leads to the variables of Keras' own layers, and to layers inside them, under the names that
# both generations give them. Their other attributes differ between the two and lead nowhere.
_KERAS_ATTRIBUTES = {
    "Dense": ("kernel", "bias", "activation"),
    "EinsumDense": ("kernel", "bias"),
    "PReLU": ("alpha",),
    "Embedding": ("embeddings",),
    "BatchNormalization": ("gamma", "beta", "moving_mean", "moving_variance"),
    "MultiHeadAttention": (
        "_query_dense",
        "_key_dense",
        "_value_dense",
        "_output_dense",
        "_dropout_layer",
    ),
}


def _children(thing):
    """Yield (name, object) of what hangs on a layer or a list, in the order of its making."""
    if isinstance(thing, (list, tuple)):
        for index, item in enumerate(thing):
            yield str(index), item
    elif isinstance(thing, LayerCode):
        for name, value in vars(thing).items():
            if not name.startswith("_"):
                yield name, value
    else:
        for name in _KERAS_ATTRIBUTES.get(type(thing).__name__, ()):
            value = getattr(thing, name, None)
            if value is not None:
                yield name, value


def _walk(thing, path, wanted, found, seen):
    """Add to ``found`` every object below ``thing`` that is ``wanted``, each once."""
    if id(thing) in seen:
        return
    if wanted(thing):
        seen.add(id(thing))
        found[path] = thing
        return
    for name, child in _children(thing):
        _walk(child, f"{path}/{name}" if path else name, wanted, found, seen)


def _walk_roots(root, wanted):
    """Walk a model's layers, each under its path, or a single layer under the empty path."""
    found, seen = {}, set()
    for generation in (2, 3):
        keras = keras_api(generation)
        if isinstance(root, keras.Model):
            for layer in root.layers:
                shared = layer.shared_layers() if isinstance(layer, LayerCode) else []
                # A layer that several layers share has its own name as path, not its first owner's.
                for part in [*shared, layer]:
                    path = layer_path(part.name, generation_of(keras))
                    _walk(part, path, wanted, found, seen)
            return found
    _walk(root, "", wanted, found, seen)
    return found


def variables_by_path(root):
    """Return ``{path: variable}`` of a model or of a single built layer.

    Raises ValueError if the walk misses a variable that Keras knows.
    """
    found = _walk_roots(root, is_variable)
    missed = {id(v): v for v in root.weights}
    for variable in found.values():
        missed.pop(id(variable), None)
    if missed:
        raise ValueError(f"no path leads to {[v.name for v in missed.values()]}")
    return found


def dropout_layers_by_path(root):
    """Return ``{path: Dropout layer}``, as in ``dnn/ppnet/dropout_layers/0/1``."""
    kinds = tuple(keras_api(generation).layers.Dropout for generation in (2, 3))
    return _walk_roots(root, lambda thing: isinstance(thing, kinds))
