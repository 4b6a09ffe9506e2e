"""Golden values of kernel-lib/drift: reconstruction error, domain classifier and direct loss estimation, by NannyML.

Run with the packages of requirements-nannyml.txt: python test/parity/multivariate.py > test/parity/golden/multivariate.json
Rows of the flights are read again by the test from kernel-lib/demo/flights.parquet; digits are kept here as letters.
"""
import json
import logging
import os
import pathlib
import sys
import warnings
from importlib.metadata import version

# Beside this script lies nannyml.py, which is not the package.
sys.path.pop(0)

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"
warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

import lightgbm
import nannyml
import numpy as np
import pandas as pd
from sklearn.datasets import load_digits

lightgbm.register_logger(logging.getLogger("lightgbm"))
# NannyML 0.13.1 was written for columns of Python's own strings.
pd.set_option("future.infer_string", False)

flights = pd.read_parquet(pathlib.Path(__file__).parents[2] / "kernel-lib/demo/flights.parquet")
flights = flights.iloc[::5].reset_index(drop=True)
flights = pd.DataFrame(
    {
        "delay": flights["delay"].astype(float),
        "distance": flights["distance"].astype(float),
        "hour": flights["date"].dt.hour.astype(float),
        "weekday": flights["date"].dt.strftime("%w").astype(object),
        "origin": flights["origin"].astype(object),
        "destination": flights["destination"].astype(object),
        "month": flights["date"].dt.month,
    }
)
holes = flights.copy()
holes.loc[holes.index % 17 == 0, "delay"] = np.nan
holes.loc[holes.index % 23 == 0, "origin"] = np.nan
features = ["delay", "distance", "hour", "weekday", "origin", "destination"]


def halves(frame):
    return (
        frame[frame["month"] <= 3].reset_index(drop=True),
        frame[frame["month"] > 3].reset_index(drop=True),
    )


def number(value):
    return None if value is None or not np.isfinite(value) else float(value)


def chunks(result, measure):
    data = result.to_df()
    part = data[measure]
    rows = []
    for i in range(len(data)):
        row = {"period": data[("chunk", "period")][i], "start": int(data[("chunk", "start_index")][i]), "end": int(data[("chunk", "end_index")][i]) + 1}
        for column in part.columns:
            value = part[column][i]
            row[column] = bool(value) if column == "alert" else number(value)
        rows.append(row)
    return rows


digits = load_digits().data[:600].astype(int)
swapped = digits.copy()
# The lower half of the later pictures upside down: each pixel still has digits' values.
swapped[450:, 32:] = swapped[450:, 32:][:, ::-1]
pixels = pd.DataFrame(swapped.astype(float), columns=[f"p{i}" for i in range(64)])

reconstruction = []
for name, reference, current, columns, share in (
    ("flights", *halves(flights), features, 0.65),
    ("flights with holes", *halves(holes), features, 0.65),
    ("flights with holes", *halves(holes), features, 0.8),
    ("digits", pixels[:300], pixels[300:].reset_index(drop=True), list(pixels.columns), 0.65),
):
    calculator = nannyml.DataReconstructionDriftCalculator(column_names=columns, n_components=share)
    calculator.fit(reference)
    result = calculator.calculate(current)
    reconstruction.append({"data": name, "share": share, "components": int(calculator._pca.n_components_), "chunks": chunks(result, "reconstruction_error")})

classifier = []
for name, reference, current, columns in (
    ("flights", *halves(flights), features),
    ("flights with holes", *halves(holes), features),
    ("digits", pixels[:300], pixels[300:].reset_index(drop=True), list(pixels.columns)),
):
    calculator = nannyml.DomainClassifierCalculator(feature_column_names=columns, chunk_number=3)
    calculator.fit(reference)
    classifier.append({"data": name, "chunks": chunks(calculator.calculate(current), "domain_classifier_auroc")})

# A model of the distance: the mean of the airport in the reference. And one of the lateness, with many a 0.
reference, current = halves(flights)
means = reference.groupby("origin")["distance"].mean()
metrics = ["mae", "mape", "mse", "rmse", "msle", "rmsle"]
losses = []
for name, truth, prediction, used in (
    ("distance", lambda frame: frame["distance"], lambda frame: frame["origin"].map(means).fillna(700.0), ["delay", "hour", "weekday", "origin", "destination"]),
    ("lateness", lambda frame: frame["delay"].clip(lower=0), lambda frame: 2 + frame["hour"] * 0.5 + frame["distance"] * 0.001, ["distance", "hour", "weekday", "origin", "destination"]),
):
    for rows in ("all", "few") if name == "distance" else ("all",):
        sides = []
        for side, count in ((reference, 600), (current, 300)):
            frame = side.assign(y_true=truth(side), y_pred=prediction(side))
            frame.loc[frame.index % 29 == 0, "y_true"] = np.nan
            sides.append(frame if rows == "all" else frame[:count])
        estimator = nannyml.DLE(feature_column_names=used, y_pred="y_pred", y_true="y_true", metrics=metrics, chunk_number=10 if rows == "all" else 3)
        estimator.fit(sides[0])
        result = estimator.estimate(sides[1])
        case = {"target": name, "rows": rows, "features": used, "metrics": {metric: chunks(result, metric) for metric in metrics}}
        if rows == "few":
            # What the nanny models say of each row, in the order of the metrics that have a model of their own.
            case["losses"] = {}
            for metric in estimator.metrics:
                predicted = []
                for side in sides:
                    coded = side.copy()
                    for column in ("weekday", "origin", "destination"):
                        if column in used:
                            encoder = estimator._categorical_encoders[column]
                            coded[column] = encoder.transform(coded[column].values.reshape(-1, 1)).ravel() + 1
                    predicted.append([float(f"{loss:.11g}") for loss in metric._dee_model.predict(coded[used + ["y_pred"]])])
                if metric.column_name in ("mae", "mape", "mse", "msle"):
                    case["losses"][metric.column_name] = predicted
        losses.append(case)

letters = "0123456789abcdefg"
print(
    json.dumps(
        {
            "versions": {name: version(name) for name in ("nannyml", "lightgbm", "scikit-learn", "numpy")},
            "digits": ["".join(letters[value] for value in row) for row in swapped],
            "reconstruction": reconstruction,
            "classifier": classifier,
            "losses": losses,
        },
        separators=(",", ":"),
    )
)
