"""The same tracking work in MLflow on its default sqlite backend; prints its figures as JSON."""
import json
import sys
import time

import mlflow
from mlflow.entities import Metric
from mlflow.tracking import MlflowClient

folder = sys.argv[1]
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

print(
    json.dumps(
        {
            "version": mlflow.__version__,
            "log_metric_seconds": calls[len(calls) // 2],
            "log_metric_p99_seconds": calls[int(len(calls) * 0.99)],
            "log_batch_per_second": 1000 / batches[len(batches) // 2],
        }
    )
)
