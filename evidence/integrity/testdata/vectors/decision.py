"""Makes the test logs of tieout-decision/1 from docs/decision-log.md alone.

It shares no code with tieout. Run it in this folder: python3 decision.py
Needs the package cryptography, for Ed25519 only.
"""
import base64
import hashlib
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

FORMAT = "tieout-decision/1"


def canonical(record):
    """RFC 8785 for what these logs hold: texts, small numbers, objects, lists."""
    if isinstance(record, dict):
        names = sorted(record, key=lambda n: n.encode("utf-16-be"))
        return "{" + ",".join(canonical(n) + ":" + canonical(record[n]) for n in names) + "}"
    if isinstance(record, list):
        return "[" + ",".join(map(canonical, record)) + "]"
    if isinstance(record, float):
        text = repr(record)
        if text.endswith(".0"):
            return text[:-2]
        return text.replace("e-0", "e-")
    return json.dumps(record, ensure_ascii=False)


class Key:
    def __init__(self, name, seed):
        self.name = name
        self.private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed).digest())
        public = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.hash = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
        self.text = name + "+" + self.hash.hex() + "+" + base64.b64encode(b"\x01" + public).decode()

    def note(self, text):
        signature = base64.b64encode(self.hash + self.private.sign(text.encode())).decode()
        return f"{text}\n\u2014 {self.name} {signature}\n"


class Log:
    def __init__(self, name, writer):
        self.name, self.writer = name, writer
        self.seq, self.prev, self.part = 0, "0" * 64, 0
        self.lines = []

    def write(self, **record):
        record["seq"], record["prev"] = self.seq, self.prev
        body = canonical(record).encode()
        self.prev = hashlib.sha256(body).hexdigest()
        self.seq += 1
        self.lines.append(body[:-1] + b',"hash":"' + self.prev.encode() + b'"}\n')

    def header(self, at):
        self.part += 1
        self.write(type="log", format=FORMAT, log=self.name, writer=self.writer, part=self.part, at=at)

    def checkpoint(self, at, key, **change):
        lines = {"origin": f"{FORMAT}/{self.name}", "count": self.seq, "head": base64.b64encode(bytes.fromhex(self.prev)).decode(), "at": f"at {at}"}
        lines.update(change)
        text = "".join(f"{line}\n" for line in lines.values())
        self.write(type="checkpoint", at=at, note=key.note(text))

    def file(self):
        out, self.lines = b"".join(self.lines), []
        return out


def at(minute):
    return f"2026-01-{1 + minute // 1440:02d}T{minute // 60 % 24:02d}:{minute % 60:02d}:00.000000Z"


def decisions(log, first, count):
    for i in range(first, first + count):
        log.write(
            type="decision", at=at(i), decision_id=f"dc-{i:04d}", component_id="kyc-docs", confidence=[0.5, 0.98765, 1.0, 1e-07][i % 4],
            tenant_id="K\u00fcnstler \U0001f600 \u2028 \"x\" \\ \t \x01", details={"\ufb33": 1, "\U0001f600": 2, "b": [1, {"z": None, "a": True}]},
        )


witness = Key("witness.example", b"tieout vectors: witness")
writer_key = Key("gateway.example/log", b"tieout vectors: writer")


def build(key=witness, **change):
    log = Log("vectors/decisions", "gateway.example")
    log.header(at(0))
    decisions(log, 0, 5)
    log.checkpoint(at(5), key, **change)
    decisions(log, 5, 5)
    log.checkpoint(at(10), key)
    one = log.file()
    log.header(at(10))
    decisions(log, 10, 5)
    log.checkpoint(at(15), key)
    return one, log.file()


def put(name, content):
    with open(f"tieout-decision/{name}", "wb") as out:
        out.write(content)


one, two = build()
rows = one.splitlines(keepends=True)
put("witness.pub", (witness.text + "\n").encode())
put("writer.pub", (writer_key.text + "\n").encode())
put("intact-1.jsonl", one)
put("intact-2.jsonl", two)
put("edited.jsonl", one.replace(b'"decision_id":"dc-0002"', b'"decision_id":"dc-9002"'))
put("removed.jsonl", b"".join(rows[:3] + rows[4:]))
put("swapped.jsonl", b"".join(rows[:3] + [rows[4], rows[3]] + rows[5:]))
put("cut-behind-checkpoint.jsonl", b"".join(rows[:7]))
put("cut-in-the-tail.jsonl", b"".join(rows[:9]))
put("wrong-count.jsonl", build(count=5)[0])
put("wrong-head.jsonl", build(head=base64.b64encode(bytes(32)).decode())[0])
put("wrong-log.jsonl", build(origin=f"{FORMAT}/another/log")[0])
put("own-key.jsonl", build(key=writer_key)[0])
put("written-out-again.jsonl", b"".join(json.dumps(json.loads(r)).encode() + b"\n" for r in rows))
