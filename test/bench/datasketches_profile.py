"""Profile of a Parquet file by Apache DataSketches: python datasketches_profile.py table.parquet

Of each column a KLL sketch with a rank error like ours, a HyperLogLog sketch, count, mean and variance.
"""
import json
import sys
import time

import pyarrow.parquet as parquet
from datasketches import hll_sketch, kll_doubles_sketch

start = time.perf_counter()
file = parquet.ParquetFile(sys.argv[1])
size = 0
for name in file.schema_arrow.names:
    values = file.read([name])[name].to_numpy().copy()
    quantiles = kll_doubles_sketch(1200)
    quantiles.update(values)
    moments = [len(values), values.mean(), values.var(), values.min(), values.max()]
    size += len(quantiles.serialize()) + 8 * len(moments)
seconds = time.perf_counter() - start
# DataSketches takes values of its distinct sketch one by one in Python: of one column, for all of them.
start = time.perf_counter()
distinct = hll_sketch(12)
for value in values.tolist():
    distinct.update(value)
columns = len(file.schema_arrow.names)
size += columns * len(distinct.serialize_compact())
print(
    json.dumps(
        {
            "quantiles": seconds,
            "distinct": columns * (time.perf_counter() - start),
            "bytes": size,
        }
    )
)
