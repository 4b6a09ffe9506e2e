"""Golden values of kernel-lib/drift over time: NannyML's univariate drift, thresholds and CBPE, on real data.

Flights: every fiftieth of the US flights of the first half of 2001, as the demo brings them. Their model is linear with
the softsign x / (1 + |x|) as its link, so that any language computes the very same scores. Titanic: as NannyML's wheel
brings it. Digits: handwritten 0 to 4, as scikit-learn's wheel brings them.

Run in the repository with the packages of requirements-nannyml.txt:
python test/parity/nannyml.py > test/parity/golden/nannyml.json
"""
import json
import os
import sys
import warnings
from pathlib import Path

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"
# This file bears the name of the package.
sys.path = [folder for folder in sys.path if Path(folder).resolve() != Path(__file__).resolve().parent]
warnings.filterwarnings("ignore")

import nannyml as nml
import numpy as np
import pandas as pd
import scipy
import sklearn
import statsmodels
from nannyml.calibration import IsotonicCalibrator, _get_bin_index_edges, needs_calibration
from nannyml.chunk import CountBasedChunker, SizeBasedChunker
from scipy.stats import kendalltau
from statsmodels.tsa.stattools import acf
from sklearn.datasets import load_digits
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedShuffleSplit, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

versions = {
    "nannyml": nml.__version__,
    "scikit-learn": sklearn.__version__,
    "scipy": scipy.__version__,
    "numpy": np.__version__,
    "statsmodels": statsmodels.__version__,
}

CONTINUOUS = ["jensen_shannon", "kolmogorov_smirnov", "wasserstein", "hellinger"]
CATEGORICAL = ["jensen_shannon", "chi2", "l_infinity", "hellinger"]


def numbers(values):
    """JSON has no NaN."""
    return [None if value is None or pd.isna(value) else float(f"{value:.13g}") for value in values]


def number(value):
    return numbers([value])[0]


# --- data -----------------------------------------------------------------------------------------------------------

flights = pd.read_parquet("kernel-lib/demo/flights.parquet")
for column in ["origin", "destination"]:
    flights[column] = flights[column].astype(object)
flights["delay"] = flights["delay"].astype(float)
flights["distance"] = flights["distance"].astype(float)
rows = np.arange(len(flights))
# Two of three missing in spring, nothing else changed.
flights["patchy"] = flights["delay"].where((rows % 3 == 0) | (rows < 15000))
flights["constant"] = 7.0
flights["alone"] = "only"
half = (flights["date"] < "2001-03-01").sum()

folder = Path(nml.__file__).parent / "datasets" / "data"
titanic_reference = pd.read_csv(folder / "titanic_reference.csv")
titanic_current = pd.read_csv(folder / "titanic_analysis.csv").merge(
    pd.read_csv(folder / "titanic_target.csv"), on="PassengerId", how="left"
)
people = pd.concat([titanic_reference, titanic_current], ignore_index=True)
people = people[["Pclass", "Sex", "Age", "Fare", "Embarked", "Survived"]].copy()


# --- univariate drift -----------------------------------------------------------------------------------------------

def drift_case(name, data, reference, current, continuous, categorical, **chunking):
    used = data.copy()
    for column in categorical:
        used[column] = used[column].astype(object)
    calculator = nml.UnivariateDriftCalculator(
        column_names=continuous + categorical,
        treat_as_numerical=continuous,
        treat_as_categorical=categorical,
        continuous_methods=CONTINUOUS,
        categorical_methods=CATEGORICAL,
        **chunking,
    )
    calculator.fit(used.iloc[slice(*reference)].reset_index(drop=True))
    result = calculator.calculate(used.iloc[slice(*current)].reset_index(drop=True)).data
    features = {}
    for column in continuous + categorical:
        features[column] = {}
        for method in CONTINUOUS if column in continuous else CATEGORICAL:
            part = result[column][method]
            features[column][method] = {
                "values": numbers(part["value"]),
                "upper": number(part["upper_threshold"].iloc[0]),
                "alerts": [bool(alert) for alert in part["alert"]],
            }
    chunk = result["chunk"]["chunk"]
    return {
        "name": name,
        "reference": list(reference),
        "current": list(current),
        "keys": [key.strip("[]") for key in chunk["key"]],
        "referenceChunks": int((chunk["period"] == "reference").sum()),
        "features": features,
    }


