"""Golden answers of MLflow's search_runs on its sqlite store, for kernel-lib/store/search-runs.ts.

Run with the packages of test/bench/requirements.txt:
python test/parity/mlflow-search.py > test/parity/golden/mlflow-search.json
"""
import json
import os
import tempfile

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"

import mlflow
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag
from mlflow.tracking import MlflowClient

START = 1_700_000_000_000
nan = float("nan")

names = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau "
    "Upsilon Phi chi psi omega tree_6 tree-6 treeX6 50%_off it's-one ALPHA"
).split(" ")
statuses = ["FINISHED", "FINISHED", "FAILED", "KILLED", "RUNNING"]
runs = []
for i, name in enumerate(names):
    metrics = {}
    if i % 7 != 3:
        metrics["auc"] = nan if i % 11 == 5 else round(0.5 + ((i * 37) % 50) / 100, 2)
    if i % 2 == 0:
        metrics["loss"] = round(((i * 13) % 29) / 4 - 1, 3)
    if i % 5 == 1:
        metrics["val loss"] = float(i)
    if i % 6 == 2:
        metrics["train/loss.epoch"] = float(10**i)
    params = {}
    if i % 4 != 1:
        params["depth"] = str([6, 10, 9, 4][i % 3])
    if i % 3 == 0:
        params["kind"] = ["tree", "Tree", "forest", "linear_model"][(i // 3) % 4]
    if i % 8 == 0:
        params["learning rate"] = "0.1"
    if i % 9 == 4:
        params["data.path"] = "s3://bucket/a b.csv"
    tags = {}
    if i % 2 == 1:
        tags["team"] = ["risk", "Risk", "fraud", "ads"][(i // 2) % 4]
    if i % 10 == 0:
        tags["git branch"] = ["main", "main-2", "dev"][(i // 10) % 3]
    if i % 13 == 0:
        tags["a.b"] = "x'y"
    datasets = []
    if i % 3 == 1:
        datasets.append({"name": "wages", "digest": f"d{i % 2}", "context": "training"})
    if i % 6 == 1:
        datasets.append({"name": "Wages-test", "digest": "e", "context": "testing"})
    status = statuses[i % 5]
    runs.append(
        {
            "name": name,
            "status": status,
            "start": START + ((i * 17) % len(names)) * 60_000 + i,
            "end": None if status == "RUNNING" else START + 10_000_000 + i * 1000,
            "user": ["ada", "Grace", "linus"][i % 3],
            "metrics": {k: "NaN" if v != v else v for k, v in metrics.items()},
            "params": params,
            "tags": tags,
            "datasets": datasets,
        }
    )

folder = tempfile.mkdtemp()
mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
client = MlflowClient()
experiment = client.create_experiment("golden")
ids = {}
for run in runs:
    made = client.create_run(
        experiment, start_time=run["start"], tags={"mlflow.user": run["user"]}, run_name=run["name"]
    ).info.run_id
    ids[run["name"]] = made
    client.log_batch(
        made,
        metrics=[Metric(k, float(v), run["start"], 0) for k, v in run["metrics"].items()],
        params=[Param(k, v) for k, v in run["params"].items()],
        tags=[RunTag(k, v) for k, v in run["tags"].items()],
    )
    if run["datasets"]:
        client.log_inputs(
            made,
            datasets=[
                DatasetInput(
                    Dataset(d["name"], d["digest"], "local", "{}"),
                    [InputTag("mlflow.data.context", d["context"])],
                )
                for d in run["datasets"]
            ],
        )
    if run["end"] is not None:
        client.set_terminated(made, run["status"], run["end"])

filters = [
    "metrics.auc > 0.8",
    "metrics.auc >= 0.8",
    "metrics.auc < 0.6",
    "metrics.auc <= 0.6",
    "metrics.auc = 0.87",
    "metrics.auc != 0.87",
    "metric.auc > 0.7 AND metric.auc < 0.9",
    "metrics.loss > -0.5",
    "metrics.loss < 0",
    "metrics.loss = 0",
    "metrics.loss >= 1e0 and metrics.loss < 2.5",
    "metrics.`val loss` > 10",
    'metrics."val loss" <= 10',
    "metrics.'val loss' != 11",
    "metrics.`train/loss.epoch` > 1000000",
    'metrics."train/loss.epoch" >= 1e20',
    "metrics.nothing > 0",
    "metrics.nothing != 0",
    "metrics.auc > 0.6 and metrics.loss > 1",
    "params.depth = '6'",
    'params.depth = "6"',
    "params.depth != '6'",
    "param.depth = '6' and params.kind = 'tree'",
    "parameters.kind = 'Tree'",
    "parameter.kind != 'tree'",
    "params.kind LIKE 'tree'",
    "params.kind LIKE 't%'",
    "params.kind ILIKE 'T%'",
    "params.kind like '%_model'",
    "params.kind ilike '%EE'",
    "params.kind IS NULL",
    "params.kind IS NOT NULL",
    "params.depth IS NULL AND params.kind IS NOT NULL",
    "params.`learning rate` = '0.1'",
    "params.`learning rate` = '0.10'",
    'params."data.path" LIKE "s3://%.csv"',
    "params.data.path LIKE '%a b%'",
    "tags.team = 'risk'",
    "tag.team != 'risk'",
    "tags.team ILIKE 'risk'",
    "tags.team IS NULL",
    "tags.team IS NOT NULL AND metrics.auc > 0.75",
    "tags.`git branch` LIKE 'main%'",
    'tags."git branch" = "main"',
    'tags."a.b" = "x\'y"',
    "tags.a.b IS NOT NULL",
    "attributes.status = 'FINISHED'",
    "attribute.status != 'FINISHED'",
    "status = 'RUNNING'",
    "attr.status LIKE 'F%'",
    "run.status ILIKE 'k%'",
    "status = 'SCHEDULED'",
    "attributes.run_name = 'alpha'",
    "run_name LIKE 'tree_6'",
    "run_name ILIKE 'alpha'",
    "attributes.`run name` != 'alpha'",
    "run_name LIKE '%\\%%'",
    'run_name = "it\'s-one"',
    "attributes.user_id = 'ada'",
    "user_id ILIKE 'GRACE'",
    f"start_time > {START + 900_000}",
    f"attributes.start_time <= {START + 60_001}",
    f"attributes.created != {START}",
    f"end_time > {START + 10_015_000}",
    f"end_time != {START + 10_000_000}",
    "run_id IN ('{id:alpha}', '{id:mu}')",
    "run_id NOT IN ('{id:alpha}', '{id:mu}')",
    "run_id = '{id:nu}'",
    "dataset.name = 'wages'",
    "datasets.name ILIKE 'wages%'",
    "dataset.name != 'wages'",
    "dataset.digest = 'd1' AND metrics.auc > 0.6",
    "dataset.name IN ('Wages-test', 'x')",
    "dataset.name NOT IN ('Wages-test')",
    "dataset.context = 'testing'",
    "metrics.auc > 0.5 AND params.depth = '6' AND tags.team IS NOT NULL AND status != 'FAILED'",
    "",
]
orders = [
    (["metrics.auc DESC"], ""),
    (["metrics.auc ASC"], ""),
    (["metrics.auc"], "status = 'FINISHED'"),
    (["metrics.loss desc", "metrics.auc desc"], ""),
    (["params.kind ASC"], ""),
    (["params.kind DESC", "start_time ASC"], ""),
    (["tags.team", "metrics.auc DESC"], ""),
    (["tags.`git branch` DESC"], ""),
    (['metrics."val loss" DESC'], ""),
    (["attributes.start_time ASC"], ""),
    (["start_time DESC"], "metrics.auc > 0.6"),
    (["attribute.status ASC", "attributes.run_name DESC"], ""),
    (["end_time DESC"], ""),
    (["end_time"], ""),
    (["user_id", "metrics.loss"], ""),
    (["metrics.nothing DESC"], ""),
    ([], ""),
]


def search(text, order_by=None):
    for name, run_id in ids.items():
        text = text.replace("{id:" + name + "}", run_id)
    return [run.info.run_name for run in client.search_runs([experiment], text, order_by=order_by)]


answers, refused = [], []
for text in filters:
    try:
        answers.append({"filter": text, "names": sorted(search(text))})
    except mlflow.MlflowException as error:
        refused.append({"filter": text, "message": str(error).split("\n")[0][:120]})

# Each run on a line, so that a change reads well.
lines = lambda rows: "[\n" + ",\n".join("    " + json.dumps(row) for row in rows) + "\n  ]"
ordered = [{"orderBy": o, "filter": f, "names": search(f, o or None)} for o, f in orders]
print(
    "{\n"
    + f'  "version": "{mlflow.__version__}",\n'
    + f'  "runs": {lines(runs)},\n  "filters": {lines(answers)},\n  "refused": {lines(refused)},\n  "orders": {lines(ordered)}\n'
    + "}"
)
