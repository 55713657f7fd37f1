"""Writes the Parquet files of the tests: python3 make.py, with pyarrow.
every.parquet holds every logical type, nested and with nulls, in small pages
and four row groups; old.parquet the forms of older writers; the others one
kind of compression each."""

import datetime as dt
import decimal as d
import os

import pyarrow as pa
import pyarrow.parquet as pq

here = os.path.dirname(os.path.abspath(__file__))
rows = 10
when = [dt.datetime(2026, 3, 2, 10, 0, i, 123456) for i in range(rows)]


def nulls(values):
    return [None if i % 5 == 4 else v for i, v in enumerate(values)]


person = pa.struct([("id", pa.string()), ("email", pa.string()), ("groups", pa.list_(pa.struct([("name", pa.string())])))])
table = pa.table({
    "grant_id": pa.array([f"G{i}" for i in range(rows)], pa.string()),
    "principal": pa.array([{"id": f"p{i}", "email": None if i % 2 else "x@example.com", "groups": [{"name": "a"}, {"name": f"b{i}"}][: i % 3]} for i in range(rows)], person),
    "d32": pa.array(nulls([d.Decimal(i - 3) / 100 for i in range(rows)]), pa.decimal128(7, 2)),
    "d128": pa.array(nulls([d.Decimal("-12345678901234567890.123456789") + i for i in range(rows)]), pa.decimal128(38, 9)),
    "ms_utc": pa.array(nulls([w.replace(microsecond=123000) for w in when]), pa.timestamp("ms", "UTC")),
    "us_utc": pa.array(nulls(when), pa.timestamp("us", "Europe/Berlin")),
    "ns_utc": pa.array(nulls(when), pa.timestamp("ns", "UTC")),
    "us_local": pa.array(nulls(when), pa.timestamp("us")),
    "day": pa.array(nulls([w.date() for w in when]), pa.date32()),
    "clock": pa.array(nulls([w.time() for w in when]), pa.time64("us")),
    "u64": pa.array([2**64 - 1 - i for i in range(rows)], pa.uint64()),
    "i8": pa.array(nulls(range(-5, 5)), pa.int8()),
    "f32": pa.array(nulls([0.1 * i for i in range(rows)]), pa.float32()),
    "f64": pa.array([float("nan"), float("inf")] + [i / 3 for i in range(rows - 2)], pa.float64()),
    "half": pa.array([1.5] * rows, pa.float16()),
    "yes": pa.array(nulls([i % 2 == 0 for i in range(rows)]), pa.bool_()),
    "raw": pa.array([b"\xff\xfe"] * rows, pa.binary()),
    "fixed": pa.array([b"abcd"] * rows, pa.binary(4)),
    "names": pa.array([[f"n{j}" for j in range(i % 3)] if i % 4 else None for i in range(rows)], pa.list_(pa.string())),
    "deep": pa.array([[[i, None], []][: i % 3] for i in range(rows)], pa.list_(pa.list_(pa.int32()))),
    "labels": pa.array([[("k", "v"), ("n", None)][: i % 3] for i in range(rows)], pa.map_(pa.string(), pa.string())),
    "dict": pa.array(["reader", "author"] * 5).dictionary_encode(),
})
pq.write_table(table, os.path.join(here, "every.parquet"), row_group_size=3, data_page_size=64, compression="zstd", data_page_version="2.0", store_schema=False)
old = table.select(["grant_id", "us_local", "d32", "names"])
pq.write_table(old, os.path.join(here, "old.parquet"), version="1.0", use_deprecated_int96_timestamps=True, compression="snappy", use_compliant_nested_type=False, store_schema=False)
for codec in ("none", "gzip", "brotli", "lz4"):
    pq.write_table(table.select(["grant_id", "names"]), os.path.join(here, f"{codec}.parquet"), compression=codec, store_schema=False)
