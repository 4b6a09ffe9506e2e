"""The same reading work in MLflow on its default sqlite backend; prints its figures as JSON."""
import json
import sys
import time

import mlflow
from mlflow.entities import Metric
from mlflow.tracking import MlflowClient

folder, runs, metrics, filter_string = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
history_runs, history_steps = int(sys.argv[5]), int(sys.argv[6])
mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
client = MlflowClient()


def median_seconds(work):
    taken = []
    for _ in range(5):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return sorted(taken)[2]


table = client.create_experiment("table")
for i in range(runs):
    each = client.create_run(table, run_name=f"run-{i}")
    now = int(time.time() * 1000)
    client.log_batch(
        each.info.run_id,
        metrics=[Metric(f"metric_{m}", float((i * 7919 + m) % 10007), now, 0) for m in range(metrics)],
    )

curves = client.create_experiment("curves")
ids = []
for i in range(history_runs):
    ids.append(client.create_run(curves, run_name=f"run-{i}").info.run_id)
    for m in range(10):
        for start in range(0, history_steps, 1000):
            steps = range(start, min(start + 1000, history_steps))
            client.log_batch(ids[-1], metrics=[Metric(f"metric_{m}", float(s % 97), 0, s) for s in steps])


def history():
    points = sum(len(client.get_metric_history(run, f"metric_{m}")) for run in ids for m in range(10))
    assert points == history_runs * 10 * history_steps


print(
    json.dumps(
        {
            "version": mlflow.__version__,
            "first_page_seconds": median_seconds(
                lambda: client.search_runs([table], order_by=["metrics.metric_3 DESC"], max_results=100)
            ),
            "filter_seconds": median_seconds(
                lambda: client.search_runs([table], filter_string, max_results=100)
            ),
            "history_seconds": median_seconds(history),
        }
    )
)
