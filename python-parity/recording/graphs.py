"""Look into the graph of a functional or sequential model of either generation."""

import tensorflow as tf

# Layers and operations whose outputs hold values of their inputs.
PASSING = {
    "Activation", "BroadcastTo", "Cast", "Concatenate", "Copy", "Cropping1D", "Dropout",
    "ExpandDims", "Flatten", "GetItem", "Identity", "Masking", "Permute", "Repeat", "RepeatVector",
    "Reshape", "SlicingOpLambda", "SpatialDropout1D", "Split", "Squeeze", "Stack", "Swapaxes",
    "TFOpLambda", "Take", "Tile", "Transpose", "UpSampling1D", "ZeroPadding1D",
}  # fmt: skip
# Layers behind which an output still ends in the activation before them.
TRANSPARENT = {"Dropout", "ExpandDims", "Flatten", "Identity", "Permute", "Reshape", "Squeeze"}


def graph_of(model):
    """Return the functional graph of a model, None for any other layer."""
    graph = getattr(model, "_functional", None) or model
    return graph if hasattr(graph, "_nodes_by_depth") else None


def inputs_of(model):
    """Return the structure of a model's input tensors."""
    graph = graph_of(model)
    if graph is None or not model.inputs:
        raise ValueError("only functional and built sequential models can be recorded")
    return graph._nested_inputs if hasattr(graph, "_nested_inputs") else graph._inputs_struct


def outputs_of(model):
    """Return the structure of a model's output tensors."""
    graph = graph_of(model)
    return graph._nested_outputs if hasattr(graph, "_nested_outputs") else graph._outputs_struct


def calls(graph):
    """Yield ``(layer, input tensors, output tensors)`` of every call in a graph."""
    for nodes in graph._nodes_by_depth.values():
        for node in nodes:
            if hasattr(node, "operation"):
                yield node.operation, node.arguments.keras_tensors, node.outputs
            elif not node.is_input:
                yield node.layer, node.keras_inputs, tf.nest.flatten(node.outputs)


def readers(graph, tensor):
    """Return the layers that read a tensor's values, also behind layers that only move them."""
    found = []
    for layer, inputs, outputs in calls(graph):
        for position, candidate in enumerate(inputs):
            if candidate is not tensor:
                continue
            inner = graph_of(layer)
            if inner is not None:
                found += readers(inner, inner.inputs[position])
                continue
            found.append(wrapped(layer))
            if type(layer).__name__ in PASSING:
                for output in outputs:
                    found += readers(graph, output)
    return found


def wrapped(layer):
    """Return the layer that a TimeDistributed or another wrapper holds, or the layer itself."""
    while getattr(layer, "layer", None) is not None:
        layer = layer.layer
    return layer


def ends_in_sigmoid(graph, tensor):
    """Tell whether a sigmoid computes a tensor of a graph."""
    while True:
        layer, inputs, place = producer(graph, tensor)
        if layer is None:
            return False
        inner = graph_of(layer)
        if inner is not None:
            return ends_in_sigmoid(inner, inner.outputs[place])
        layer = wrapped(layer)
        name = type(layer).__name__
        activation = getattr(getattr(layer, "activation", None), "__name__", "")
        if name == "Sigmoid" or activation == "sigmoid" or is_function(layer, "sigmoid"):
            return True
        linear = name == "Activation" and activation == "linear"
        if not (linear or name in TRANSPARENT or is_function(layer, "squeeze")):
            return False
        tensor = inputs[0]


def is_function(layer, name):
    """Tell whether a layer of Keras 2 represents a function of TensorFlow."""
    return getattr(getattr(layer, "function", None), "__name__", "") == name


def producer(graph, tensor):
    """Return the layer that makes a tensor, what it reads, and the tensor's place in it."""
    for layer, inputs, outputs in calls(graph):
        for place, output in enumerate(outputs):
            if output is tensor and inputs:
                return layer, inputs, place
    return None, [], 0
