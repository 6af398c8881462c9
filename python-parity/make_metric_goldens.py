"""Write what numpy makes of the metrics' definitions, for the Java unit tests to reproduce.

Each case has the rows of one task and, by name, the metrics of ``metrics.json``. Nothing here is
fast or clever, so that it is another way to the same numbers: the AUC counts all pairs, a rank counts
the smaller values, and a ranking metric is the mean over every order of the rows of equal scores.
"""

import argparse
import itertools
import json
import math
import pathlib

import numpy as np

OUT = pathlib.Path(__file__).resolve().parent.parent / "src/test/resources/metrics.json"


def pair_auc(scores, labels, weights):
    """Return the weighted share of the pairs that are in order, or None without pairs."""
    positive, negative = labels == 1, labels == 0
    above = np.sign(scores[positive][:, None] - scores[negative][None, :]) / 2 + 0.5
    pairs = weights[positive][:, None] * weights[negative][None, :]
    return float((above * pairs).sum() / pairs.sum()) if pairs.sum() > 0 else None


def user_aucs(scores, labels, users):
    """Return (AUC, number of rows) of each user; the AUC is None where a label is missing."""
    found = []
    for user in np.unique(users):
        own = users == user
        ones = np.ones(own.sum())
        found.append((pair_auc(scores[own], labels[own], ones), int(own.sum())))
    return found


def log_losses(scores, labels):
    p = np.clip(scores, 1e-7, 1 - 1e-7)
    return -(labels * np.log(p) + (1 - labels) * np.log1p(-p))


def average_ranks(values):
    smaller = (values[:, None] > values[None, :]).sum(1)
    equal = (values[:, None] == values[None, :]).sum(1)
    return smaller + (equal + 1) / 2


def spearman(first, second):
    x, y = average_ranks(first), average_ranks(second)
    if len(x) < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    return float(np.corrcoef(x, y)[0, 1])


def poisson_deviances(scores, labels):
    mean = np.maximum(scores, 1e-7)
    logs = np.where(labels > 0, labels * np.log(np.where(labels > 0, labels, 1) / mean), 0)
    return 2 * (logs - labels + mean)


def weighted_mean(values, weights):
    return float((values * weights).sum() / weights.sum()) if weights.sum() > 0 else None


def orders(scores):
    """Yield every order of rows with falling scores."""
    levels = [np.flatnonzero(scores == level) for level in np.unique(scores)[::-1]]
    for parts in itertools.product(*(itertools.permutations(level) for level in levels)):
        yield [row for part in parts for row in part]


def of_order(gains, k):
    """Return NDCG@k, the reciprocal rank and the hit of gains in their order."""
    discounts = 1 / np.log2(np.arange(len(gains)) + 2)
    best = np.sort(gains)[::-1]
    first = int(np.flatnonzero(gains > 0)[0])
    ideal = (best[:k] * discounts[:k]).sum()
    ndcg = (gains[:k] * discounts[:k]).sum() / ideal
    return ndcg, 1 / (first + 1), float(first < k)


def ranking(scores, labels, groups, k):
    means, skipped = [], 0
    for group in np.unique(groups):
        own = groups == group
        if not (labels[own] > 0).any():
            skipped += 1
            continue
        every = [of_order(labels[own][order], k) for order in orders(scores[own])]
        means.append([math.fsum(values) / len(every) for values in zip(*every)])
    table = np.mean(means, axis=0) if means else [None] * 3
    if (labels < 0).any():
        table = [None, *table[1:]]
    names = (f"ndcg@{k}", "mrr", f"hit_rate@{k}")
    return {**dict(zip(names, table)), "val_group": len(means), "skipped_group": skipped}


def binary_metrics(scores, labels, users, weights):
    ones = np.ones(len(labels))
    aucs = user_aucs(scores, labels, users)
    counted = [(auc, rows) for auc, rows in aucs if auc is not None]
    table = {
        "auc": pair_auc(scores, labels, ones),
        "gauc": np.mean([auc for auc, _ in counted]) if counted else None,
        "gauc_weighted": weighted_mean(*map(np.array, zip(*counted))) if counted else None,
        "val_user": len(counted),
        "skipped_user": len(aucs) - len(counted),
        "logloss": weighted_mean(log_losses(scores, labels), ones),
        "base_rate": weighted_mean(labels, ones),
    }
    if weights is not None:
        table["weighted_auc"] = pair_auc(scores, labels, weights)
        table["weighted_logloss"] = weighted_mean(log_losses(scores, labels), weights)
    return table


