"""The metrics: exact AUC, and GAUC over users. All in float64."""

import numpy as np


def _mid_ranks(scores, groups):
    """Return each score's rank within its group, from 1; equal scores share their mean rank."""
    order = np.lexsort((scores, groups))
    groups, scores = groups[order], scores[order]
    place = np.arange(len(order))
    new_group = np.r_[True, groups[1:] != groups[:-1]]
    new_tie = new_group | np.r_[True, scores[1:] != scores[:-1]]
    group_start = np.maximum.accumulate(np.where(new_group, place, 0))
    ties = np.cumsum(new_tie) - 1
    first = place[new_tie]
    last = np.r_[first[1:], len(order)] - 1
    ranks = np.empty(len(order), np.float64)
    ranks[order] = ((first + last) / 2.0)[ties] - group_start + 1.0
    return ranks


def grouped_auc(labels, scores, groups):
    """Return the AUC of every group that has both labels, in the order of the groups' values.

    :param labels: [N] of 0 and 1
    :param scores: [N]; only their order matters
    :param groups: [N] of integers
    """
    labels = np.asarray(labels).ravel() > 0.5
    groups, scores = np.asarray(groups).ravel(), np.asarray(scores).ravel()
    if not len(labels):
        return np.empty(0)
    _, index = np.unique(groups, return_inverse=True)
    ranks = _mid_ranks(scores, groups)
    positives = np.bincount(index, labels).astype(np.float64)
    negatives = np.bincount(index) - positives
    rank_sum = np.bincount(index, np.where(labels, ranks, 0.0))
    both = (positives > 0) & (negatives > 0)
    positives, negatives, rank_sum = positives[both], negatives[both], rank_sum[both]
    return (rank_sum - positives * (positives + 1.0) / 2.0) / (positives * negatives)


def auc(labels, scores):
    """Return the exact AUC with ties at mid-rank, or nan if all labels are equal."""
    values = grouped_auc(labels, scores, np.zeros(np.size(labels), np.int64))
    return float(values[0]) if len(values) else float("nan")


def metrics_table(labels, outputs, users):
    """Return the metrics by name.

    Per task ``auc_<task>``, ``gauc_<task>`` (plain mean over the users that have both labels) and
    ``val_user_<task>`` (their number), and the means ``auc_macro`` and ``gauc_macro``. With one
    task the names are ``auc``, ``gauc`` and ``val_user``.

    :param labels: dict by task of [N]
    :param outputs: dict by task of [N] or [N, 1]
    :param users: [N] of integers
    """
    per_task = {}
    for task, truth in labels.items():
        by_user = grouped_auc(truth, outputs[task], users)
        mean = float(np.mean(by_user)) if len(by_user) else float("nan")
        per_task[task] = (auc(truth, outputs[task]), mean, len(by_user))
    names = ("auc", "gauc", "val_user")
    if len(per_task) == 1:
        return dict(zip(names, *per_task.values()))
    table = {}
    for place, name in enumerate(names):
        values = {f"{name}_{task}": of_task[place] for task, of_task in per_task.items()}
        table.update(values)
        if name != "val_user":
            table[f"{name}_macro"] = float(np.mean(list(values.values())))
    return table
