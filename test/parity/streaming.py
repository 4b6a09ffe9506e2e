"""Golden alarms of kernel-lib/drift/streaming, by river's detectors on real streams.

Run with the packages of requirements-river.txt: python test/parity/streaming.py > test/parity/golden/streaming.json
Streams of the flights are read again by the test from kernel-lib/demo/flights.parquet; the others, which river brings
in its wheel, are kept here.
"""
import json
import pathlib
import random
from importlib.metadata import version

import pyarrow.parquet as parquet
from river import datasets, drift, linear_model, preprocessing, tree

flights = parquet.read_table(
    pathlib.Path(__file__).parents[2] / "kernel-lib/demo/flights.parquet"
).to_pydict()
delays = flights["delay"]
january = [delay for delay, date in zip(delays, flights["date"]) if date.month == 1][:5000]
june = [delay for delay, date in zip(delays, flights["date"]) if date.month == 6][:5000]


def errors(model, rows):
    """1 where a model that learns as it goes is wrong."""
    wrong = []
    for features, label in rows:
        wrong.append(int(model.predict_one(features) != label))
        model.learn_one(features, label)
    return wrong


def column(dataset, name=None):
    rows = [target for _, target in dataset]
    return [float(row[name] if name else row) for row in rows]


phishing = list(datasets.Phishing())
bananas = list(datasets.Bananas())
# The labels turn round half way: a change of the concept itself.
turned = phishing + [(features, not label) for features, label in phishing]
kept = {
    "errors of a logistic regression, labels of Phishing turned": errors(
        preprocessing.StandardScaler() | linear_model.LogisticRegression(), turned
    ),
    "errors of a Hoeffding tree on Bananas": errors(tree.HoeffdingTreeClassifier(), bananas),
    "airline passengers": column(drift.datasets.AirlinePassengers()),
    "bitcoin": column(drift.datasets.Bitcoin()),
    "brent crude oil": column(drift.datasets.BrentSpotPrice()),
    "carbon dioxide in a room": column(drift.datasets.Occupancy(), "V4"),
    "light in a room": column(drift.datasets.Occupancy(), "V3"),
}
made = {
    "delays": delays,
    "late flights": [int(delay > 15) for delay in delays],
    "delays of January, then of June": january + june,
    "late flights of January, then all late": [int(delay > 15) for delay in january]
    + [1] * 2000,
}
detectors = {
    "Adwin": [(drift.ADWIN, {}, {}), (drift.ADWIN, {"delta": 0.1, "clock": 1, "max_buckets": 2, "min_window_length": 3, "grace_period": 20}, {"delta": 0.1, "clock": 1, "maxBuckets": 2, "minWindowLength": 3, "gracePeriod": 20})],
    "Ddm": [(drift.binary.DDM, {}, {}), (drift.binary.DDM, {"warm_start": 100, "warning_threshold": 1.5, "drift_threshold": 2}, {"warmStart": 100, "warningThreshold": 1.5, "driftThreshold": 2})],
    "Eddm": [(drift.binary.EDDM, {}, {}), (drift.binary.EDDM, {"warm_start": 50, "alpha": 0.8, "beta": 0.75}, {"warmStart": 50, "warningThreshold": 0.8, "driftThreshold": 0.75})],
    "PageHinkley": [(drift.PageHinkley, {}, {})] + [
        (drift.PageHinkley, {"mode": mode, "threshold": 20, "delta": 0.1, "alpha": 0.999, "min_instances": 50}, {"mode": mode, "threshold": 20, "delta": 0.1, "forgettingFactor": 0.999, "minInstances": 50})
        for mode in ("up", "down", "both")
    ],
    "Kswin": [(drift.KSWIN, {"seed": 0}, {}), (drift.KSWIN, {"seed": 42, "alpha": 0.01, "window_size": 400, "stat_size": 8}, {"seed": 42, "alpha": 0.01, "windowSize": 400, "statSize": 8})],
}


def ranges(positions):
    """[first, last] of each stretch."""
    found = []
    for position in positions:
        if found and found[-1][1] == position - 1:
            found[-1][1] = position
        else:
            found.append([position, position])
    return found


cases = []
for stream, values in {**made, **kept}.items():
    binary = set(values) <= {0, 1}
    for name, variants in detectors.items():
        if name in ("Ddm", "Eddm") and not binary:
            continue
        for make, given, options in variants:
            # Page-Hinkley alarms all the time on minutes, and SciPy's test in KSWIN takes 0.3 ms for each value.
            used = values[: {"Kswin": 8000, "PageHinkley": 15000}.get(name)]
            detector = make(**given)
            alarms, warnings, windows = [], [], []
            for position, value in enumerate(used):
                detector.update(value)
                if detector.drift_detected:
                    alarms.append(position)
                if name in ("Ddm", "Eddm") and detector.warning_detected:
                    warnings.append(position)
                if name == "Adwin" and position % (len(used) // 10) == 7:
                    windows.append([position, detector.width, detector.estimation, detector.variance])
            case = {"stream": stream, "detector": name, "options": options, "values": len(used), "alarms": alarms}
            if name in ("Ddm", "Eddm"):
                case["warnings"] = ranges(warnings)
            if name == "Adwin":
                case["windows"] = windows
            cases.append(case)

samples = []
for seed, population, size in ((0, 70, 30), (42, 70, 30), (-7, 295, 5), (2**40 + 3, 1000, 30), (5, 2000, 700)):
    rng = random.Random(seed)
    samples.append({"seed": seed, "population": population, "size": size, "sample": rng.sample(range(population), size), "then": [rng.randrange(1000) for _ in range(5)]})

print(
    json.dumps(
        {
            "versions": {name: version(name) for name in ("river", "scipy", "numpy")},
            "streams": {name: "".join(map(str, values)) if set(values) <= {0, 1} else values for name, values in kept.items()},
            "cases": cases,
            "samples": samples,
        },
        separators=(",", ":"),
    )
)
