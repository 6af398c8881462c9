"""Random inputs that fit a model: ids within vocabularies, masks, known and unknown words."""

import numpy as np

from recording.graphs import graph_of, inputs_of, readers
from recording.structures import leaves

# The length of a dimension that the model leaves open.
OPEN_LENGTH = 6
# Ids where no layer says how many there are; raw ids of layers that hash.
ID_LIMIT, HASHED_LIMIT = 10, 1000
TABLES = ("Embedding", "EmbedReduce", "ReversibleEmbedding")
HASHING = ("Hashing", "HashedCrossing")


def rows_of(model, rows):
    """Return how many rows the inputs have: what the model fixes, else ``rows``."""
    fixed = {tensor.shape[0] for tensor in leaves(inputs_of(model)).values()} - {None}
    return max(fixed, default=rows)


def random_inputs(model, rows, random):
    """Return ``{path: array}`` for the inputs of a model."""
    graph = graph_of(model)
    return {
        path: random_input(tensor, readers(graph, tensor), rows, random)
        for path, tensor in leaves(inputs_of(model)).items()
    }


def random_input(tensor, layers, rows, random):
    """Return values for one input.

    :param layers: the layers that read it
    """
    shape = (rows, *(OPEN_LENGTH if size is None else size for size in tensor.shape[1:]))
    dtype = getattr(tensor.dtype, "name", tensor.dtype)
    if dtype == "string":
        return random_words(shape, layers, random)
    if dtype == "bool":
        return random_flags(shape, random)
    integer = dtype.startswith(("int", "uint"))
    if integer or id_limits(layers):
        values = random_ids(shape, layers, random)
    else:
        values = random_floats(shape, layers, random)
    return values.astype("float32" if dtype == "bfloat16" else dtype)


def random_words(shape, layers, random):
    """Return texts: about two thirds known words where a layer has a vocabulary."""
    lookups = [layer for layer in layers if type(layer).__name__ == "StringLookup"]
    known = sorted({str(w) for layer in lookups for w in vocabulary(layer)})
    numbers = random.integers(0, HASHED_LIMIT, shape)
    words = np.char.add("word ", numbers.astype(str)).astype(object)
    if known:
        rate = 0.7 if all(layer.num_oov_indices for layer in lookups) else 1.0
        words = np.where(random.random(shape) < rate, random.choice(known, shape), words)
    masks = [mask for mask in map(mask_of, layers) if isinstance(mask, str)]
    if masks and len(shape) > 1:
        words = np.where(hidden_steps(shape, random), masks[0], words)
    return words.astype(object)


def mask_of(layer):
    """Return the value that a lookup or a hashing layer takes for a missing one, or None."""
    given = getattr(layer, "mask_token", None)
    return getattr(layer, "mask_value", None) if given is None else given


def vocabulary(layer):
    """Return the words or numbers that a lookup knows."""
    return layer.get_vocabulary(include_special_tokens=False)


def random_flags(shape, random):
    """Return booleans, most of them true, and the first of each row always."""
    flags = random.random(shape) < 0.7
    flags[..., :1] = True
    return flags


def random_ids(shape, layers, random):
    """Return ids that every reading layer knows; hidden steps are 0 where a layer masks 0."""
    for layer in layers:
        if type(layer).__name__ == "IntegerLookup" and not layer.invert:
            return random_numbers(shape, layer, random)
        if type(layer).__name__ in HASHING:
            ids = random.integers(0, HASHED_LIMIT, shape)
            if mask_of(layer) is not None:
                ids[hidden_steps(shape, random)] = mask_of(layer)
            return ids
    limit = min(id_limits(layers), default=ID_LIMIT)
    masked = any(getattr(layer, "mask_zero", False) for layer in layers)
    ids = random.integers(1 if masked and limit > 1 else 0, limit, shape)
    if masked and len(shape) > 1:
        ids[hidden_steps(shape, random)] = 0
    return ids


def random_numbers(shape, lookup, random):
    """Return numbers for an IntegerLookup: about two thirds known ones."""
    known = np.array(vocabulary(lookup), np.int64)
    unknown = random.integers(1, HASHED_LIMIT, shape) + known.max()
    rate = 0.7 if lookup.num_oov_indices else 1.0
    numbers = np.where(random.random(shape) < rate, random.choice(known, shape), unknown)
    if lookup.mask_token is not None and len(shape) > 1:
        numbers[hidden_steps(shape, random)] = lookup.mask_token
    return numbers


def id_limits(layers):
    """Return how many ids each of the layers knows that read ids."""
    limits = []
    for layer in layers:
        name = type(layer).__name__
        if name in TABLES:
            limits.append(layer.input_dim)
        elif name == "CategoryEncoding":
            limits.append(layer.num_tokens)
        elif name == "OneHot":
            limits.append(layer.num_classes)
        elif name in ("StringLookup", "IntegerLookup"):
            limits.append(layer.vocabulary_size())
        elif name in HASHING:
            limits.append(HASHED_LIMIT)
    return limits


def random_floats(shape, layers, random):
    """Return normal numbers; around a layer's mean where one normalises, or its boundaries."""
    values = random.normal(size=shape)
    for layer in layers:
        name = type(layer).__name__
        if name == "Normalization" and not layer.invert:
            mean, variance = np.asarray(layer.mean), np.asarray(layer.variance)
            values = mean + values * np.sqrt(variance)
        elif name == "Discretization" and layer.bin_boundaries:
            values = np.mean(layer.bin_boundaries) + values * (np.std(layer.bin_boundaries) + 1)
        elif name == "Masking" and len(shape) > 2:
            values[hidden_steps(shape[:2], random)] = layer.mask_value
    return values.reshape(shape)


def hidden_steps(shape, random):
    """Return which steps are hidden: about a third at the end of each row, and some elsewhere.

    At least one step of a row stays. The steps are the last dimension that is longer than 1.
    """
    if shape[-1] == 1 and len(shape) > 2:
        return hidden_steps(shape[:-1], random)[..., None]
    steps = shape[-1]
    rows = int(np.prod(shape[:-1]))
    lengths = steps - random.integers(0, 2 * steps // 3 + 1, rows)
    hidden = np.arange(steps) >= lengths[:, None]
    hidden |= random.random((rows, steps)) < 0.12
    hidden[np.arange(rows), random.integers(0, lengths)] = False
    return hidden.reshape(shape)
