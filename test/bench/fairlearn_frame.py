"""Fairlearn's MetricFrame of 8 metrics on the rows that test/bench/fairness.ts wrote: seconds, and the differences.

Usage: python fairlearn_frame.py <folder> <resamples>
"""
import json
import sys
import time
import warnings
from pathlib import Path

import fairlearn.metrics as fm
import numpy as np
import pandas as pd
import sklearn.metrics as skm

warnings.filterwarnings("ignore")
folder, resamples = Path(sys.argv[1]), int(sys.argv[2])
column = lambda name: np.fromfile(folder / name, dtype=np.uint8)
y_true, y_pred = column("yTrue"), column("yPred")
groups = pd.DataFrame({name: np.array([f"{name} {i}" for i in range(8)])[column(name)] for name in ("region", "age")})
metrics = {
    "accuracy": skm.accuracy_score,
    "precision": skm.precision_score,
    "selectionRate": fm.selection_rate,
    "truePositiveRate": fm.true_positive_rate,
    "falsePositiveRate": fm.false_positive_rate,
    "trueNegativeRate": fm.true_negative_rate,
    "falseNegativeRate": fm.false_negative_rate,
    "f1": skm.f1_score,
}


def measure(**options):
    start = time.perf_counter()
    frame = fm.MetricFrame(metrics=metrics, y_true=y_true, y_pred=y_pred, sensitive_features=groups, **options)
    differences = frame.difference()
    return time.perf_counter() - start, differences


plain, differences = measure()
few, _ = measure(n_boot=resamples, ci_quantiles=[0.025, 0.975], random_state=0)
print(json.dumps({"plain": plain, "resample": (few - plain) / resamples, "differences": differences.to_dict()}))
