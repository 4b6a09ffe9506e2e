"""shap's C extension and XGBoost's own SHAP values, on trees that are handed to the bench as arrays.

python shap_peer.py make FOLDER DEPTH TREES   trains XGBoost, writes the trees as shap's TreeExplainer parses them
python shap_peer.py sparse FOLDER             a decision tree of scikit-learn, about 150 levels deep, likewise
python shap_peer.py time FOLDER ROWS BACKGROUND CORES   prints seconds as JSON; BACKGROUND 0 is path-dependent
"""

import json
import os
import sys
import time

if sys.argv[1] == "time" and sys.argv[5] == "1":
    os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import shap
import shap._cext as native
import xgboost
from sklearn.datasets import make_classification
from sklearn.tree import DecisionTreeRegressor

ARRAYS = {
    "children_left": np.int32,
    "children_right": np.int32,
    "children_default": np.int32,
    "features": np.int32,
    "thresholds": np.float64,
    "values": np.float64,
    "node_sample_weight": np.float64,
}


def write(folder, parsed, rows):
    os.makedirs(folder, exist_ok=True)
    for name, kind in ARRAYS.items():
        np.ascontiguousarray(getattr(parsed, name), dtype=kind).tofile(os.path.join(folder, name))
    np.asarray(rows, dtype=np.float64).tofile(os.path.join(folder, "rows"))
    meta = {
        "trees": int(parsed.values.shape[0]),
        "width": int(parsed.values.shape[1]),
        "base": float(np.ravel(parsed.base_offset)[0]),
        "features": int(rows.shape[1]),
        "rows": int(rows.shape[0]),
        "leaves": int((parsed.children_left < 0).sum() - padding(parsed)),
    }
    with open(os.path.join(folder, "meta.json"), "w") as file:
        json.dump(meta, file)


def padding(parsed):
    """Cells behind a tree's last node, which shap fills up with leaves."""
    used = sum(len(tree.values) for tree in parsed.trees)
    return parsed.values.shape[0] * parsed.values.shape[1] - used


def make(folder, depth, trees):
    """40,000 seeded rows of 14 columns, as large as UCI Adult's."""
    x, y = make_classification(
        n_samples=40_000, n_features=14, n_informative=10, n_redundant=2, flip_y=0.1, random_state=0
    )
    x = x.astype(np.float32)
    booster = xgboost.train(
        {"max_depth": depth, "eta": 0.1, "objective": "binary:logistic", "seed": 0},
        xgboost.DMatrix(x, label=y),
        num_boost_round=trees,
    )
    booster.save_model(os.path.join(folder, "model.json"))
    write(folder, shap.TreeExplainer(booster).model, x[:10_000])


def sparse(folder):
    """Few ones in many columns: a tree can but peel off one column after the other."""
    random = np.random.default_rng(0)
    x = (random.random((3_000, 400)) < 0.01).astype(np.float64)
    y = x @ random.normal(size=400) + random.normal(size=3_000)
    tree = DecisionTreeRegressor(max_depth=150, random_state=0).fit(x, y)
    write(folder, shap.TreeExplainer(tree).model, x[:1_000])


def read(folder):
    with open(os.path.join(folder, "meta.json")) as file:
        meta = json.load(file)
    shape = (meta["trees"], meta["width"])
    arrays = {
        name: np.fromfile(os.path.join(folder, name), dtype=kind).reshape(shape)
        for name, kind in ARRAYS.items()
    }
    rows = np.fromfile(os.path.join(folder, "rows")).reshape(meta["rows"], meta["features"])
    return meta, arrays, rows


def explain(meta, arrays, rows, background):
    """As TreeExplainer.shap_values calls it; 0 is interventional, 1 path-dependent."""
    phi = np.zeros((len(rows), meta["features"] + 1, 1))
    native.dense_tree_shap(
        *(arrays[name] for name in list(ARRAYS)[:5]),
        np.zeros_like(arrays["features"]),
        arrays["values"][:, :, None],
        arrays["node_sample_weight"],
        200,
        rows,
        np.isnan(rows),
        None,
        background,
        None if background is None else np.isnan(background),
        meta["trees"],
        np.array([meta["base"]]),
        phi,
        1 if background is None else 0,
        0,
        False,
    )
    return phi[:, :, 0]


def timed(folder, count, others, cores):
    meta, arrays, rows = read(folder)
    wanted = np.ascontiguousarray(rows[:count])
    background = np.ascontiguousarray(rows[-others:]) if others > 0 else None
    start = time.process_time()
    phi = explain(meta, arrays, wanted, background)
    seconds = time.process_time() - start
    phi[:, :-1].tofile(os.path.join(folder, "phi"))
    result = {"seconds": seconds, "rows": count, "base": float(phi[0, -1])}
    start = time.process_time()
    for row in range(min(20, count)):
        explain(meta, arrays, wanted[row : row + 1], background)
    result["one"] = (time.process_time() - start) / min(20, count)
    model = os.path.join(folder, "model.json")
    if os.path.exists(model) and background is None:
        booster = xgboost.Booster(model_file=model)
        booster.set_param({"nthread": cores})
        matrix = xgboost.DMatrix(wanted, nthread=cores)
        start = time.perf_counter()
        booster.predict(matrix, pred_contribs=True)
        result["xgboost"] = time.perf_counter() - start
    print(json.dumps(result))


if __name__ == "__main__":
    what, folder, *numbers = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    {"make": make, "sparse": sparse, "time": timed}[what](folder, *map(int, numbers))
