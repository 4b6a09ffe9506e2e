"""Makes two small MLflow stores (SQLite with its artifacts, and a folder of files) and writes what MLflow's own client
reads from each beside them. With the packages of requirements-mlflow.txt:

    python test/parity/mlflow-store.py test/exchange/fixtures

The stores are made in one fixed folder and then moved away, as when somebody copies a store to another machine.
"""

import gzip
import hashlib
import io
import json
import math
import os
import shutil
import sys
import tarfile
from pathlib import Path

os.environ.update(
    LOGNAME="ada",
    MLFLOW_DISABLE_TELEMETRY="true",
    MLFLOW_ALLOW_FILE_STORE="true",
    MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR="false",
    GIT_PYTHON_REFRESH="quiet",
)

import mlflow
import mlflow.onnx
import mlflow.sklearn
import numpy as np
import onnx
import pandas as pd
from mlflow.entities import Metric, ViewType
from mlflow.models import infer_signature
from onnx import TensorProto, helper
from sklearn.linear_model import LinearRegression

# Where the stores are made; it is in their artifact addresses.
HOME = Path("/tmp/assayer-mlflow-store")


def linear_onnx(slope, wide=False):
    """y = slope * x, or with weights that MLflow keeps in a file of their own."""
    width = 400 if wide else 1
    weights = np.full((width, 1), slope, dtype=np.float32)
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "linear",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", width])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 1])],
        [onnx.numpy_helper.from_array(weights, "w")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def fill(client):
    mlflow.set_experiment("wages/älter")
    frame = pd.DataFrame({"education": [8.0, 12.0, 16.0], "wage": [4.5, 7.0, 11.25]})
    with mlflow.start_run(run_name="outer", description="A *note* with ünicode.") as outer:
        mlflow.log_params({"depth": 6, "solver": "lbfgs", "empty": "", "flag": True})
        mlflow.set_tags({"team": "risk", "mlflow.source.git.commit": "0123456789abcdef0123456789abcdef01234567"})
        mlflow.log_metric("auc", 0.1 + 0.2, step=0)
        mlflow.log_input(mlflow.data.from_pandas(frame, name="wages", targets="wage", source="wages.csv"), context="training")
        mlflow.log_input(mlflow.data.from_pandas(frame.head(2), name="wages-test"), context="test")
        mlflow.log_text("hello\n", "notes/deep/hello.txt")
        mlflow.log_dict({"a": [1, 2]}, "config.json")
        with mlflow.start_run(run_name="fold", nested=True) as fold:
            points = [
                Metric("val/loss", value, 1_700_000_000_000 + i * 1000, step)
                for i, (step, value) in enumerate(
                    [(0, 1.5), (1, math.nan), (2, math.inf), (3, -math.inf), (3, 0.25), (10, 5e-324), (-1, -0.1)]
                )
            ]
            client.log_batch(fold.info.run_id, metrics=points)
            client.log_batch(
                fold.info.run_id,
                metrics=[Metric("long", math.sin(i) / 3, 1_700_000_000_000 + i, i) for i in range(700)],
            )
        model = LinearRegression().fit(frame[["education"]], frame["wage"])
        signature = infer_signature(frame[["education"]], frame["wage"])
        mlflow.sklearn.log_model(
            model, name="sk", signature=signature, registered_model_name="wage-sk", pip_requirements=[],
            input_example=frame[["education"]], params={"alpha": 1}, tags={"kind": "linear"},
        )
        onnx_signature = infer_signature(
            np.zeros((2, 1), dtype=np.float32), np.zeros((2, 1), dtype=np.float32)
        )
        mlflow.onnx.log_model(
            linear_onnx(2.0), name="net", signature=onnx_signature, registered_model_name="wage-net", pip_requirements=[],
            input_example=np.array([[1.0], [2.5]], dtype=np.float32),
        )
    with mlflow.start_run(run_name="second") as second:
        mlflow.onnx.log_model(
            linear_onnx(3.0, wide=True), name="net", registered_model_name="wage-net", pip_requirements=[],
            input_example=None,
            signature=infer_signature(np.zeros((2, 400), dtype=np.float32), np.zeros((2, 1), dtype=np.float32)),
        )
    mlflow.set_experiment("other")
    failed = client.create_run(client.get_experiment_by_name("other").experiment_id, run_name="failed")
    client.set_terminated(failed.info.run_id, "FAILED")
    killed = client.create_run(failed.info.experiment_id, run_name="killed")
    client.set_terminated(killed.info.run_id, "KILLED")
    client.create_run(failed.info.experiment_id, run_name="open")
    scheduled = client.create_run(failed.info.experiment_id, run_name="scheduled")
    client.update_run(scheduled.info.run_id, status="SCHEDULED")
    deleted = client.create_run(failed.info.experiment_id, run_name="deleted")
    client.set_terminated(deleted.info.run_id)
    client.delete_run(deleted.info.run_id)
    client.set_experiment_tag(failed.info.experiment_id, "owner", "ada")
    with mlflow.start_span("a trace"):
        pass
    mlflow.flush_trace_async_logging()

    client.update_registered_model("wage-net", "Predicts wages.")
    client.set_registered_model_tag("wage-net", "domain", "labour")
    client.update_model_version("wage-net", "1", "First version.")
    client.set_model_version_tag("wage-net", "1", "checked", "yes")
    client.set_registered_model_alias("wage-net", "champion", "2")
    client.set_registered_model_alias("wage-net", "candidate", "2")
    client.transition_model_version_stage("wage-net", "1", "Archived")
    client.transition_model_version_stage("wage-net", "2", "Production")
    client.transition_model_version_stage("wage-sk", "1", "Staging")
    return outer.info.run_id


def number(value):
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def files(uri, home):
    root = Path(uri.removeprefix("file://"))
    if not root.is_dir():
        return {}
    return {
        str(path.relative_to(root)): [path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest()]
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def read(client):
    runs = []
    experiments = client.search_experiments(view_type=ViewType.ALL)
    for experiment in experiments:
        for run in client.search_runs([experiment.experiment_id], run_view_type=ViewType.ALL):
            info = run.info
            runs.append(
                {
                    "runId": info.run_id,
                    "experiment": experiment.name,
                    "name": info.run_name,
                    "status": info.status,
                    "lifecycle": info.lifecycle_stage,
                    "user": info.user_id,
                    "start": info.start_time,
                    "end": info.end_time,
                    "params": run.data.params,
                    "tags": run.data.tags,
                    "metrics": {
                        key: [
                            [point.step, point.timestamp, number(point.value)]
                            for point in client.get_metric_history(info.run_id, key)
                        ]
                        for key in run.data.metrics
                    },
                    "datasets": [
                        {**dict(each.dataset), "tags": {tag.key: tag.value for tag in each.tags}}
                        for each in run.inputs.dataset_inputs
                    ],
                    "models": [each.model_id for each in (run.outputs.model_outputs if run.outputs else [])],
                    "artifacts": files(info.artifact_uri, HOME),
                }
            )
    logged = client.search_logged_models([each.experiment_id for each in experiments])
    return {
        "mlflow": mlflow.__version__,
        "experiments": [each.name for each in experiments],
        "runs": runs,
        "loggedModels": [
            {
                "modelId": each.model_id,
                "name": each.name,
                "runId": each.source_run_id,
                "params": each.params,
                "tags": each.tags,
                "files": files(each.artifact_location, HOME),
            }
            for each in logged
        ],
        "versions": [
            {
                "model": each.name,
                "version": int(each.version),
                "stage": each.current_stage,
                "runId": each.run_id,
                "description": each.description,
                "created": each.creation_timestamp,
                "tags": each.tags,
                "aliases": sorted(client.get_model_version(each.name, each.version).aliases),
            }
            for each in client.search_model_versions()
        ],
    }


def main(target):
    target.mkdir(parents=True, exist_ok=True)
    for name, uri in {"sqlite": f"sqlite:///{HOME}/mlflow.db", "files": f"file://{HOME}/mlruns"}.items():
        shutil.rmtree(HOME, ignore_errors=True)
        HOME.mkdir()
        os.chdir(HOME)
        mlflow.set_tracking_uri(uri)
        mlflow.set_registry_uri(uri)
        client = mlflow.MlflowClient()
        fill(client)
        golden = json.dumps(read(client), indent=1, sort_keys=True, allow_nan=False)
        (target / f"mlflow-{name}.json.gz").write_bytes(gzip.compress(golden.encode(), mtime=0))
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            for path in sorted(HOME.rglob("*")):
                if path.is_file():
                    archive.add(path, arcname=str(path.relative_to(HOME)))
        (target / f"mlflow-{name}.tar.gz").write_bytes(gzip.compress(packed.getvalue(), mtime=0))
    shutil.rmtree(HOME)


main(Path(sys.argv[1]).resolve())