def number_metrics(kind, scores, labels, weights):
    ones = np.ones(len(labels))
    mse = weighted_mean((scores - labels) ** 2, ones)
    table = {
        "mse": mse,
        "rmse": None if mse is None else math.sqrt(mse),
        "mae": weighted_mean(abs(scores - labels), ones),
        "spearman": spearman(scores, labels),
        "label_mean": weighted_mean(labels, ones),
    }
    if kind == "count":
        table["poisson_deviance"] = weighted_mean(poisson_deviances(scores, labels), ones)
    if weights is not None:
        mse = weighted_mean((scores - labels) ** 2, weights)
        table["weighted_rmse"] = None if mse is None else math.sqrt(mse)
        table["weighted_mae"] = weighted_mean(abs(scores - labels), weights)
        if kind == "count":
            deviances = poisson_deviances(scores, labels)
            table["weighted_poisson_deviance"] = weighted_mean(deviances, weights)
    return table


def case(name, kind, scores, labels, users, weights=None, k=None):
    scores, labels = (np.asarray(x, np.float32) for x in (scores, labels))
    users = np.asarray(users)
    weights = None if weights is None else np.asarray(weights, np.float32)
    there = ~np.isnan(labels)
    # The rest is in float64, of the float32 values that Java reads.
    exact = scores[there].astype(np.float64), labels[there].astype(np.float64)
    own_weights = None if weights is None else weights[there].astype(np.float64)
    if kind == "binary":
        table = binary_metrics(*exact, users[there], own_weights)
    else:
        table = number_metrics(kind, *exact, own_weights)
    if k is not None:
        table.update(ranking(*exact, users[there], k))
    table["rows"] = len(labels)
    if not there.all():
        table["labelled"] = int(there.sum())
    found = {
        "name": name,
        "type": kind,
        "scores": [float(x) for x in scores],
        "labels": [None if np.isnan(x) else float(x) for x in labels],
        "users": [int(x) for x in users],
    }
    if weights is not None:
        found["weights"] = [float(x) for x in weights]
    if k is not None:
        found["k"] = k
    found["metrics"] = {key: value for key, value in table.items() if value is not None}
    return found


def cases():
    random = np.random.default_rng(17)
    n = 40
    users = random.integers(1, 10, n)
    tied = random.integers(0, 6, n) / 8
    clicks = random.integers(0, 2, n)
    missing = np.where(random.random(n) < 0.3, np.nan, clicks)
    weights = random.integers(0, 5, n) * 0.375
    times = np.round(random.exponential(20, n), 2)
    counts = random.poisson(1.2, n)
    means = random.gamma(1, 1.2, n)
    yield case("binary", "binary", random.random(n), clicks, users)
    yield case("binary-weights", "binary", tied, clicks, users, weights=weights)
    yield case("binary-missing", "binary", tied, missing, users, weights=weights, k=3)
    yield case("binary-lists", "binary", tied, clicks, users, k=2)
    yield case("binary-one-label", "binary", tied, np.zeros(n), users, weights=weights, k=5)
    yield case("binary-no-label", "binary", tied, np.full(n, np.nan), users, weights=weights, k=5)
    yield case("regression", "regression", times + random.normal(0, 9, n), times, users, k=4)
    signed = np.where(random.random(n) < 0.2, np.nan, np.round(random.normal(0, 3, n)))
    yield case("regression-signed", "regression", tied, signed, users, weights=weights, k=10)
    yield case("regression-constant", "regression", np.ones(n), times, users)
    yield case("count", "count", means, counts, users, weights=weights, k=10)
    # A mean of 0 counts as the least one.
    yield case("count-zero-mean", "count", np.where(counts > 2, 0, means), counts, users)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    out = parser.parse_args().out
    lines = ",\n".join(json.dumps(one, allow_nan=False) for one in cases())
    out.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{out.stat().st_size:8d}  {out}")


if __name__ == "__main__":
    main()
