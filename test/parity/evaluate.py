"""Golden values of kernel-lib/evaluate, by scikit-learn on its own breast cancer data.

Run with the packages of requirements.txt: python test/parity/evaluate.py > test/parity/golden/evaluate.json
"""
import json

import numpy as np
import sklearn
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score
from sklearn.preprocessing import StandardScaler

features, labels = load_breast_cancer(return_X_y=True)
scaled = StandardScaler().fit_transform(features[:, :4])
fitted = LogisticRegression(C=0.05).fit(scaled[::2], labels[::2])
y_true = labels[1::2]
y_score = fitted.predict_proba(scaled[1::2])[:, 1]

cases = []
for name, scores in {
    "probabilities": y_score,
    "many ties": np.round(y_score, 1),
    "all tied": np.full(len(y_score), 0.5),
    "certain and wrong": 1.0 - np.round(y_score),
}.items():
    predicted = (scores > 0.5).astype(int)
    cases.append(
        {
            "name": name,
            "yScore": scores.tolist(),
            "accuracy": accuracy_score(y_true, predicted),
            "rocAuc": roc_auc_score(y_true, scores),
            "logLoss": log_loss(y_true, scores),
        }
    )

print(json.dumps({"versions": {"scikit-learn": sklearn.__version__, "numpy": np.__version__}, "yTrue": y_true.tolist(), "cases": cases}))
