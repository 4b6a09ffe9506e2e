"""Small models of XGBoost in its own JSON, with its own predictions: golden rows of kernel-lib/onnx/boosters.

The file format changed from version to version, so the same script is run with several:
python test/parity/xgboost-models.py > test/parity/golden/xgboost-3.2.0.json
with xgboost==3.2.0 (requirements-shap.txt), xgboost-cpu==2.1.4 and xgboost==1.7.6 with numpy<2.

Rows are float32. Half of them hold a threshold of the model or the float32 next to it, some a missing value.
"""
import json
import sys

import numpy as np
import xgboost as xgb

random = np.random.default_rng(6)
n = 300
numbers = random.normal(size=(n, 4)).astype(np.float32)
codes = random.integers(0, 40, n).astype(np.float32)
signal = (
    numbers[:, 0] + np.abs(numbers[:, 1]) + np.isin(codes % 7, [1, 2, 5]) * 1.5 + 0.2 * random.normal(size=n)
)
with_gaps = numbers.copy()
with_gaps[random.random((n, 4)) < 0.15] = np.nan
targets = {
    "number": signal,
    "positive": np.exp(signal / 2),
    "counts": np.floor(np.exp(signal / 2)),
    "second": (signal > 1) * 1,
    "classes": np.digitize(signal, [0.5, 1.5]),
}


def thresholds(model):
    booster = model["learner"]["gradient_booster"]
    trees = booster.get("model", booster.get("gbtree", {}).get("model"))["trees"]
    return [
        (feature, np.float32(condition))
        for tree in trees
        for feature, condition, left, kind in zip(
            tree["split_indices"], tree["split_conditions"], tree["left_children"], tree["split_type"]
        )
        if left != -1 and kind == 0
    ]


def shortest(values, rows):
    """float32 numbers in as many digits as they have."""
    return [[float(f"{value:.9g}") for value in row] for row in values.reshape(rows, -1)]


def case(name, target, params, rows=with_gaps, kinds=None, rounds=3, group=None):
    matrix = xgb.DMatrix(rows, targets[target], feature_types=kinds, enable_categorical=kinds is not None)
    if group:
        matrix.set_group([group] * (n // group))
    booster = xgb.train({"max_depth": 3, "seed": 1, "eta": 0.7, **params}, matrix, rounds)
    model = json.loads(booster.save_raw("json"))
    golden = rows[:24].copy()
    for row, (feature, threshold) in zip(golden[:16], thresholds(model) * 3):
        row[feature] = threshold
    for row, (feature, threshold) in zip(golden[8:16], thresholds(model) * 3):
        row[feature] = np.nextafter(threshold, np.float32(-np.inf))
    if kinds:
        # Categories that training has not seen, and none.
        golden[16:21, kinds.index("c")] = [41, 63, 64, 1000, np.nan]
    data = xgb.DMatrix(golden, feature_types=kinds, enable_categorical=kinds is not None)
    cells = [[None if np.isnan(value) else float(f"{value:.9g}") for value in row] for row in golden]
    for tree in (model["learner"]["gradient_booster"].get("model") or model["learner"]["gradient_booster"]["gbtree"]["model"])["trees"]:
        for unused in ("loss_changes", "base_weights", "parents"):
            del tree[unused]
    return {
        "name": name,
        # As text, since it holds what is no JSON: NaN for the thresholds of categories.
        "model": json.dumps(model, separators=(",", ":")),
        "rows": cells,
        "predictions": shortest(booster.predict(data), len(golden)),
        "margins": shortest(booster.predict(data, output_margin=True), len(golden)),
    }


mixed = np.column_stack([with_gaps[:, :2], codes]).astype(np.float32)
kinds = ["q", "q", "c"]
cases = [
    case("squared error", "number", {"objective": "reg:squarederror", "base_score": 0.25}),
    case("logistic regression", "second", {"objective": "reg:logistic"}),
    case("binary", "second", {"objective": "binary:logistic", "base_score": 0.3}),
    case("three classes", "classes", {"objective": "multi:softprob", "num_class": 3}),
    case("poisson", "counts", {"objective": "count:poisson"}),
    case("gamma", "positive", {"objective": "reg:gamma", "base_score": 2}),
    case("tweedie", "positive", {"objective": "reg:tweedie"}),
    case("ranks", "classes", {"objective": "rank:pairwise"}, group=30),
    case("dart", "second", {"objective": "binary:logistic", "booster": "dart", "rate_drop": 0.5}, rounds=6),
    case("forest", "number", {"objective": "reg:squarederror", "num_parallel_tree": 3, "subsample": 0.6}, rounds=2),
    case("a tree of one leaf", "number", {"objective": "reg:squarederror", "max_depth": 1, "gamma": 60}),
    case("sets of categories", "number", {"objective": "reg:squarederror", "tree_method": "hist", "max_cat_to_onehot": 1}, mixed, kinds),
    case("one category each", "second", {"objective": "binary:logistic", "tree_method": "hist", "max_cat_to_onehot": 50}, mixed, kinds),
    case("classes by categories", "classes", {"objective": "multi:softprob", "num_class": 3, "tree_method": "hist", "max_cat_to_onehot": 1}, mixed, kinds),
]
if xgb.__version__ >= "3":
    cases.append(
        case("two quantiles", "number", {"objective": "reg:quantileerror", "quantile_alpha": [0.2, 0.8], "tree_method": "hist"})
    )
else:
    few = ["binary", "three classes", "gamma", "dart", "sets of categories", "one category each"]
    cases = [each for each in cases if each["name"] in few]
json.dump({"xgboost": xgb.__version__, "cases": cases}, sys.stdout, separators=(",", ":"))
