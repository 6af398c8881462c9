"""Nested lists and dicts of tensors, and the keys under which a recording holds them."""


def leaves(structure, path=()):
    """Return ``{path: leaf}`` of a nested structure, without leaves that are None.

    A path is a tuple of dict keys and list positions, ``()`` where the structure is a leaf.
    """
    if isinstance(structure, dict):
        entries = structure.items()
    elif isinstance(structure, (list, tuple)):
        entries = enumerate(structure)
    else:
        return {} if structure is None else {path: structure}
    found = {}
    for key, inner in entries:
        found.update(leaves(inner, (*path, key)))
    return found


def with_leaves(structure, values, path=()):
    """Return a structure of the same form with other leaves.

    :param values: ``{path: leaf}``
    """
    if isinstance(structure, dict):
        return {key: with_leaves(inner, values, (*path, key)) for key, inner in structure.items()}
    if isinstance(structure, (list, tuple)):
        return [with_leaves(inner, values, (*path, key)) for key, inner in enumerate(structure)]
    return values.get(path)


def joined(path):
    """Return the key of an output: ``"0"`` for a single one, else its path joined by dots."""
    return ".".join(map(str, path)) or "0"


def input_key(path, tensor):
    """Return the key of an input: its name if it is alone or in a plain list, else its path."""
    if len(path) > 1 or (path and isinstance(path[0], str)):
        return joined(path)
    return tensor._keras_history[0].name
