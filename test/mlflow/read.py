"""Prints as JSON what MLflow's own client reads from the server named as the first argument."""

import hashlib
import json
import logging
import math
import os
import sys
import tempfile
from pathlib import Path

os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR="false")

import mlflow
from mlflow.entities import ViewType
from mlflow.models import Model

logging.disable(logging.WARNING)


def number(value):
    return str(value) if math.isnan(value) or math.isinf(value) else value


def files(client, run_id):
    with tempfile.TemporaryDirectory() as folder:
        if not client.list_artifacts(run_id):
            return {}
        root = Path(client.download_artifacts(run_id, "", folder))
        return {
            str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in root.rglob("*")
            if path.is_file()
        }


def version(client, each):
    with tempfile.TemporaryDirectory() as folder:
        local = mlflow.artifacts.download_artifacts(f"models:/{each.name}/{each.version}", dst_path=folder)
        model = Model.load(local)
        return {
            "model": each.name,
            "version": int(each.version),
            "description": each.description,
            "runId": each.run_id,
            "tags": each.tags,
            "aliases": sorted(client.get_model_version(each.name, each.version).aliases),
            "flavors": sorted(model.flavors),
            "inputs": model.signature.inputs.to_dict() if model.signature else None,
            "files": {
                str(path.relative_to(local)): hashlib.sha256(path.read_bytes()).hexdigest()
                for path in Path(local).rglob("*")
                if path.is_file()
            },
        }


def main(url):
    mlflow.set_tracking_uri(url)
    client = mlflow.MlflowClient()
    runs = [
        {
            "runId": run.info.run_id,
            "experiment": experiment.name,
            "name": run.info.run_name,
            "status": run.info.status,
            "user": run.info.user_id,
            "start": run.info.start_time,
            "end": run.info.end_time,
            "params": run.data.params,
            "tags": run.data.tags,
            "metrics": {
                key: [[point.step, point.timestamp, number(point.value)] for point in client.get_metric_history(run.info.run_id, key)]
                for key in run.data.metrics
            },
            "datasets": [
                {**dict(each.dataset), "tags": {tag.key: tag.value for tag in each.tags}}
                for each in run.inputs.dataset_inputs
            ],
            "artifacts": files(client, run.info.run_id),
        }
        for experiment in client.search_experiments(view_type=ViewType.ALL)
        for run in client.search_runs([experiment.experiment_id], run_view_type=ViewType.ALL)
    ]
    models = [
        {"name": each.name, "description": each.description, "tags": each.tags}
        for each in client.search_registered_models()
    ]
    versions = [version(client, each) for each in client.search_model_versions()]
    json.dump({"runs": runs, "models": models, "versions": versions}, sys.stdout, allow_nan=False)


main(sys.argv[1])