total = len(flights)
end = len(people)
numeric, labels = ["delay", "distance", "patchy", "constant"], ["origin", "destination", "alone"]
drift = [
    drift_case("weeks", flights, (0, half), (half, total), ["delay", "distance", "patchy", "constant"], labels,
               chunk_period="W", timestamp_column_name="date"),
    drift_case("months", flights, (0, half), (half, total), ["delay", "distance"], ["origin"],
               chunk_period="M", timestamp_column_name="date"),
    drift_case("count", flights, (0, half), (half, total), ["delay", "patchy"], ["destination"]),
    drift_case("size", flights, (0, half), (half, total), ["delay"], ["origin"], chunk_size=3000),
    drift_case("small", flights, (0, 6000), (half, half + 9500), ["delay", "distance"], ["origin"], chunk_number=7),
]
titanic_drift = drift_case("titanic", people, (0, 891), (891, end), ["Age", "Fare", "Pclass"], ["Sex", "Embarked"],
                           chunk_size=200)

# --- chunks ---------------------------------------------------------------------------------------------------------

chunks = []
for size in [1, 10, 100, 101, 250]:
    for incomplete in ["keep", "append", "drop"]:
        if size > 101 and incomplete == "append":
            continue  # NannyML fails when there is no whole chunk to append to.
        data = flights.iloc[:101]
        cut = SizeBasedChunker(size, incomplete).split(data.reset_index(drop=True))
        chunks.append({"by": "size", "rows": size, "incomplete": incomplete,
                       "cut": [[int(chunk.data.index.min()), int(chunk.data.index.max()) + 1] for chunk in cut]})
for count in [1, 3, 10, 101]:
    for incomplete in ["keep", "append", "drop"]:
        cut = CountBasedChunker(count, incomplete).split(flights.iloc[:101].reset_index(drop=True))
        chunks.append({"by": "count", "chunks": count, "incomplete": incomplete,
                       "cut": [[int(chunk.data.index.min()), int(chunk.data.index.max()) + 1] for chunk in cut]})
periods = {}
for period, offset in {"hour": "h", "day": "D", "week": "W", "month": "M", "quarter": "Q", "year": "Y"}.items():
    cut = nml.chunk.PeriodBasedChunker("date", offset).split(flights)
    shown = cut if len(cut) < 50 else cut[:5] + cut[-5:]
    periods[period] = {
        "chunks": len(cut),
        "shown": [[chunk.key, int(chunk.data.index.min()), int(chunk.data.index.max()) + 1,
                   int(chunk.start_datetime.timestamp() * 1000)] for chunk in shown],
    }

# --- CBPE -----------------------------------------------------------------------------------------------------------

BINARY = ["roc_auc", "average_precision", "f1", "precision", "recall", "specificity", "accuracy", "confusion_matrix",
          "business_value"]
FIELDS = ["value", "realized", "lower_confidence_boundary", "upper_confidence_boundary"]


def cbpe_case(name, reference, current, options, cells_only=False, **more):
    estimator = nml.CBPE(y_true="y_true", y_pred="y_pred", metrics=BINARY, **options)
    # NannyML draws samples from NumPy's global state.
    np.random.seed(42)
    estimator.fit(reference)
    result = estimator.estimate(current).data
    metrics = {}
    for metric in dict.fromkeys(result.columns.get_level_values(0)):
        if metric == "chunk" or (cells_only and not metric.endswith("tive")):
            continue
        part = result[metric]
        metrics[metric] = {
            **{field: numbers(part[field]) for field in FIELDS},
            "lower": number(part["lower_threshold"].iloc[0]),
            "upper": number(part["upper_threshold"].iloc[0]),
            "alerts": [bool(alert) for alert in part["alert"]],
        }
    return {
        "name": name,
        "calibrated": [bool(estimator.needs_calibration)] if isinstance(estimator.y_pred_proba, str)
        else [type(each).__name__ == "IsotonicCalibrator" for each in estimator._calibrators.values()],
        "referenceChunks": int((result["chunk"]["period"] == "reference").sum()),
        "keys": [key.strip("[]") for key in result["chunk"]["key"]],
        "metrics": metrics,
        **more,
    }


