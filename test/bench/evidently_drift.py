"""Seconds that Evidently's DataDriftPreset takes for two Parquet files, from the files to the finished report."""
import json
import sys
import time
import warnings

warnings.filterwarnings("ignore")

import pandas as pd
from evidently import Dataset, Report
from evidently.presets import DataDriftPreset

reference, current = sys.argv[1:3]
start = time.perf_counter()
run = Report([DataDriftPreset()]).run(
    Dataset.from_pandas(pd.read_parquet(current)), Dataset.from_pandas(pd.read_parquet(reference))
)
answer = run.dict()
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "columns": len(answer["metrics"]) - 1}))
