"""Peer of test/bench/kernel-shap.ts. `prepare <folder>` trains the model and writes it, rows and exact values;
`measure <folder> <rows>` times shap's KernelExplainer with the model in ONNX Runtime and in scikit-learn, one thread."""
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

if command == "prepare":
    import shap
    from skl2onnx import to_onnx
    from sklearn.datasets import make_friedman1
    from sklearn.ensemble import GradientBoostingRegressor

    x, y = make_friedman1(1000, 30, noise=0.3, random_state=0)
    x = x.astype(np.float32).astype(float)
    # Interactions of more than two columns, which sampling finds hard.
    y = y + 10 * np.all(x[:, 5:9] > 0.4, axis=1) + 8 * np.sin(6 * x[:, 9] * x[:, 10] + 5 * x[:, 11] * x[:, 12])
    model = GradientBoostingRegressor(max_depth=5, random_state=0).fit(x, y)
    background, rows = x[:100], x[100:200]
    exact = shap.TreeExplainer(model, background, feature_perturbation="interventional").shap_values(rows)
    with open(path("model.onnx"), "wb") as file:
        file.write(to_onnx(model, x[:1].astype(np.float32)).SerializeToString())
    with open(path("model.pickle"), "wb") as file:
        pickle.dump(model, file)
    with open(path("data.json"), "w") as file:
        json.dump({"background": background.tolist(), "rows": rows.tolist(), "exact": exact.tolist()}, file)
else:
    import onnxruntime
    import shap

    with open(path("data.json")) as file:
        data = json.load(file)
    background, rows, exact = (np.array(data[name]) for name in ("background", "rows", "exact"))
    count = int(sys.argv[3])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path("model.onnx"), options, providers=["CPUExecutionProvider"])
    with open(path("model.pickle"), "rb") as file:
        model = pickle.load(file)
    models = {
        "onnx": lambda x: session.run(None, {session.get_inputs()[0].name: x.astype(np.float32)})[0][:, 0],
        "sklearn": model.predict,
    }
    figures = {}
    for name, predict in models.items():
        np.random.seed(0)
        explainer = shap.KernelExplainer(predict, background)
        explainer.shap_values(rows[:1], l1_reg=0, silent=True)
        start = time.process_time()
        values = explainer.shap_values(rows[:count], l1_reg=0, silent=True)
        seconds = time.process_time() - start
        figures[name] = {"seconds": seconds, "error": float(np.sqrt(np.mean((values - exact[:count]) ** 2)))}
    print(json.dumps(figures))
