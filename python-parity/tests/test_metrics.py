"""AUC and GAUC against their definitions, pair by pair."""

import itertools
import math

import numpy as np
import pytest

from scenerank_keras.metrics import auc, grouped_auc, metrics_table


def pairwise_auc(labels, scores):
    pairs = [
        (p > n) + 0.5 * (p == n)
        for (p, lp), (n, ln) in itertools.product(zip(scores, labels), repeat=2)
        if lp and not ln
    ]
    return float(np.mean(pairs)) if pairs else math.nan


@pytest.fixture(name="rows")
def rows_fixture():
    random = np.random.default_rng(5)
    labels = random.integers(0, 2, 120)
    scores = random.integers(0, 9, 120).astype(np.float32) / 8  # many ties
    users = random.integers(0, 25, 120)
    return labels, scores, users


def test_auc_counts_ties_half(rows):
    labels, scores, _ = rows
    assert auc(labels, scores) == pytest.approx(pairwise_auc(labels, scores), abs=1e-12)
    assert auc([0, 1], [0.5, 0.5]) == 0.5
    assert math.isnan(auc([1, 1], [0.1, 0.2]))


def test_gauc_is_the_mean_over_users_with_both_labels(rows):
    labels, scores, users = rows
    each = [pairwise_auc(labels[users == u], scores[users == u]) for u in np.unique(users)]
    each = [value for value in each if not math.isnan(value)]
    np.testing.assert_allclose(grouped_auc(labels, scores, users), each, atol=1e-12)
    table = metrics_table({"is_click": labels}, {"is_click": scores[:, np.newaxis]}, users)
    assert table == {
        "auc": auc(labels, scores),
        "gauc": pytest.approx(np.mean(each)),
        "val_user": len(each),
    }


def test_several_tasks_have_names_and_means(rows):
    labels, scores, users = rows
    table = metrics_table({"a": labels, "b": 1 - labels}, {"a": scores, "b": scores}, users)
    assert list(table) == [
        *("auc_a", "auc_b", "auc_macro"),
        *("gauc_a", "gauc_b", "gauc_macro"),
        *("val_user_a", "val_user_b"),
    ]
    assert table["auc_macro"] == pytest.approx(0.5)
