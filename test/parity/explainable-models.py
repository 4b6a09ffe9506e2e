"""Small ONNX models by skl2onnx and onnxmltools, with what ONNX Runtime answers to some rows of each.

Writes test/onnx/explainable/fixtures/*.onnx and test/parity/golden/explainable-models.json.

    pip install -r requirements-shap.txt
    python explainable-models.py
"""

import json
import warnings
from pathlib import Path

import lightgbm
import numpy as np
import onnx
import onnxruntime
import pandas as pd
import xgboost
from onnxmltools import convert_lightgbm, convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType as ToolsFloat
from skl2onnx import to_onnx
from skl2onnx.common.data_types import (
    DoubleTensorType,
    FloatTensorType,
    Int64TensorType,
    StringTensorType,
)
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression, Perceptron, PoissonRegressor
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    KBinsDiscretizer,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    StandardScaler,
)
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

warnings.filterwarnings("ignore")

# skl2onnx 1.20 hands missing_go_to_left over as booleans, which protobuf 6 does not take for whole numbers.
make_attribute = onnx.helper.make_attribute
onnx.helper.make_attribute = lambda key, value, *rest, **more: make_attribute(
    key,
    [int(x) if isinstance(x, (bool, np.bool_)) else x for x in value] if isinstance(value, list) else value,
    *rest,
    **more,
)
here = Path(__file__).parent
fixtures = here.parent / "onnx" / "explainable" / "fixtures"
fixtures.mkdir(parents=True, exist_ok=True)
golden = {}
rng = np.random.default_rng(7)


def columns_of(data, count):
    X, y = data(return_X_y=True)
    return X[:, :count].astype(np.float32), y


X_cancer, y_cancer = columns_of(load_breast_cancer, 6)
X_iris, y_iris = columns_of(load_iris, 4)
X_diabetes, y_diabetes = columns_of(load_diabetes, 5)
y_diabetes = y_diabetes.astype(np.float64)


def holes(X, share=0.1):
    X = X.copy()
    X[rng.random(X.shape) < share] = np.nan
    return X


def jsonable(values):
    if isinstance(values, list):  # a ZipMap
        values = np.array([[row[key] for key in row] for row in values])
    if values.dtype.kind == "f":
        return [None if np.isnan(x) else float(x) for x in values.reshape(-1)]
    return [str(x) if values.dtype.kind in "OU" else int(x) for x in values.reshape(-1)]


def keep(name, onnx_model, feeds, expects="core"):
    """`expects`: what a reader finds; rows are given input by input."""
    data = onnx_model.SerializeToString()
    (fixtures / f"{name}.onnx").write_bytes(data)
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    answers = session.run(None, feeds)
    golden[name] = {
        "expects": expects,
        "inputs": {key: {"shape": list(value.shape), "data": jsonable(value)} for key, value in feeds.items()},
        "outputs": {
            output.name: {
                "shape": list(np.shape(answer)) if not isinstance(answer, list) else [len(answer), len(answer[0])],
                "data": jsonable(answer),
            }
            for output, answer in zip(session.get_outputs(), answers)
        },
    }


opset = {"": 17, "ai.onnx.ml": 3}


