"""Updates per second of river's detectors: python river_streaming.py flights.csv"""
import json
import sys
import time

from river import drift

values = [int(line) for line in open(sys.argv[1])]
late = [int(value > 15) for value in values]


def per_second(detector, stream):
    start = time.perf_counter()
    for value in stream:
        detector.update(value)
    return len(stream) / (time.perf_counter() - start)


print(
    json.dumps(
        {
            "Adwin": per_second(drift.ADWIN(), values),
            "Ddm": per_second(drift.binary.DDM(), late),
            "Eddm": per_second(drift.binary.EDDM(), late),
            "PageHinkley": per_second(drift.PageHinkley(), values),
            "Kswin": per_second(drift.KSWIN(seed=0), values[:5000]),
        }
    )
)
