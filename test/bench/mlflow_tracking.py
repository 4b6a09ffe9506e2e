"""The same tracking work in MLflow on its default sqlite backend; prints its figures as JSON."""
import json
import sys
import time

import mlflow
from mlflow.entities import Metric
from mlflow.tracking import MlflowClient

folder, runs, metrics = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
client = MlflowClient()
experiment = client.create_experiment("single")
run = client.create_run(experiment)

calls = []
for step in range(500):
    start = time.perf_counter()
    client.log_metric(run.info.run_id, "loss", 1.0 / (step + 1), step=step)
    calls.append(time.perf_counter() - start)
calls.sort()

batches = []
for batch in range(5):
    now = int(time.time() * 1000)
    values = [Metric("batched", float(i), now, batch * 1000 + i) for i in range(1000)]
    start = time.perf_counter()
    client.log_batch(run.info.run_id, metrics=values)
    batches.append(time.perf_counter() - start)
batches.sort()

table = client.create_experiment("table")
for i in range(runs):
    each = client.create_run(table, run_name=f"run-{i}")
    now = int(time.time() * 1000)
    client.log_batch(
        each.info.run_id,
        metrics=[Metric(f"metric_{m}", float((i * 7919 + m) % 10007), now, 0) for m in range(metrics)],
    )

pages = []
for _ in range(5):
    start = time.perf_counter()
    client.search_runs([table], order_by=["metrics.metric_3 DESC"], max_results=100)
    pages.append(time.perf_counter() - start)
pages.sort()

print(
    json.dumps(
        {
            "version": mlflow.__version__,
            "log_metric_seconds": calls[len(calls) // 2],
            "log_metric_p99_seconds": calls[int(len(calls) * 0.99)],
            "log_batch_per_second": 1000 / batches[len(batches) // 2],
            "first_page_seconds": pages[len(pages) // 2],
        }
    )
)
