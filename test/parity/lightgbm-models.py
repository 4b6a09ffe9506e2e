"""Small models of LightGBM as text, with its own predictions: golden rows of kernel-lib/onnx/boosters.

Run with the packages of requirements-shap.txt:
python test/parity/lightgbm-models.py > test/parity/golden/lightgbm.json

Rows are float32. Half of them hold the float32 numbers on both sides of a threshold of the model, some a missing value.
"""
import json
import re
import sys

import lightgbm as lgb
import numpy as np

random = np.random.default_rng(7)
n = 400
numbers = random.normal(size=(n, 4)).astype(np.float32)
codes = random.integers(0, 70, n).astype(np.float32)
signal = (
    numbers[:, 0] + np.abs(numbers[:, 1]) + np.isin(codes % 7, [1, 2, 5]) * 1.5 + 0.2 * random.normal(size=n)
)
with_gaps = numbers.copy()
with_gaps[random.random((n, 4)) < 0.15] = np.nan
mixed = np.column_stack([with_gaps[:, :2], codes]).astype(np.float32)
mixed_with_gaps = mixed.copy()
mixed_with_gaps[:60, 2] = np.nan
targets = {
    "number": signal,
    "positive": np.exp(signal / 2),
    "second": (signal > 1) * 1,
    "classes": np.digitize(signal, [0.5, 1.5]),
}


def thresholds(text):
    found = []
    for tree in text.split("Tree=")[1:]:
        line = lambda name: re.search(rf"^{name}=(.*)$", tree, re.M)[1].split()
        if line("num_leaves") == ["1"]:
            continue
        found += [
            (int(feature), float(threshold))
            for feature, threshold, kind in zip(line("split_feature"), line("threshold"), line("decision_type"))
            if not int(kind) & 1
        ]
    return found


def case(name, target, params, rows=with_gaps, categorical=None, rounds=3, group=None):
    data = lgb.Dataset(
        rows, targets[target], categorical_feature=[categorical] if categorical else "auto",
        group=[group] * (n // group) if group else None,
    )
    model = lgb.train(
        {"num_leaves": 7, "seed": 1, "verbose": -1, "learning_rate": 0.5, "deterministic": True,
         "num_threads": 1, "min_data_per_group": 1, "cat_smooth": 1, "cat_l2": 1, **params},
        data, rounds,
    )
    text = model.model_to_string()
    golden = rows[20:44].copy()
    for row, (feature, threshold) in zip(golden[:16], thresholds(text) * 3):
        near = np.float32(threshold)
        row[feature] = near
    for row, (feature, threshold) in zip(golden[6:16], thresholds(text) * 3):
        near = np.float32(threshold)
        row[feature] = np.nextafter(near, np.float32(np.inf if near <= threshold else -np.inf))
    golden[16] = np.nan
    golden[17] = 0
    if categorical:
        # Categories that training has not seen, and none.
        golden[16:22, categorical] = [71, 96, 1000, -1, np.nan, 0]
    shape = (len(golden), -1)
    scale = params.get("sigmoid", 1) / (rounds if params.get("boosting") == "rf" else 1)
    return {
        "name": name,
        # Without the importances and parameters, which nothing is read of.
        "model": text[: text.index("end of trees") + len("end of trees\n")],
        "rows": [[None if np.isnan(value) else float(f"{value:.9g}") for value in row] for row in golden],
        "predictions": model.predict(golden).reshape(shape).tolist(),
        # Log-odds, whatever the sigmoid; the raw score of a forest is a sum.
        "margins": (model.predict(golden, raw_score=True).reshape(shape) * scale).tolist(),
    }


cases = [
    case("regression", "number", {"objective": "regression"}),
    case("missing values in the golden rows alone", "number", {"objective": "regression"}, numbers),
    case("missing values taken for zero", "number", {"objective": "regression", "use_missing": False}),
    case("binary", "second", {"objective": "binary"}),
    case("binary with a sigmoid of 2", "second", {"objective": "binary", "sigmoid": 2}),
    case("three classes", "classes", {"objective": "multiclass", "num_class": 3}),
    case("one against all", "classes", {"objective": "multiclassova", "num_class": 3, "sigmoid": 1.5}),
    case("poisson", "positive", {"objective": "poisson"}),
    case("tweedie", "positive", {"objective": "tweedie"}),
    case("cross entropy", "second", {"objective": "cross_entropy"}),
    case("ranks", "second", {"objective": "lambdarank"}, group=40),
    case("a forest", "number", {"objective": "regression", "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6}),
    case("a forest of classes", "second", {"objective": "binary", "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6}),
    case("dart", "second", {"objective": "binary", "boosting": "dart", "drop_rate": 0.5}, rounds=6),
    case("trees of one leaf", "number", {"objective": "regression", "min_gain_to_split": 1e6}),
    case("sets of categories", "number", {"objective": "regression", "max_cat_to_onehot": 1}, mixed, 2),
    case("sets of categories with missing ones", "second", {"objective": "binary", "max_cat_to_onehot": 1}, mixed_with_gaps, 2),
    case("one category each", "classes", {"objective": "multiclass", "num_class": 3, "max_cat_to_onehot": 100}, mixed, 2),
]
json.dump({"lightgbm": lgb.__version__, "cases": cases}, sys.stdout, separators=(",", ":"))
