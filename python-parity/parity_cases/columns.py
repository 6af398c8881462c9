"""Feature columns of the cases, as JSON objects."""

# Begins the name of a case that is small enough for the resources of the unit tests.
GOLDEN = "golden-"
# Begins the name of a case that records a peculiarity nobody need reproduce.
QUIRK = "quirk-"


def column(name, vocab_size, *groups, **fields):
    """Return the JSON object of an id column in some groups."""
    return {"name": name, "vocab_size": vocab_size, "group": list(groups), **fields}


def sequence(name, vocab_size, max_len, *groups, **fields):
    """Return the JSON object of a sequence column in some groups."""
    return column(name, vocab_size, *groups, type="varlen_sparse", max_len=max_len, **fields)


def dense(name, dimension, *groups):
    """Return the JSON object of a dense column in some groups."""
    return {"name": name, "type": "dense", "dimension": dimension, "group": list(groups)}
