"""Makes a table, and times Evidently's summary and Great Expectations on it.

quality_peers.py make <file> <rows>
quality_peers.py measure <file> <file of expectations>: prints seconds as JSON, reading the file included
"""
import json
import sys
import time

import numpy as np
import pandas as pd


def make(path, rows):
    """50 columns: 30 of continuous numbers, 10 of whole ones, 8 of text, a time and a boolean; some values missing."""
    random = np.random.default_rng(7)
    columns = {}
    for i in range(30):
        values = random.normal(size=rows)
        values[random.random(rows) < 0.01 * (i % 3)] = np.nan
        columns[f"number_{i}"] = values
    for i in range(10):
        columns[f"count_{i}"] = random.poisson(10 * (i + 1), rows)
    names = np.array([f"category {i}" for i in range(20)], dtype=object)
    for i in range(8):
        columns[f"text_{i}"] = names[random.integers(0, 20, rows)]
    columns["time"] = pd.Timestamp("2001-01-01") + pd.to_timedelta(np.arange(rows), unit="s")
    columns["flag"] = random.random(rows) < 0.5
    pd.DataFrame(columns).to_parquet(path, row_group_size=122880)


def evidently_summary(path):
    from evidently import Dataset, Report
    from evidently.presets import DataSummaryPreset

    start = time.perf_counter()
    frame = pd.read_parquet(path)
    Report([DataSummaryPreset()]).run(Dataset.from_pandas(frame), None).dict()
    return time.perf_counter() - start


def great_expectations(path, expectations):
    import great_expectations as gx

    kinds = {
        "not-null": lambda e: gx.expectations.ExpectColumnValuesToNotBeNull(column=e["column"]),
        "between": lambda e: gx.expectations.ExpectColumnValuesToBeBetween(
            column=e["column"], min_value=e["min"], max_value=e["max"]
        ),
        "in-set": lambda e: gx.expectations.ExpectColumnValuesToBeInSet(
            column=e["column"], value_set=e["values"]
        ),
        "matches": lambda e: gx.expectations.ExpectColumnValuesToMatchRegex(
            column=e["column"], regex=e["regex"]
        ),
        "monotonic": lambda e: gx.expectations.ExpectColumnValuesToBeIncreasing(
            column=e["column"]
        ),
        "unique": lambda e: gx.expectations.ExpectColumnValuesToBeUnique(column=e["columns"][0]),
    }
    suite = gx.ExpectationSuite(
        name="suite", expectations=[kinds[e["expect"]](e) for e in expectations]
    )
    start = time.perf_counter()
    frame = pd.read_parquet(path)
    context = gx.get_context(mode="ephemeral")
    batch = context.data_sources.pandas_default.read_dataframe(frame)
    result = batch.validate(suite, result_format="BASIC")
    seconds = time.perf_counter() - start
    return seconds, [each.result.get("unexpected_count") for each in result.results]


if sys.argv[1] == "make":
    make(sys.argv[2], int(sys.argv[3]))
else:
    with open(sys.argv[3]) as file:
        expectations = json.load(file)
    seconds, failing = great_expectations(sys.argv[2], expectations)
    summary = evidently_summary(sys.argv[2])
    print(json.dumps({"summary": summary, "expectations": seconds, "failing": failing}))
