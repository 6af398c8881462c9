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


def weighted(name, vocab_size, max_len, *groups, **fields):
    """Return the JSON objects of a sequence column whose ids have weights, and of the weights."""
    weights = f"{name}_weights"
    return [
        sequence(name, vocab_size, max_len, *groups, weights=weights, **fields),
        dense(weights, max_len),
    ]


def pooled(*groups):
    """Return columns of sequences with every combiner; two share a table."""
    return [
        *weighted("tags", 19, 5, *groups, combiner="sum"),
        *weighted("words", 17, 4, *groups, combiner="weighted_mean"),
        *weighted("topics", 17, 3, *groups, combiner="sqrtn", emb_name="words", mask_zero=False),
        sequence("brands", 11, 4, *groups, combiner="max"),
        sequence("shops", 7, 3, *groups, combiner="sum", emb_dim=3),
        sequence("cities", 7, 3, *groups, combiner="sqrtn", emb_dim=3),
    ]


def dense(name, dimension, *groups):
    """Return the JSON object of a dense column in some groups."""
    return {"name": name, "type": "dense", "dimension": dimension, "group": list(groups)}
