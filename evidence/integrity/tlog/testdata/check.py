#!/usr/bin/env python3
"""Computes the root of a tlog-tiles directory from its entries and compares it
with the checkpoint. It needs no library and checks no signature.
Usage: python3 -I check.py DIRECTORY"""
import base64, hashlib, pathlib, sys

def path(n):
    parts = ["%03d" % (n % 1000)]
    while n := n // 1000:
        parts.insert(0, "x%03d" % (n % 1000))
    return "/".join(parts)

def root(leaves):
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + root(leaves[:k]) + root(leaves[k:])).digest()

d = pathlib.Path(sys.argv[1])
origin, size, want = (d / "checkpoint").read_text().split("\n")[:3]
leaves = []
for n in range((int(size) + 255) // 256):
    width = min(256, int(size) - 256 * n)
    full, part = d / "tile/entries" / path(n), d / "tile/entries" / f"{path(n)}.p/{width}"
    b = (part if width < 256 and part.exists() else full).read_bytes()
    for _ in range(width):
        end = 2 + int.from_bytes(b[:2], "big")
        leaves.append(hashlib.sha256(b"\x00" + b[2:end]).digest())
        b = b[end:]
got = base64.b64encode(root(leaves)).decode()
print(origin, size, got, "equal" if got == want else "DIFFERS from " + want)
sys.exit(got != want)
