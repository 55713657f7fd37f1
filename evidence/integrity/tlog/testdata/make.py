#!/usr/bin/env python3
"""Makes the vectors beside it, with Python's cryptography and hashlib only:

  python/   a log of 523 entries with a checkpoint that a witness cosigned
  proof/    .tlog-proof files with the entries that they prove
  tessera/  the same kind of log made by Tessera, another program, if the path
            of its example posix-oneshot v1.0.4 is given as the argument
"""
import base64, hashlib, pathlib, shutil, struct, subprocess, sys, tempfile
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

here = pathlib.Path(__file__).parent

def key(seed): return Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
def pub(k): return k.public_key().public_bytes_raw()
def keyid(name, kind, k): return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + pub(k)).digest()[:4]
def vkey(name, kind, k): return f"{name}+{keyid(name, kind, k).hex()}+{base64.b64encode(bytes([kind]) + pub(k)).decode()}\n"
def line(name, kind, k, sig): return f"\u2014 {name} {base64.b64encode(keyid(name, kind, k) + sig).decode()}\n"
def sign(name, k, body): return line(name, 1, k, k.sign(body.encode()))
def cosign(name, k, body, at):
    return line(name, 4, k, struct.pack(">Q", at) + k.sign(f"cosignature/v1\ntime {at}\n{body}".encode()))

def path(n):
    parts = ["%03d" % (n % 1000)]
    while n := n // 1000:
        parts.insert(0, "x%03d" % (n % 1000))
    return "/".join(parts)

def node(a, b): return hashlib.sha256(b"\x01" + a + b).digest()
def leaf(e): return hashlib.sha256(b"\x00" + e).digest()
def split(n): return 1 << (n - 1).bit_length() - 1
def root(h): return h[0] if len(h) == 1 else node(root(h[:split(len(h))]), root(h[split(len(h)):]))
def prove(h, i):
    if len(h) == 1: return []
    k = split(len(h))
    return prove(h[:k], i) + [root(h[k:])] if i < k else prove(h[k:], i - k) + [root(h[:k])]

log, witness, stranger = key(1), key(2), key(3)
name, wname = "log.example.test/decisions", "witness.example.org/w1"
(here / "log.vkey").write_text(vkey(name, 1, log))
(here / "witness.vkey").write_text(vkey(wname, 4, witness))
(here / "stranger.vkey").write_text(vkey("stranger.example.net", 4, stranger))

def body(h, extra=""): return f"{name}\n{len(h)}\n{base64.b64encode(root(h)).decode()}\n{extra}"
def entry(i): return f'{{"decision":{i},"model":"fraud-score","outcome":"{"refer" if i % 7 == 0 else "pass"}"}}'.encode()

def tiles(dest, entries):
    level, l = [leaf(e) for e in entries], 0
    for n in range(0, len(entries), 256):
        part = entries[n:n + 256]
        f = dest / "tile/entries" / (path(n // 256) + (f".p/{len(part)}" if len(part) < 256 else ""))
        f.parent.mkdir(parents=True, exist_ok=True)
        f.write_bytes(b"".join(struct.pack(">H", len(e)) + e for e in part))
    while level:
        for n in range(0, len(level), 256):
            part = level[n:n + 256]
            f = dest / f"tile/{l}" / (path(n // 256) + (f".p/{len(part)}" if len(part) < 256 else ""))
            f.parent.mkdir(parents=True, exist_ok=True)
            f.write_bytes(b"".join(part))
        level, l = [root(level[n:n + 256]) for n in range(0, len(level) - 255, 256)], l + 1

entries = [entry(i) for i in range(523)]
h = [leaf(e) for e in entries]
shutil.rmtree(here / "python", ignore_errors=True)
tiles(here / "python", entries)
b = body(h, "extension of nobody\n")
noise = "".join(sign(f"other{i}.example.net", stranger, "something else\n") for i in range(14))
signed = f"{b}\n{noise}{sign(name, log, b)}{cosign(wname, witness, b, 1782864000)}"
(here / "python/checkpoint").write_text(signed)
plain = body(h)
(here / "unwitnessed").write_text(f"{plain}\n{sign(name, log, plain)}")
for n in (1, 256, 300, 512):
    o = body(h[:n])
    (here / f"older-{n}").write_text(f"{o}\n{sign(name, log, o)}")
longer = [*h, leaf(b"more")]
(here / "longer").write_text(f"{body(longer)}\n{sign(name, log, body(longer))}")
fork = [*h[:299], leaf(b"another"), *h[300:400]]
(here / "fork").write_text(f"{body(fork)}\n{sign(name, log, body(fork))}")

shutil.rmtree(here / "proof", ignore_errors=True)
(here / "proof").mkdir()
for file, i, note in (("decision-300.json", 300, signed), ("decision-0.json", 0, f"{plain}\n{sign(name, log, plain)}")):
    (here / "proof" / file).write_bytes(entries[i])
    hashes = "".join(base64.b64encode(x).decode() + "\n" for x in prove(h, i))
    extra = "extra " + base64.b64encode(b"opaque").decode() + "\n" if i else ""
    (here / "proof" / (file + ".tlog-proof")).write_text(f"c2sp.org/tlog-proof@v1\n{extra}index {i}\n{hashes}\n{note}")

if len(sys.argv) > 1:
    shutil.rmtree(here / "tessera", ignore_errors=True)
    with tempfile.TemporaryDirectory() as tmp:
        t = pathlib.Path(tmp)
        secret = base64.b64encode(b"\x01" + bytes([4]) * 32).decode()
        tk, tname = key(4), "tessera.example.test/log"
        (t / "key").write_text(f"PRIVATE+KEY+{tname}+{keyid(tname, 1, tk).hex()}+{secret}")
        (here / "tessera.vkey").write_text(vkey(tname, 1, tk))
        (t / "e").mkdir()
        for i in range(577):
            (t / "e" / f"{i:04d}").write_bytes(entry(i))
        subprocess.run([sys.argv[1], "--storage_dir", t / "out", "--entries", f"{t}/e/*", "--private_key", t / "key"], check=True, capture_output=True)
        shutil.copytree(t / "out", here / "tessera", ignore=shutil.ignore_patterns(".state"))
