"""Partial dependence, ICE, permutation importance, ALE and LIME of peers, for test/explain/effects and test/explain/lime.

pip install -r test/parity/requirements-lime.txt; python test/parity/explain-effects.py > test/parity/golden/explain-effects.json

The model is a formula that both sides write down, so that only the methods differ.
"""
import json
import warnings

import numpy as np
import pandas as pd
from lime.lime_tabular import LimeTabularExplainer
from PyALE._src.ALE_1D import aleplot_1D_continuous
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.datasets import load_diabetes
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.metrics import mean_squared_error

warnings.filterwarnings("ignore")
columns = ["age", "sex", "bmi", "bp", "s5"]
source = load_diabetes(scaled=False)
X = np.array([[float(v) for v in row] for row in source.data[:120][:, [0, 1, 2, 3, 8]]])
y = source.target[:120].astype(float)


def model(x):
    return 60 + 4 * x[:, 2] + 30 * np.tanh((x[:, 3] - 95) / 10) * (x[:, 1] - 1) + 20 * x[:, 4] + 0.01 * (x[:, 0] - 50) ** 2 - 0.2 * x[:, 2] * x[:, 4]


class Formula(RegressorMixin, BaseEstimator):
    _estimator_type = "regressor"

    def fit(self, x, y):
        self.is_fitted_ = True
        self.n_features_in_ = x.shape[1]
        return self

    def predict(self, x):
        return model(np.asarray(x, dtype=float))


estimator = Formula().fit(X, y)
weights = 1 + np.arange(len(X)) % 3


def dependence(column, **options):
    found = partial_dependence(estimator, X, [column], method="brute", **options)
    return {"column": column, "grid": found["grid_values"][0].tolist(), "average": found["average"][0].tolist()}


individual = partial_dependence(estimator, X[:5], [2], method="brute", kind="individual", grid_resolution=4)

seed, repeats = 7, 3
scorer = lambda e, x, t: -mean_squared_error(t, e.predict(x))
importance = permutation_importance(estimator, X, y, scoring=scorer, n_repeats=repeats, random_state=seed)
# Each column is shuffled anew by the same seed, each repeat upon the one before.
inner = np.random.RandomState(np.random.RandomState(seed).randint(np.iinfo(np.int32).max + 1))
order, shuffled, orders = np.arange(len(X)), np.arange(len(X)), []
for _ in range(repeats):
    inner.shuffle(shuffled)
    order = order[shuffled]
    orders.append(order.tolist())
many = permutation_importance(estimator, X, y, scoring=scorer, n_repeats=200, random_state=0)

frame = pd.DataFrame(X, columns=columns)
ale = []
for name in ("age", "bmi", "bp"):
    found = aleplot_1D_continuous(frame, estimator, name, grid_size=8, include_CI=False)
    ale.append({"column": columns.index(name), "grid": found.index.tolist(), "effect": found["eff"].tolist(), "size": found["size"].tolist()})


def lime(row, runs, **options):
    weights = []
    scores = []
    for run in range(runs):
        explainer = LimeTabularExplainer(X, mode="regression", feature_names=columns, categorical_features=[1], random_state=run, feature_selection="none", **options)
        found = explainer.explain_instance(X[row], model, num_features=5, num_samples=2000)
        weights.append([dict(found.local_exp[1])[f] for f in range(5)])
        scores.append([found.score, float(found.local_pred[0])])
    weights, scores = np.array(weights), np.array(scores)
    return {
        "row": row,
        "runs": runs,
        "mean": weights.mean(0).tolist(),
        "deviation": weights.std(0, ddof=1).tolist(),
        "score": scores.mean(0).tolist(),
        "score_deviation": scores.std(0, ddof=1).tolist(),
    }


print(json.dumps({
    "columns": columns,
    "rows": X.tolist(),
    "target": y.tolist(),
    "weights": weights.tolist(),
    "dependence": [
        dependence(2),
        dependence(0, grid_resolution=10, percentiles=(0, 1)),
        dependence(1),
        dependence(3, grid_resolution=7, sample_weight=weights),
    ],
    "individual": {"grid": individual["grid_values"][0].tolist(), "lines": individual["individual"][0].tolist()},
    "importance": {"orders": orders, "importances": importance.importances.tolist(), "mean": many.importances_mean.tolist(), "deviation": many.importances.std(axis=1, ddof=1).tolist()},
    "ale": ale,
    "lime": [lime(3, 40), lime(3, 40, discretize_continuous=False)],
}))
