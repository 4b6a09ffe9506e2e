"""Golden values of kernel-lib/evaluate, by scikit-learn: real data, ties, weights (some of them 0) and degenerate input.

Run with the packages of requirements.txt: python test/parity/evaluate.py > test/parity/golden/evaluate.json
"""
import itertools
import json
import math
import warnings

import numpy as np
import sklearn
from sklearn import metrics as m
from sklearn.calibration import calibration_curve
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")
random = np.random.default_rng(5)
data, cases = {}, []


def plain(value):
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, (float, np.floating)):
        value = float(value)
        return value if math.isfinite(value) else "NaN" if math.isnan(value) else "Infinity"
    if isinstance(value, np.generic):
        return value.item()
    return value


def add(function, on, options, expected):
    cases.append({"function": function, "data": on, "options": options, "expected": plain(expected)})


def weightings(name, some=True):
    """No weights, weights, and weights of which a third are 0; an option names them by their place in the data."""
    yield {}, None
    if some:
        rows = len(data[name]["yTrue"])
        weights = np.round(random.uniform(0.1, 3, rows), 2)
        zeros = np.where(np.arange(rows) % 3 == 1, 0.0, weights)
        if "weights" not in data[name]:
            data[name]["weights"] = [weights.tolist(), zeros.tolist()]
        for place, each in enumerate(data[name]["weights"]):
            yield {"sampleWeight": place}, np.array(each)


def binary(name, y_true, y_pred, y_score, positive=1, weighted=True):
    y_true, y_pred, y_score = np.array(y_true), np.array(y_pred), np.array(y_score, dtype=float)
    data[name] = {"yTrue": y_true.tolist(), "yPred": y_pred.tolist(), "yScore": y_score.tolist()}
    labels = sorted({*y_true.tolist(), *y_pred.tolist()})
    negative = next((label for label in labels if label != positive), None)
    own = {} if positive == 1 else {"posLabel": positive}
    truth = (y_true == positive).astype(int)
    predicted = (y_pred == positive).astype(int)
    for weight, w in weightings(name, weighted):
        options = {**own, **weight}
        for (function, score), zero in itertools.product(
            {
                "precision": m.precision_score,
                "recall": m.recall_score,
                "f1": m.f1_score,
            }.items(),
            [0, 1, math.nan] if w is None else [0],
        ):
            add(
                function,
                name,
                {**options, "zeroDivision": plain(float(zero))} if zero != 0 else options,
                score(truth, predicted, sample_weight=w, zero_division=zero),
            )
        add("jaccard", name, options, m.jaccard_score(truth, predicted, sample_weight=w))
        add("specificity", name, options, m.recall_score(1 - truth, 1 - predicted, sample_weight=w))
        for beta in [0, 0.5, 2]:
            add("fBeta", name, {**options, "beta": beta}, m.fbeta_score(truth, predicted, beta=beta, sample_weight=w))
        add("accuracy", name, weight, m.accuracy_score(y_true, y_pred, sample_weight=w))
        add("zeroOneLoss", name, weight, m.zero_one_loss(y_true, y_pred, sample_weight=w))
        add("hammingLoss", name, weight, m.hamming_loss(y_true, y_pred, sample_weight=w))
        add("balancedAccuracy", name, weight, m.balanced_accuracy_score(y_true, y_pred, sample_weight=w))
        add("matthewsCorrelation", name, weight, m.matthews_corrcoef(y_true, y_pred, sample_weight=w))
        add("cohenKappa", name, weight, m.cohen_kappa_score(y_true, y_pred, sample_weight=w))
        tn, fp, fn, tp = m.confusion_matrix(truth, predicted, labels=[0, 1], sample_weight=w).ravel()
        add(
            "binaryCounts",
            name,
            options,
            {"truePositives": tp, "falsePositives": fp, "falseNegatives": fn, "trueNegatives": tn},
        )
        add("rocAuc", name, options, m.roc_auc_score(truth, y_score, sample_weight=w))
        if 0 < truth.sum() < len(truth):
            for limit in [0.1, 0.35]:
                add(
                    "rocAuc",
                    name,
                    {**options, "maxFpr": limit},
                    m.roc_auc_score(truth, y_score, sample_weight=w, max_fpr=limit),
                )
        add("averagePrecision", name, options, m.average_precision_score(truth, y_score, sample_weight=w))
        add("logLoss", name, options, m.log_loss(truth, y_score, sample_weight=w, labels=[0, 1]))
        add("brierScore", name, options, m.brier_score_loss(truth, y_score, sample_weight=w, pos_label=1))
        if len(y_true) > 20 and w is not None and w.min() > 0:
            continue
        for drop in [True, False]:
            fpr, tpr, thresholds = m.roc_curve(truth, y_score, sample_weight=w, drop_intermediate=drop, pos_label=1)
            add(
                "rocCurve",
                name,
                {**options, "dropIntermediate": drop},
                {"falsePositiveRate": fpr, "truePositiveRate": tpr, "thresholds": thresholds},
            )
            precision, recall, thresholds = m.precision_recall_curve(
                truth, y_score, sample_weight=w, drop_intermediate=drop, pos_label=1
            )
            add(
                "precisionRecallCurve",
                name,
                {**options, "dropIntermediate": drop},
                {"precision": precision, "recall": recall, "thresholds": thresholds},
            )
    for bins, strategy in itertools.product([5, 10], ["uniform", "quantile"]):
        share, mean_score = calibration_curve(truth, y_score, n_bins=bins, strategy=strategy, pos_label=1)
        options = {**own, "bins": bins, "strategy": strategy}
        add("calibrationCurve", name, options, {"share": share, "meanScore": mean_score})