# Late: more than 15 minutes. The place among all flights adds so little that no two scores are equal, and no more.
minute = flights["date"].dt.hour * 60 + flights["date"].dt.minute
features = pd.DataFrame({"minute": minute / 1440, "distance": flights["distance"] / 1000, "place": rows / 60000})
late = (flights["delay"] > 15).astype(int)
tie = 1e-6
fitted = LogisticRegression().fit(features.loc[: half - 1, ["minute", "distance"]], late[:half])
weights = [float(weight) for weight in fitted.coef_[0]]
intercept = float(fitted.intercept_[0])
z = ((features["minute"] * weights[0] + features["distance"] * weights[1]) + features["place"] * tie) + intercept
scored = pd.DataFrame({"date": flights["date"], "y_true": late, "score": 0.5 + 0.5 * (z / (1 + z.abs()))})
cut = round(float(scored["score"][:half].quantile(0.7)), 4)
scored["y_pred"] = (scored["score"] > cut).astype(int)
assert scored["score"].is_unique, "tied scores would be in an order by chance"
worth = [[1, -2], [-5, 3]]
binary = {"problem_type": "classification_binary", "y_pred_proba": "score", "business_value_matrix": worth}
unlabelled = scored.iloc[half:].reset_index(drop=True)
flights_model = {"weights": [*weights, tie], "intercept": intercept, "cut": cut, "worth": worth}
flights_cbpe = [
    cbpe_case("flights by count", scored.iloc[:half].reset_index(drop=True), unlabelled, binary),
    cbpe_case("flights by week", scored.iloc[:half], scored.iloc[half:],
              {**binary, "chunk_period": "W", "timestamp_column_name": "date", "normalize_confusion_matrix": "true",
               "normalize_business_value": "per_prediction"}, share="true"),
]
for normalize in ["all", "pred"]:
    flights_cbpe.append(cbpe_case(f"flights, {normalize}", scored.iloc[:half].reset_index(drop=True), unlabelled,
                                  {**binary, "chunk_size": 4000, "normalize_confusion_matrix": normalize},
                                  cells_only=True, share={"pred": "predicted"}.get(normalize, normalize)))

# Titanic: cross-validated on the reference, so that the scores are those of people the model has not seen.
inputs = pd.DataFrame({
    "first": people["Pclass"] == 1, "third": people["Pclass"] == 3, "female": people["Sex"] == "female",
    "age": people["Age"].fillna(28), "fare": people["Fare"].fillna(14),
}).astype(float)
titanic_model = make_pipeline(StandardScaler(), LogisticRegression())
survived = people["Survived"]
score = np.r_[
    cross_val_predict(titanic_model, inputs[:891], survived[:891], cv=10, method="predict_proba")[:, 1],
    titanic_model.fit(inputs[:891], survived[:891]).predict_proba(inputs[891:])[:, 1],
]
# Tied scores would be in an order by chance.
score = np.round(score, 5) + np.argsort(np.argsort(score, kind="stable")) * 1e-9
score = np.array([float(f"{value:.9f}") for value in score])
assert len(set(score)) == len(score)
titanic = pd.DataFrame({"y_true": survived, "score": score, "y_pred": (score > 0.5).astype(int)})
assert titanic.isna().sum().sum() == 0
titanic_cbpe = cbpe_case("titanic", titanic[:891], titanic[891:].reset_index(drop=True), {**binary, "chunk_size": 150})

# Digits: regularised so far that no score is 0 or 1.
digits = load_digits(n_class=5)
proba = cross_val_predict(LogisticRegression(C=2e-5, max_iter=1000), digits.data, digits.target, cv=5,
                          method="predict_proba")
tenths = np.round(proba, 7)
tenths[:, 0] = np.round(1 - tenths[:, 1:].sum(axis=1), 7)
for each in range(5):
    assert len(set(tenths[:, each])) == len(tenths), "tied scores would be in an order by chance"
# The second half is written by others; one in three fours is missing there.
names = ["four", "one", "three", "two", "zero"]
name_of = {0: "zero", 1: "one", 2: "two", 3: "three", 4: "four"}
columns = {name_of[each]: f"p_{name_of[each]}" for each in range(5)}
digit_rows = pd.DataFrame({f"p_{name_of[each]}": tenths[:, each] for each in range(5)})
digit_rows["y_true"] = [name_of[target] for target in digits.target]
digit_rows["y_pred"] = [name_of[int(each)] for each in tenths.argmax(axis=1)]
for column in ["y_true", "y_pred"]:
    digit_rows[column] = digit_rows[column].astype(object)
