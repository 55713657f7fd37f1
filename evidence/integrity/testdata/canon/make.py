"""Prints values as Python's json does, for the canonicaliser to be held against.

Each line: what a log may hold, and what sorted, compact printing makes of it,
with and without escapes beyond ASCII, and with Python's default separators.
Run it in this folder: python3 make.py > values.jsonl
"""
import json
import random
import struct

rng = random.Random(2026)
LETTERS = ["a", "B", "\u00e9", "\u4f60", "\U0001f600", "\ufb33", "\u2028", "\"", "\\", "/", "\n", "\t", "\x00", "\x1f", "\x7f", " ", "~", "\ue000", "\ud7ff"]


def text():
    return "".join(rng.choice(LETTERS) for _ in range(rng.randrange(6)))


def number():
    kind = rng.randrange(6)
    if kind == 0:
        return rng.randrange(-10, 10)
    if kind == 1:
        return rng.getrandbits(80) - (1 << 79)
    if kind == 2:
        return rng.choice([0.0, -0.0, 1.0, 1e16, 1e15, 9999999999999998.0, 1e-4, 1e-5, 5e-324, 1.7976931348623157e308, 0.1, 1 / 3, 1e21, 1e22, 123456789.125])
    while True:
        value = struct.unpack(">d", rng.randbytes(8))[0]
        if value == value and abs(value) != float("inf"):
            return value if kind == 3 else round(rng.uniform(-1e6, 1e6), rng.randrange(8))


def value(depth):
    kind = rng.randrange(7 if depth else 5)
    if kind == 0:
        return text()
    if kind in (1, 2):
        return number()
    if kind == 3:
        return rng.choice([True, False, None])
    if kind == 4:
        return text()
    if kind == 5:
        return [value(depth - 1) for _ in range(rng.randrange(5))]
    return {text(): value(depth - 1) for _ in range(rng.randrange(6))}


for _ in range(400):
    record = {text(): value(3) for _ in range(rng.randrange(8))}
    print(json.dumps({
        "file": json.dumps(record, ensure_ascii=rng.random() < 0.5, separators=rng.choice([(",", ":"), (", ", ": "), (" ,  ", " : ")])),
        "ascii": json.dumps(record, sort_keys=True, separators=(",", ":")),
        "minimal": json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False),
        "default": json.dumps(record, sort_keys=True),
    }))