features, cancer = load_breast_cancer(return_X_y=True)
scaled = StandardScaler().fit_transform(features[:, :4])
fitted = LogisticRegression(C=0.05).fit(scaled[::2], cancer[::2])
truth = cancer[1::9]
probability = fitted.predict_proba(scaled[1::9])[:, 1]
for name, score in {
    "breast cancer": probability,
    "breast cancer, many ties": np.round(probability, 1),
    "breast cancer, all tied": np.full(len(truth), 0.5),
    "breast cancer, certain and wrong": 1.0 - np.round(probability),
}.items():
    binary(name, truth, (score > 0.5).astype(int), score)
rough = np.round(probability[:12], 1)
binary("no positive", [0] * 12, (rough > 0.5).astype(int), rough)
binary("no negative", [1] * 12, (rough > 0.5).astype(int), rough)
binary("none predicted", truth[:12], [0] * 12, rough)
binary("all predicted", truth[:12], [1] * 12, rough)
binary("one row", [1], [1], [0.25], weighted=False)
words = np.where(truth[:20] == 1, "yes", "no")
binary("texts", words, np.where(probability[:20] > 0.7, "yes", "no"), probability[:20], positive="yes")
binary("positive is 0", truth[:20], (probability[:20] > 0.7).astype(int), 1 - probability[:20], positive=0)

averaged = {"precision": m.precision_score, "recall": m.recall_score, "f1": m.f1_score, "jaccard": m.jaccard_score}


def averages(name, y_true, y_pred, kinds, labels=None):
    for weight, w in weightings(name):
        for kind, (function, score) in itertools.product(kinds, averaged.items()):
            zeros = [0, 1] if function == "jaccard" else [0, 1, math.nan]
            for zero in zeros if w is None else [0]:
                options = {**weight, "average": kind}
                if zero != 0:
                    options["zeroDivision"] = plain(float(zero))
                if labels is not None:
                    options["labels"] = labels
                add(
                    function,
                    name,
                    options,
                    score(
                        y_true,
                        y_pred,
                        average=None if kind == "none" else kind,
                        labels=labels,
                        sample_weight=w,
                        zero_division=zero,
                    ),
                )
        counts = m.multilabel_confusion_matrix(y_true, y_pred, sample_weight=w, labels=labels)
        negatives = counts[:, 0, 0] + counts[:, 0, 1]
        options = {**weight, "average": "none", **({} if labels is None else {"labels": labels})}
        add("specificity", name, options, np.where(negatives == 0, 0, counts[:, 0, 0] / np.where(negatives == 0, 1, negatives)))
        report = m.classification_report(
            y_true, y_pred, labels=labels, sample_weight=w, output_dict=True, zero_division=0, target_names=None
        )
        short = lambda each: {"precision": each["precision"], "recall": each["recall"], "f1": each["f1-score"], "support": each["support"]}
        outer = ["accuracy", "micro avg", "macro avg", "weighted avg", "samples avg"]
        add(
            "classificationReport",
            name,
            {**weight, **({} if labels is None else {"labels": labels})},
            {
                "byLabel": [short(each) for key, each in report.items() if key not in outer],
                "macro": short(report["macro avg"]),
                "weighted": short(report["weighted avg"]),
            },
        )


