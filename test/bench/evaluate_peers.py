"""Times scikit-learn's metrics on the doubles of a file: `evaluate_peers.py <labels> <predictions> <scores> <weights>`."""
import json
import sys
import time

import numpy as np
from sklearn import metrics as m

y_true, y_pred = (np.fromfile(path, dtype=np.uint8).astype(np.int64) for path in sys.argv[1:3])
y_score, weights = (np.fromfile(path, dtype=np.float64) for path in sys.argv[3:5])

figures = {}
for name, work in {
    "confusion counts": lambda: m.confusion_matrix(y_true, y_pred).sum(),
    "classificationReport": lambda: m.classification_report(y_true, y_pred, output_dict=True)["macro avg"]["f1-score"],
    "logLoss": lambda: m.log_loss(y_true, y_score),
    "rocAuc": lambda: m.roc_auc_score(y_true, y_score),
    "rocAuc, weighted": lambda: m.roc_auc_score(y_true, y_score, sample_weight=weights),
    "averagePrecision": lambda: m.average_precision_score(y_true, y_score),
}.items():
    times = []
    for _ in range(5):
        start = time.perf_counter()
        value = work()
        times.append((time.perf_counter() - start) * 1000)
    figures[name] = {"milliseconds": sorted(times)[2], "value": float(value)}
print(json.dumps(figures))
