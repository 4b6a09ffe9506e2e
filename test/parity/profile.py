"""Golden answers of kernel-lib/drift/profile, by Apache DataSketches and SciPy on the flights of 2001.

Run with the packages of requirements-profile.txt: python test/parity/profile.py > test/parity/golden/profile.json
The test reads the same rows from kernel-lib/demo/flights.parquet.
"""
import json
import pathlib
from importlib.metadata import version

import numpy as np
import pyarrow.parquet as parquet
from datasketches import hll_sketch, kll_doubles_sketch
from scipy.stats import ks_2samp, wasserstein_distance

flights = parquet.read_table(
    pathlib.Path(__file__).parents[2] / "kernel-lib/demo/flights.parquet"
)
months = np.array([date.month for date in flights["date"].to_pylist()])
columns = {
    "delay": np.array(flights["delay"], float),
    "distance": np.array(flights["distance"], float),
    # Milliseconds; of days, the part that two seasons share.
    "date": flights["date"].cast("timestamp[ms]").to_numpy().astype("datetime64[ms]").astype("int64").astype(float),
}


def share_error(sketch, values):
    """Largest difference of the share of values up to x, over all x that occur."""
    points, counts = np.unique(values, return_counts=True)
    exact = counts.cumsum() / len(values)
    estimates = np.array([sketch.get_rank(float(point), True) for point in points])
    return float(np.abs(estimates - exact).max())


def sketched(values):
    sketch = kll_doubles_sketch(800)
    for part in np.array_split(values, 8):
        other = kll_doubles_sketch(800)
        other.update(part)
        sketch.merge(other)
    hll = hll_sketch(12)
    for value in values:
        hll.update(float(value))
    return {
        "distinct": len(np.unique(values)),
        "hll12": hll.get_estimate(),
        "kll800ShareError": share_error(sketch, values),
        "kll800Bytes": len(sketch.serialize()),
        "quartiles": np.quantile(values, [0.25, 0.5, 0.75], method="inverted_cdf").tolist(),
        "mean": float(values.mean()),
        "standardDeviation": float(values.std(ddof=1)),
    }


def compared(values):
    winter, summer = values[months <= 2], values[months >= 5]
    test = ks_2samp(winter, summer)
    return {
        "kolmogorovSmirnov": [test.statistic, test.pvalue],
        "wasserstein": wasserstein_distance(winter, summer) / winter.std(),
    }


print(
    json.dumps(
        {
            "versions": {name: version(name) for name in ["datasketches", "scipy", "numpy"]},
            "columns": {name: sketched(values) for name, values in columns.items()},
            "seasons": {name: compared(values) for name, values in columns.items()},
        },
        indent=1,
    )
)
