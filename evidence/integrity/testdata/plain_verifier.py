"""A verifier of LiteLLM's asqav log as one would write it in Python.

The baseline that the benchmark compares with. Usage: plain_verifier.py FILE
"""
import hashlib
import json
import sys

prev = "0" * 64
records = 0
with open(sys.argv[1], encoding="utf-8") as lines:
    for line in lines:
        record = json.loads(line)
        claimed = record.pop("record_hash")
        text = json.dumps(record, sort_keys=True, separators=(",", ":"))
        if hashlib.sha256(text.encode()).hexdigest() != claimed:
            sys.exit(f"record {records + 1}: hash")
        if record["prev_hash"] != prev:
            sys.exit(f"record {records + 1}: link")
        prev = claimed
        records += 1
print(records)
