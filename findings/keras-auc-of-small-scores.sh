#!/usr/bin/env bash
# A click or conversion rate is often below 0.5 %. A good guess: keras.metrics.AUC of such scores is a
# little coarse, in the third decimal. Seen: its 200 thresholds are spread evenly over [0, 1], so scores
# that are all below 1/199 are one group to it, and a perfect ranking has the AUC 0.5, without a warning.
# Exits 0 while that is so, 1 if the behaviour changes.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3.11 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install tensorflow-cpu==2.18.1 keras==3.15.1 numpy==2.0.2 scikit-learn==1.6.1
cd "$folder"
TF_CPP_MIN_LOG_LEVEL=3 KERAS_BACKEND=tensorflow "$folder/venv/bin/python" - <<'PY' 2>"$folder/log" || { cat "$folder/log"; exit 1; }
import keras
import numpy as np
from sklearn.metrics import roc_auc_score

random = np.random.default_rng(0)
labels = np.arange(10_000) % 100 == 0  # 1 % conversions


def aucs(largest):
    """Return Keras' and the exact AUC of scores in [0, largest], all positives above all negatives."""
    half = largest / 2
    scores = np.where(labels, random.uniform(half, largest, 10_000), random.uniform(0, half, 10_000))
    metric = keras.metrics.AUC()
    metric.update_state(labels.astype("float32"), scores.astype("float32"))
    return float(metric.result()), roc_auc_score(labels, scores)


print("keras", keras.__version__)
print("expected: about 1 for a perfect ranking, whatever the size of its scores")
found = {largest: aucs(largest) for largest in (1.0, 0.2, 0.004)}
for largest, (keras_auc, exact) in found.items():
    print(f"scores up to {largest}: keras.metrics.AUC {keras_auc:.4f}, exact {exact:.4f}")
large, small = found[1.0], found[0.004]
same = large[0] > 0.99 and small[1] == 1 and abs(small[0] - 0.5) < 1e-6
raise SystemExit(0 if same else 1)
PY