def matrix(name, model, X, y=None, rows=8, options=None, expects="core", dtype="float", **more):
    if y is not None:
        model.fit(X, y)
    kind = {"float": FloatTensorType, "double": DoubleTensorType, "int64": Int64TensorType}[dtype]
    onnx_model = to_onnx(
        model,
        initial_types=[("X", kind([None, X.shape[1]]))],
        target_opset=opset,
        options=options,
        **more,
    )
    given = X[:: max(1, len(X) // rows)][:rows]
    given = given.astype({"float": np.float32, "double": np.float64, "int64": np.int64}[dtype])
    keep(name, onnx_model, {"X": given}, expects)


plain = lambda model: {id(model): {"zipmap": False}}

# Trees.
matrix("tree-binary", m := DecisionTreeClassifier(max_depth=3, random_state=0), X_cancer, y_cancer, options=plain(m))
matrix("tree-iris", m := DecisionTreeClassifier(max_depth=3, random_state=0), X_iris, y_iris, options=plain(m))
matrix("tree-zipmap", DecisionTreeClassifier(max_depth=2, random_state=0), X_iris, y_iris)
matrix("tree-names", m := DecisionTreeClassifier(max_depth=2, random_state=0), X_iris, np.array(["a", "b", "c"])[y_iris], options=plain(m))
matrix("tree-regression", DecisionTreeRegressor(max_depth=3, random_state=0), X_diabetes, y_diabetes)
matrix("tree-two-targets", DecisionTreeRegressor(max_depth=3, random_state=0), X_diabetes, np.c_[y_diabetes, -y_diabetes])
matrix("forest-binary", m := RandomForestClassifier(4, max_depth=3, random_state=0), X_cancer, y_cancer, options=plain(m))
matrix("forest-iris", m := RandomForestClassifier(4, max_depth=2, random_state=0), X_iris, y_iris, options=plain(m))
matrix("forest-regression", RandomForestRegressor(4, max_depth=3, random_state=0), X_diabetes, y_diabetes)
matrix("boosting-binary", m := GradientBoostingClassifier(n_estimators=5, max_depth=2, random_state=0), X_cancer, y_cancer, options=plain(m))
matrix("boosting-iris", m := GradientBoostingClassifier(n_estimators=3, max_depth=2, random_state=0), X_iris, y_iris, options=plain(m))
matrix("boosting-regression", GradientBoostingRegressor(n_estimators=5, max_depth=2, random_state=0), X_diabetes, y_diabetes)
matrix("histogram-binary", m := HistGradientBoostingClassifier(max_iter=4, max_depth=3, random_state=0), holes(X_cancer), y_cancer, options=plain(m))
matrix("histogram-iris", m := HistGradientBoostingClassifier(max_iter=3, max_depth=2, random_state=0), holes(X_iris), y_iris, options=plain(m))
matrix("histogram-regression", HistGradientBoostingRegressor(max_iter=4, max_depth=3, random_state=0), holes(X_diabetes), y_diabetes)

# Linear models.
matrix("linear-regression", LinearRegression(), X_diabetes, y_diabetes)
matrix("linear-regression-double", LinearRegression(), X_diabetes.astype(np.float64), y_diabetes, dtype="double")
matrix("linear-two-targets", LinearRegression(), X_diabetes, np.c_[y_diabetes, -2 * y_diabetes])
scaled = StandardScaler().fit_transform(X_cancer).astype(np.float32)
matrix("logistic-binary", m := LogisticRegression(), scaled, y_cancer, options=plain(m))
matrix("logistic-binary-double", m := LogisticRegression(), scaled.astype(np.float64), y_cancer, options=plain(m), dtype="double")
matrix("logistic-raw-scores", m := LogisticRegression(), scaled, y_cancer, options={id(m): {"zipmap": False, "raw_scores": True}})
matrix("logistic-columns", m := LogisticRegression(), scaled, y_cancer, options={id(m): {"zipmap": "columns"}})
matrix("logistic-iris", m := LogisticRegression(), X_iris, y_iris, options=plain(m))
matrix("poisson-linear", PoissonRegressor(), X_diabetes, y_diabetes)
matrix("perceptron", m := Perceptron(), scaled, y_cancer, options=plain(m))
matrix("one-vs-rest-iris", m := OneVsRestClassifier(LogisticRegression()), X_iris, y_iris, options=plain(m), expects="unreadable")

# Stages in front.
m = make_pipeline(StandardScaler(), LogisticRegression())
matrix("scaler-logistic", m, X_cancer, y_cancer, options=plain(m))
m = make_pipeline(SimpleImputer(), MinMaxScaler(), RandomForestClassifier(3, max_depth=3, random_state=0))
matrix("imputer-forest", m, holes(X_cancer), y_cancer, options=plain(m))
m = make_pipeline(KBinsDiscretizer(4, encode="onehot-dense", strategy="uniform"), LogisticRegression())
matrix("bins-logistic", m, X_iris, y_iris, options=plain(m))
m = make_pipeline(KBinsDiscretizer(4, encode="ordinal", strategy="uniform"), DecisionTreeClassifier(max_depth=3, random_state=0))
matrix("ordinal-bins-tree", m, X_iris, y_iris, options=plain(m))
whole = rng.integers(0, 5, (200, 3))
m = make_pipeline(OneHotEncoder(sparse_output=False), LinearRegression())
matrix("one-hot-integers", m, whole, whole @ [1.0, -2.0, 0.5] + (whole[:, 0] == 2), dtype="int64")

# A data frame: an input for each column, texts among them.
count = 300
frame = pd.DataFrame(
    {
        "age": rng.integers(18, 80, count).astype(np.float32),
        "income": np.exp(rng.normal(10, 1, count)).astype(np.float32),
        "city": rng.choice(["Basel", "Bern", "Chur"], count),
        "plan": rng.choice(["free", "team", "whole"], count),
    }
)
frame.loc[rng.random(count) < 0.1, "income"] = np.nan
bought = ((frame.age > 40) ^ (frame.city == "Bern") | (frame.plan == "whole")).astype(int)


def framed(name, model, y, options=None, expects="core", rows=10):
    model.fit(frame, y)
    kinds = [
        (column, StringTensorType([None, 1]) if frame[column].dtype.kind == "O" or str(frame[column].dtype).startswith("str") else FloatTensorType([None, 1]))
        for column in frame
    ]
    onnx_model = to_onnx(model, initial_types=kinds, target_opset=opset, options=options)
    given = frame[:rows]
    feeds = {
        column: given[[column]].to_numpy(dtype=object if type(kind) is StringTensorType else np.float32)
        for column, kind in kinds
    }
    keep(name, onnx_model, feeds, expects)


def transformer(texts):
    return ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), ["age", "income"]),
            ("texts", texts, ["city", "plan"]),
        ]
    )