def multiclass(name, y_true, y_pred, y_score, subset):
    y_true, y_pred = np.array(y_true), np.array(y_pred)
    data[name] = {"yTrue": y_true.tolist(), "yPred": y_pred.tolist(), "yScore": y_score.tolist()}
    averages(name, y_true, y_pred, ["micro", "macro", "weighted", "none"])
    averages(name, y_true, y_pred, ["micro", "macro", "weighted", "none"], subset)
    for weight, w in weightings(name):
        add("accuracy", name, weight, m.accuracy_score(y_true, y_pred, sample_weight=w))
        for adjusted in [False, True]:
            add("balancedAccuracy", name, {**weight, "adjusted": adjusted}, m.balanced_accuracy_score(y_true, y_pred, sample_weight=w, adjusted=adjusted))
        add("matthewsCorrelation", name, weight, m.matthews_corrcoef(y_true, y_pred, sample_weight=w))
        for kind in [None, "linear", "quadratic"]:
            add("cohenKappa", name, {**weight, **({} if kind is None else {"weights": kind})}, m.cohen_kappa_score(y_true, y_pred, weights=kind, sample_weight=w))
        for kind, ours in {None: None, "true": "true", "pred": "predicted", "all": "all"}.items():
            for labels in [None, subset]:
                options = {**weight, **({} if ours is None else {"normalize": ours}), **({} if labels is None else {"labels": labels})}
                add("confusionMatrix", name, options, {"counts": m.confusion_matrix(y_true, y_pred, sample_weight=w, normalize=kind, labels=labels)})
        for kind in ["micro", "macro", "weighted", "none"]:
            own = None if kind == "none" else kind
            add("rocAuc", name, {**weight, "average": kind}, m.roc_auc_score(y_true, y_score, multi_class="ovr", average=own, sample_weight=w))
            add("averagePrecision", name, {**weight, "average": kind}, m.average_precision_score(y_true, y_score, average=own, sample_weight=w))
        add("logLoss", name, weight, m.log_loss(y_true, y_score, sample_weight=w))
        add("brierScore", name, weight, m.brier_score_loss(y_true, y_score, sample_weight=w))
    for kind in ["macro", "weighted"]:
        add("rocAuc", name, {"average": kind, "multiClass": "ovo"}, m.roc_auc_score(y_true, y_score, multi_class="ovo", average=kind))


rows = 45
score = np.round(random.dirichlet([1, 1, 1], rows) * 20) / 20
score[:, 2] = 1 - score[:, 0] - score[:, 1]
score = np.clip(score, 0, 1)
score /= score.sum(axis=1, keepdims=True)
classes = np.where(random.random(rows) < 0.5, score.argmax(axis=1), random.integers(0, 3, rows))
multiclass("three classes", classes, score.argmax(axis=1), score, [2, 0])
names = np.array(["ant", "bee", "cat"])
multiclass("three texts, one never predicted", names[classes], names[np.minimum(score.argmax(axis=1), 1)], score, ["cat", "ant"])

