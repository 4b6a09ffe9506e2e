"""Peer of test/bench/kernel-shap.ts. `prepare <folder>` trains the models and writes them, rows and what their SHAP
values are; `measure <folder> <rows>` times shap's KernelExplainer with each model in ONNX Runtime and in scikit-learn,
one thread."""
import json
import os
import pickle
import sys
import time
import warnings

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
warnings.filterwarnings("ignore")
import numpy as np

command, folder = sys.argv[1:3]
path = lambda name: os.path.join(folder, name)
# Of the network no values are exact: those of many permutations, of the first rows, stand for them.
reference_rows, reference_orders = 5, 200

if command == "prepare":
    import shap
    from skl2onnx import to_onnx
    from sklearn.datasets import make_friedman1
    from sklearn.ensemble import GradientBoostingRegressor
    from sklearn.neural_network import MLPClassifier

    x, y = make_friedman1(1000, 30, noise=0.3, random_state=0)
    x = x.astype(np.float32).astype(float)
    # Interactions of more than two columns, which sampling finds hard.
    y = y + 10 * np.all(x[:, 5:9] > 0.4, axis=1) + 8 * np.sin(6 * x[:, 9] * x[:, 10] + 5 * x[:, 11] * x[:, 12])
    background, rows = x[:100], x[100:200]
    trees = GradientBoostingRegressor(max_depth=5, random_state=0).fit(x, y)
    network = MLPClassifier((64, 64), max_iter=300, random_state=0).fit(x, y > np.median(y))
    explainer = shap.PermutationExplainer(network.predict_proba, background, seed=0)
    sampled = explainer(rows[:reference_rows], max_evals=reference_orders * 61, silent=True).values
    values = {
        "trees": shap.TreeExplainer(trees, background, feature_perturbation="interventional").shap_values(rows),
        # As rows × outputs × columns.
        "network": sampled.transpose(0, 2, 1),
    }
    for name, model in (("trees", trees), ("network", network)):
        options = {"zipmap": False} if name == "network" else None
        with open(path(f"{name}.onnx"), "wb") as file:
            file.write(to_onnx(model, x[:1].astype(np.float32), options=options).SerializeToString())
        with open(path(f"{name}.pickle"), "wb") as file:
            pickle.dump(model, file)
    with open(path("data.json"), "w") as file:
        values = {name: each.tolist() for name, each in values.items()}
        json.dump({"background": background.tolist(), "rows": rows.tolist(), "values": values}, file)
else:
    import onnxruntime
    import shap

    with open(path("data.json")) as file:
        data = json.load(file)
    background, rows = (np.array(data[name]) for name in ("background", "rows"))
    count = int(sys.argv[3])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    figures = {}
    for kind in ("trees", "network"):
        session = onnxruntime.InferenceSession(path(f"{kind}.onnx"), options, providers=["CPUExecutionProvider"])
        with open(path(f"{kind}.pickle"), "rb") as file:
            model = pickle.load(file)
        given, answer = session.get_inputs()[0].name, [session.get_outputs()[-1].name]
        models = {
            "onnx": lambda x: session.run(answer, {given: x.astype(np.float32)})[0],
            "sklearn": model.predict_proba if kind == "network" else model.predict,
        }
        wanted = np.array(data["values"][kind])
        figures[kind] = {}
        for name, predict in models.items():
            np.random.seed(0)
            explainer = shap.KernelExplainer(predict, background)
            explainer.shap_values(rows[:1], l1_reg=0, silent=True)
            start = time.process_time()
            values = np.array(explainer.shap_values(rows[:count], l1_reg=0, silent=True))
            seconds = time.process_time() - start
            if values.ndim == 3:
                values = values.transpose(0, 2, 1)
            known = min(count, len(wanted))
            error = np.sqrt(np.mean((values[:known].reshape(known, -1) - wanted[:known].reshape(known, -1)) ** 2))
            figures[kind][name] = {"seconds": seconds, "error": float(error)}
    print(json.dumps(figures))
