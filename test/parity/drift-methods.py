"""Golden scores and verdicts of kernel-lib/drift/methods/methods.ts, by the methods of Evidently and NannyML themselves.

Run in the repository with the packages of requirements-drift-methods.txt, after two-sample.py, whose samples it takes:
python test/parity/drift-methods.py test/parity/golden
"""
import json
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

warnings.simplefilter("ignore")
from evidently.legacy.calculations.stattests import registry  # noqa: E402
from evidently.legacy.calculations.stattests.mmd_stattest import mmd_pval  # noqa: E402
from evidently.legacy.calculations.stattests.tvd_stattest import _total_variation_distance  # noqa: E402
from evidently.legacy.core import ColumnType  # noqa: E402
from nannyml.chunk import DefaultChunker  # noqa: E402
from nannyml.drift.univariate.methods import FeatureType, MethodFactory  # noqa: E402
from nannyml.thresholds import ConstantThreshold  # noqa: E402

# The random numbers of a permutation test decide p-values near the threshold: Evidently's verdict there is chance.
PERMUTED = {"TVD", "empirical_mmd"}
golden = json.loads((Path(sys.argv[1]) / "two-sample.json").read_text())


def series(side):
    if isinstance(side, dict):
        values, counts = zip(*side["counts"])
        return pd.Series(np.repeat(np.array(values), counts))
    return pd.Series(side)


def cleaned(column):
    """As Evidently cleans a column before any method sees it."""
    return column.replace([-np.inf, np.inf], np.nan).dropna() if column.isna().any() else column


def tested(stat_test, kind, reference, current):
    try:
        result = stat_test(reference.copy(), current.copy(), kind, None)
        return [float(result.drift_score), bool(result.drifted)]
    except (ValueError, ZeroDivisionError, TypeError) as error:
        return f"{type(error).__name__}: {error}"


def by_evidently(kind, reference, current):
    answers = {}
    for name, kinds in registry._registered_stat_tests.items():
        if kind in kinds and not (name in PERMUTED and len(reference) + len(current) > 2000):
            answers[name] = tested(kinds[kind], kind, reference, current)
    return answers


def by_nannyml(kind, reference, current):
    answers = {}
    reference, current = reference.rename("x"), current.rename("x")
    for name, kinds in MethodFactory.registry.items():
        if kind not in kinds:
            continue
        method = MethodFactory.create(name, kind, chunker=DefaultChunker(), threshold=ConstantThreshold(upper=0.1))
        method._fit(reference)
        value = float(method.calculate(current))
        answers[name] = method._p_value if name == "chi2" else value
    return answers


numerical, categorical, defaults = {}, {}, {}
for name, sample in golden["samples"].items():
    reference, current = [cleaned(series(sample[side])) for side in ("reference", "current")]
    numerical[name] = {
        "whole": bool(pd.api.types.is_integer_dtype(reference) and pd.api.types.is_integer_dtype(current)),
        "evidently": by_evidently(ColumnType.Numerical, reference, current),
        "nannyml": by_nannyml(FeatureType.CONTINUOUS, reference, current),
    }
    distinct = pd.concat([reference, current]).nunique()
    if 2 <= distinct <= 100 and len(reference) + len(current) < 2000:
        # What Evidently does by default to numbers with few distinct values: the tests of categories.
        numerical[name]["asCategories"] = by_evidently(ColumnType.Categorical, reference, current)
    if len(reference) + len(current) <= 1500 and min(len(reference), len(current)) > 1:
        _, statistic = mmd_pval(reference.to_numpy(float).reshape(-1, 1), current.to_numpy(float).reshape(-1, 1))
        numerical[name]["discrepancy"] = float(statistic)
for name, sample in golden["categories"].items():
    reference, current = [cleaned(series(sample[side])) for side in ("reference", "current")]
    categorical[name] = {
        "evidently": by_evidently(ColumnType.Categorical, reference, current),
        "nannyml": by_nannyml(FeatureType.CATEGORICAL, reference, current),
        "totalVariation": float(_total_variation_distance(reference, current)),
    }

answer = {
    "versions": {package: version(package) for package in ("evidently", "nannyml", "scipy", "numpy", "pandas")},
    "thresholds": {
        name: [next(iter(kinds.values())).default_threshold, sorted(kind.value for kind in kinds)]
        for name, kinds in registry._registered_stat_tests.items()
        if not name.endswith("text_content_drift")
    },
    "numerical": numerical,
    "categorical": categorical,
}


def simple(value):
    """Infinities and NaN as texts, since JSON has none."""
    if isinstance(value, dict):
        return {key: simple(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [simple(each) for each in value]
    if isinstance(value, float) and not np.isfinite(value):
        return {np.inf: "Infinity", -np.inf: "-Infinity"}.get(value, "NaN")
    return value


(Path(sys.argv[1]) / "drift-methods.json").write_text(json.dumps(simple(answer), separators=(",", ":")) + "\n")
