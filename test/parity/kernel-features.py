"""Kernel SHAP with few columns by least angle regression, for test/explain/any-model/kernel-shap.test.ts.

pip install -r test/parity/requirements-shap.txt; python -P test/parity/kernel-features.py > test/parity/golden/kernel-features.json

Eight columns, so that all coalitions are enumerated and nothing is drawn.
"""
import json
import warnings

import numpy as np
import shap
import sklearn

warnings.filterwarnings("ignore")
rng = np.random.RandomState(3)
background, rows = rng.uniform(-1, 1, (6, 8)).round(3), rng.uniform(-1, 1, (3, 8)).round(3)


def model(x):
    return 2 * x[:, 0] + np.tanh(3 * x[:, 1] * x[:, 2]) - x[:, 3] * x[:, 4] * x[:, 5] + 0.3 * x[:, 6] + 0.05 * x[:, 7]


explainer = shap.KernelExplainer(model, background)
weighted = shap.KernelExplainer(model, shap.kmeans(np.repeat(background, [1, 2, 3, 1, 1, 4], axis=0), 6))
print(json.dumps({
    "versions": {"shap": shap.__version__, "scikit-learn": sklearn.__version__},
    "background": background.tolist(),
    "rows": rows.tolist(),
    "all": explainer.shap_values(rows, l1_reg=0, silent=True).tolist(),
    "features": {str(k): explainer.shap_values(rows, l1_reg=f"num_features({k})", silent=True).tolist() for k in (1, 2, 3, 5)},
    "weighted": {
        "background": weighted.data.data.tolist(),
        "weights": weighted.data.weights.tolist(),
        "values": weighted.shap_values(rows, l1_reg=0, silent=True).tolist(),
    },
}))