labels_true = (random.random((30, 4)) < [0.5, 0.2, 0.7, 0]).astype(int)
labels_pred = np.where(random.random((30, 4)) < 0.7, labels_true, 1 - labels_true)
labels_true[3] = labels_pred[3] = 0
labels_score = np.round(np.clip(labels_true * 0.3 + random.random((30, 4)) * 0.7, 0, 1), 1)
data["several labels"] = {"yTrue": labels_true.tolist(), "yPred": labels_pred.tolist(), "yScore": labels_score.tolist()}
averages("several labels", labels_true, labels_pred, ["micro", "macro", "weighted", "samples", "none"])
averages("several labels", labels_true, labels_pred, ["micro", "macro", "samples", "none"], [2, 0])
for weight, w in weightings("several labels"):
    for function, score in {"accuracy": m.accuracy_score, "zeroOneLoss": m.zero_one_loss, "hammingLoss": m.hamming_loss}.items():
        add(function, "several labels", weight, score(labels_true, labels_pred, sample_weight=w))
    for kind in ["micro", "macro", "weighted", "samples", "none"]:
        own = None if kind == "none" else kind
        add("rocAuc", "several labels", {**weight, "average": kind}, m.roc_auc_score(labels_true, labels_score, average=own, sample_weight=w))
        add("averagePrecision", "several labels", {**weight, "average": kind}, m.average_precision_score(labels_true, labels_score, average=own, sample_weight=w))


def regression(name, y_true, y_pred, weighted=True):
    y_true, y_pred = np.array(y_true, dtype=float), np.array(y_pred, dtype=float)
    data[name] = {"yTrue": y_true.tolist(), "yPred": y_pred.tolist()}
    add("maxError", name, {}, m.max_error(y_true, y_pred))
    for weight, w in weightings(name, weighted):
        for function, score in {
            "mae": m.mean_absolute_error,
            "mse": m.mean_squared_error,
            "rmse": m.root_mean_squared_error,
            "mape": m.mean_absolute_percentage_error,
            "medianAbsoluteError": m.median_absolute_error,
            "r2": m.r2_score,
            "explainedVariance": m.explained_variance_score,
        }.items():
            add(function, name, weight, score(y_true, y_pred, sample_weight=w))
        add("meanError", name, weight, np.average(y_pred - y_true, weights=w))
        add("meanPrediction", name, weight, np.average(y_pred, weights=w))
        if min(y_true.min(), y_pred.min()) > -1:
            add("msle", name, weight, m.mean_squared_log_error(y_true, y_pred, sample_weight=w))
            add("rmsle", name, weight, m.root_mean_squared_log_error(y_true, y_pred, sample_weight=w))
        for alpha in [0, 0.1, 0.5, 1]:
            add("pinballLoss", name, {**weight, "alpha": alpha}, m.mean_pinball_loss(y_true, y_pred, sample_weight=w, alpha=alpha))


mean_radius = features[:60, 0]
regression("radius by a line", mean_radius, 3.2 + 0.11 * features[:60, 2] + random.normal(0, 1, 60))
regression("rounded, many ties", np.round(mean_radius[:30]), np.round(mean_radius[:30] + random.normal(0, 2, 30)))
regression("with zeros and negatives", np.round(random.normal(0, 2, 25)), np.round(random.normal(0, 2, 25)))
# Not with weights: their mean rounds, and scikit-learn then divides by that rounding and answers -4e30.
regression("constant truth", [3] * 8, [3, 3, 4, 2, 3, 1, 5, 3], weighted=False)
regression("perfect and constant", [3] * 8, [3] * 8)
regression("one number", [3], [4], weighted=False)
regression("equal weights on both sides", [0, 0, 0, 0], [1, 2, 3, 4])
data["half the weight"] = {"yTrue": [0] * 6, "yPred": [1, 2, 3, 4, 5, 6]}
data["half the weight"]["weights"] = [[1, 1, 0, 0, 1, 1], [0, 2, 0, 1, 1, 0], [0, 0, 0, 0, 0, 1], [0.1, 0.2, 0.3, 0.3, 0.2, 0.1]]
for place, w in enumerate(data["half the weight"]["weights"]):
    add("medianAbsoluteError", "half the weight", {"sampleWeight": place}, m.median_absolute_error([0] * 6, [1, 2, 3, 4, 5, 6], sample_weight=w))

print(
    json.dumps(
        {
            "versions": {"scikit-learn": sklearn.__version__, "numpy": np.__version__},
            "data": plain(data),
            "cases": cases,
        },
        separators=(",", ":"),
    )
)