digit_worth = [[2 if i == j else -1 - abs(i - j) for j in range(5)] for i in range(5)]
digits_cbpe = cbpe_case("digits", digit_rows[:500], digit_rows[500:].reset_index(drop=True),
                        {"problem_type": "classification_multiclass", "y_pred_proba": columns, "chunk_size": 100,
                         "business_value_matrix": digit_worth})

# --- parts ----------------------------------------------------------------------------------------------------------

def calibration_errors(labels, scores):
    """NannyML's expected calibration errors, but with equal values in the order of splits, scores and rows."""
    truth, before, after = [], [], []
    for train, test in StratifiedShuffleSplit(n_splits=10, test_size=0.1, random_state=42).split(scores, labels):
        test = test[np.lexsort((test, scores[test]))]
        calibrator = IsotonicCalibrator()
        calibrator.fit(scores[train], labels[train])
        truth.append(labels[test])
        before.append(scores[test])
        after.append(calibrator.calibrate(scores[test]))
    truth = np.concatenate(truth)
    errors = []
    for each in [np.concatenate(before), np.concatenate(after)]:
        order = each.argsort(kind="stable")
        bins = _get_bin_index_edges(len(each), 10)
        errors.append(sum(abs(each[order][i:j].mean() - truth[order][i:j].mean()) * (j - i) / len(each) for i, j in bins))
    return errors


calibrations = []
for name, distort in {"as it is": lambda p: p, "squared": lambda p: p * p, "root": np.sqrt,
                      "halved": lambda p: p / 2, "reversed": lambda p: 1 - p}.items():
    labels, scores = survived[:891].to_numpy(), distort(score[:891])
    calibrations.append({"name": name, "errors": numbers(calibration_errors(labels, scores)),
                         "needed": bool(needs_calibration(labels, scores, IsotonicCalibrator()))})
splits = StratifiedShuffleSplit(n_splits=10, test_size=0.1, random_state=42).split(score[:891], survived[:891])
tests = [sorted(int(row) for row in test) for _, test in splits]
isotonic = IsotonicRegression(out_of_bounds="clip").fit(np.round(score[:891], 2), survived[:891])
grid = [-0.1, 0, 0.05, 0.1, 0.123, 0.25, 0.333, 0.5, 0.62, 0.7, 0.81, 0.9, 0.955, 0.99, 1, 2]
months = flights.groupby(flights["date"].dt.to_period("W"))["delay"].mean().tolist()
series = {"weekly mean delay": months, "with ties": [1, 1, 2, 2, 3, 2, 4, 4, 5, 5], "falling": [9, 8.5, 8, 8, 7, 5, 4, 3.5]}

print(json.dumps(default=int, allow_nan=False, obj={
    "versions": versions,
    "half": int(half),
    "drift": drift,
    "titanicDrift": titanic_drift,
    "chunks": chunks,
    "periods": periods,
    "flightsModel": flights_model,
    "flightsCbpe": flights_cbpe,
    "titanic": {
        "age": numbers(people["Age"]), "fare": numbers(people["Fare"]), "class": people["Pclass"].tolist(),
        "sex": "".join(people["Sex"].str[0]), "embarked": "".join(people["Embarked"].fillna("-")),
        "survived": "".join(str(int(each)) for each in survived), "score": [float(each) for each in score],
    },
    "titanicCbpe": titanic_cbpe,
    "digits": {
        "classes": names, "worth": digit_worth,
        "yTrue": "".join(str(names.index(each)) for each in digit_rows["y_true"]),
        "yPred": "".join(str(names.index(each)) for each in digit_rows["y_pred"]),
        "yScore": [[round(value * 1e7) for value in digit_rows[f"p_{each}"]] for each in names],
    },
    "digitsCbpe": digits_cbpe,
    "calibrations": calibrations,
    "stratifiedTests": [[tests[0][:10], sum(test)] for test in tests],
    "isotonic": {"x": grid, "y": numbers(isotonic.predict(grid)),
                 "points": [numbers(isotonic.X_thresholds_), numbers(isotonic.y_thresholds_)]},
    "kendall": [{"name": name, "values": values,
                 "pValue": float(kendalltau(range(len(values)), values, method="asymptotic").pvalue),
                 "autocorrelations": numbers(acf(values, nlags=7, adjusted=False, fft=False))}
                for name, values in series.items()],
}))