m = make_pipeline(transformer(OneHotEncoder(handle_unknown="ignore")), LogisticRegression())
framed("frame-logistic", m, bought, plain(m))
m = make_pipeline(transformer(OneHotEncoder(handle_unknown="ignore", sparse_output=False)), GradientBoostingClassifier(n_estimators=4, max_depth=2, random_state=0))
framed("frame-boosting", m, bought, plain(m))
m = make_pipeline(transformer(OrdinalEncoder()), RandomForestRegressor(3, max_depth=3, random_state=0))
framed("frame-ordinal-forest", m, frame.age + 3.0 * bought)

# What cannot be read.
m = make_pipeline(StandardScaler(), PCA(3), LogisticRegression())
matrix("pca-logistic", m, X_cancer, y_cancer, options=plain(m), expects="unreadable")
m = make_pipeline(PolynomialFeatures(2), LinearRegression())
matrix("polynomial-linear", m, X_diabetes, y_diabetes, expects="unreadable")
m = MLPClassifier((4,), max_iter=50, random_state=0)
matrix("mlp", m, scaled, y_cancer, options=plain(m), expects="unreadable")
m = SVC(probability=False, random_state=0)
matrix("svm", m, scaled[:60], y_cancer[:60], options=plain(m), expects="unreadable")


# Boosters by onnxmltools.
def booster(name, convert, model, X, expects="core", rows=10):
    onnx_model = convert(
        model, initial_types=[("X", ToolsFloat([None, X.shape[1]]))], target_opset=15, **({"zipmap": False} if convert is convert_lightgbm else {})
    )
    keep(name, onnx_model, {"X": X[:: len(X) // rows][:rows].astype(np.float32)}, expects)


small = {"n_estimators": 4, "max_depth": 3}
with_holes = holes(X_cancer)
booster("xgboost-binary", convert_xgboost, xgboost.XGBClassifier(**small).fit(with_holes, y_cancer), with_holes)
booster("xgboost-iris", convert_xgboost, xgboost.XGBClassifier(**small).fit(X_iris, y_iris), X_iris)
booster("xgboost-regression", convert_xgboost, xgboost.XGBRegressor(**small).fit(X_diabetes, y_diabetes), X_diabetes)
poisson = xgboost.XGBRegressor(**small, objective="count:poisson").fit(X_diabetes, y_diabetes)
booster("xgboost-poisson", convert_xgboost, poisson, X_diabetes)
quiet = {**small, "verbose": -1}
booster("lightgbm-binary", convert_lightgbm, lightgbm.LGBMClassifier(**quiet).fit(with_holes, y_cancer), with_holes)
booster("lightgbm-iris", convert_lightgbm, lightgbm.LGBMClassifier(**quiet).fit(X_iris, y_iris), X_iris)
booster("lightgbm-regression", convert_lightgbm, lightgbm.LGBMRegressor(**quiet).fit(X_diabetes, y_diabetes), X_diabetes)
categories = np.c_[rng.integers(0, 12, 400), rng.normal(size=400)].astype(np.float32)
answer = np.isin(categories[:, 0], [1, 4, 7, 8]) + 0.3 * categories[:, 1]
model = lightgbm.LGBMRegressor(**quiet, min_data_per_group=5, cat_smooth=1, max_cat_to_onehot=1).fit(
    categories, answer, categorical_feature=[0]
)
booster("lightgbm-categories", convert_lightgbm, model, categories, rows=20)

(here / "golden" / "explainable-models.json").write_text(json.dumps(golden) + "\n")
for path in sorted(fixtures.glob("*.onnx")):
    print(path.stat().st_size, path.name)
