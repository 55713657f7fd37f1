"""Verifies a tieout evidence package with nothing but Python 3.8 or newer.

    python3 -I -S verify.py [PACKAGE] [VKEY|FILE]

PACKAGE is the folder or zip file, by default this folder. VKEY is the verifier
key that management handed over beforehand; without one nothing is confirmed.
Take this program from a release, not from the package that you are checking.

It checks container, paths, digests, root, signature, row counts, and draws
samples again. It runs no test and compares no document with the data: `tieout
verify package` does. Exit codes: 0 valid as far as this goes, 1 invalid, 2
nothing to check, 6 indeterminate.
"""
import base64, csv, hashlib, hmac, io, json, os, re, struct, sys, zlib

FIXED, STAMP = ("SHA256SUMS", "manifest.json", "manifest.sig"), "timestamp.tsr"
STAMPED = "\nnot checked here: timestamp.tsr is there; openssl ts -verify -in timestamp.tsr -data manifest.sig -CAfile ROOT.pem"
ALWAYS = FIXED + ("README.txt", "data/dossier.json", "data/items.jsonl", "not_included.csv", "populations.sqlite", "tests.sql")
ROLES = [(re.compile(p), r) for p, r in (
    (r"data/dossier\.json", "dossier"), (r"data/items\.jsonl", "items"), (r"populations\.sqlite", "database"), (r"tests\.sql", "tests"),
    (r"not_included\.csv|csv/[^/]+\.csv", "csv"), (r"verify\.py", "verifier"), (r"data/tables/[^/]+\.jsonl", "table"), (r"data/[^/]+\.jsonl", "rows"),
    (r"README\.txt|report\.pdf|workbook\.xlsx|index\.html|oscal/[^/]+\.json", "document"), (r"evidence/.+", "evidence"),
    (r"logs/ledger/(checkpoint|leaves|entries\.jsonl|lists/[^/]+)", "ledger"), (r"logs/(?!ledger/).+", "log"),
    (r"catalog/.+", "catalog"), (r"manual/.+", "manual"))]
MEMBERS = set("""schema_version package_id content_digest merkle supersedes status complete incomplete entity engagement run_id
    generated_at generated_by tool catalog_sha256 config_sha256 database_sha256 scope sources populations results_summary
    not_tested manual log_integrity ledger rows withheld limits files""".split())
SEGMENT = re.compile(r"(?!(con|prn|aux|nul|com[1-9]|lpt[1-9])(\.|$))[a-z0-9_]([a-z0-9._-]*[a-z0-9_-])?", re.I | re.A)
problems, say = [], lambda text: print(text.encode("ascii", "backslashreplace").decode())
def bad(code, path, note):
    problems.append(code)
    say("PROBLEM %s %r: %s" % (code, path, note))
def stop(note):
    sys.exit(say(note) or 2)
def chunks(f, size):
    while size > 0 and (b := f.read(min(size, 1 << 20))):
        size -= len(b)
        yield b
def measure(f, size):
    sha, crc = hashlib.sha256(), 0
    for b in chunks(f, size):
        sha.update(b)
        crc = zlib.crc32(b, crc)
    return sha.hexdigest(), crc
class Part(io.RawIOBase):
    """Some bytes of a file."""
    def __init__(self, f, start, size):
        self.f, self.at, self.left = f, start, size
    readable = lambda self: True
    def readinto(self, buf):
        self.f.seek(self.at)
        n = self.f.readinto(memoryview(buf)[:self.left])
        self.at, self.left = self.at + n, self.left - n
        return n
def local(name, size, crc):
    n, big = name.encode("latin-1"), size >= 0xFFFFFFFF
    s = 0xFFFFFFFF if big else size
    extra = struct.pack("<HHQQ", 1, 16, size, size) if big else b""
    return struct.pack("<IHHHHHIIIHH", 0x04034B50, 45 if big else 10, 0, 0, 0, 33, crc, s, s, len(n), len(extra)) + n + extra
def central(name, size, crc, at):
    n = name.encode("latin-1")
    extra = struct.pack("<QQ", size, size) if size >= 0xFFFFFFFF else b""
    extra += struct.pack("<Q", at) if at >= 0xFFFFFFFF else b""
    extra = struct.pack("<HH", 1, len(extra)) + extra if extra else b""
    v, s, at = 45 if extra else 10, min(size, 0xFFFFFFFF), min(at, 0xFFFFFFFF)
    return struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, v, v, 0, 0, 0, 33, crc, s, s, len(n), len(extra), 0, 0, 0, 0, at) + n + extra
def end(count, at, size):
    out = b""
    if count >= 0xFFFF or at >= 0xFFFFFFFF or size >= 0xFFFFFFFF:
        out = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, count, count, size, at)
        out += struct.pack("<IIQI", 0x07064B50, 0, at + size, 1)
    return out + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, min(count, 0xFFFF), min(count, 0xFFFF), min(size, 0xFFFFFFFF), min(at, 0xFFFFFFFF), 0)
def read_zip(path):
    """Rebuilds the canonical container from the front and compares each byte."""
    files, f, directory, last, total, at = {}, open(path, "rb"), [], "", os.path.getsize(path), 0
    while f.seek(at) == at and (head := f.read(30))[:4] == b"PK\x03\x04" and len(head) == 30:
        csize, nlen, xlen = struct.unpack_from("<I", head, 18)[0], *struct.unpack_from("<HH", head, 26)
        rest = f.read(nlen + xlen)
        name = rest[:nlen].decode("latin-1")
        if csize == 0xFFFFFFFF and xlen == 20 and len(rest) == nlen + 20:
            csize = struct.unpack_from("<Q", rest, nlen + 12)[0]
        start = at + 30 + nlen + xlen
        if not name or csize > total - start:
            return bad("CONTAINER_NOT_CANONICAL", name, "byte %d: an entry does not fit into the file" % at)
        sha, crc = measure(f, csize)
        if head + rest != local(name, csize, crc):
            bad("CONTAINER_NOT_CANONICAL", name, "byte %d: its header is not the canonical one" % at)
        if name <= last:
            bad("CONTAINER_NOT_CANONICAL", name, "byte %d: names are sorted, and none stands twice" % at)
        directory.append(central(name, csize, crc, at))
        files.setdefault(name, (csize, sha, lambda s=start, n=csize: io.BufferedReader(Part(f, s, n))))
        last, at = name, start + csize
    want = b"".join(directory) + end(len(directory), at, sum(map(len, directory)))
    f.seek(max(0, total - (1 << 16)))
    if not directory and b"PK\x05\x06" not in f.read():
        stop("it is neither a folder nor a zip file, or it is empty")
    f.seek(at)
    rest = f.read(len(want) + 1)
    if rest != want:
        bad("CONTAINER_NOT_CANONICAL", "", "from byte %d on: not the directory of the entries before it" % at)
    return files if directory and rest[:4] == b"PK\x01\x02" else None
def read_folder(path):
    files = {}
    for dirpath, dirs, names in os.walk(path):
        for full in (os.path.join(dirpath, n) for n in dirs + names):
            rel = os.path.relpath(full, path).replace(os.sep, "/")
            if os.path.islink(full) or not (os.path.isfile(full) or os.path.isdir(full)):
                bad("PATH_UNSAFE", rel, "it is a link or a device")
            elif os.path.isfile(full):
                size = os.path.getsize(full)
                files[rel] = (size, measure(open(full, "rb"), size)[0], lambda p=full: open(p, "rb"))
            elif not os.listdir(full):
                bad("FILE_EXTRA", rel + "/", "an empty folder")
    return files
def check_paths(names):
    seen = {}  # every file and folder, by its name without regard to case
    for p in sorted(names):
        parts = p.split("/")
        if len(p) > 120 or len(parts) > 8 or not all(map(SEGMENT.fullmatch, parts)):
            bad("PATH_UNSAFE", p, "not a safe path")
        for i in range(1, len(parts) + 1):
            one = ("/".join(parts[:i]), i < len(parts))
            if seen.setdefault(one[0].lower(), one) != one:
                bad("PATH_UNSAFE", p, "another file or folder has this name, or it in another case")
canonical = lambda x: json.dumps(x, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
def read_manifest(body):
    try:
        m = json.loads(body.decode("utf-8"), parse_float=str, parse_constant=str)
        if canonical(m) != body or set(m) != MEMBERS or m["schema_version"] != "tieout/manifest/v1":
            raise ValueError("not the canonical JSON of a manifest of this version")
        if [f["path"] for f in m["files"]] != sorted({f["path"] for f in m["files"]}):
            raise ValueError("its files are not sorted, or one stands twice")
        for f in m["files"]:
            role = next((r for pattern, r in ROLES if pattern.fullmatch(f["path"])), None)
            if set(f) != {"bytes", "path", "role", "sha256"} or f["role"] != role or not re.fullmatch("[0-9a-f]{64}", f["sha256"]):
                raise ValueError("its line of file %s" % f["path"])
        return m
    except (ValueError, KeyError, TypeError, RecursionError) as e:
        bad("MANIFEST_INVALID", "manifest.json", str(e))
def root(leaves):
    """The Merkle root of RFC 6962."""
    nodes = [hashlib.sha256(b"\0" + leaf).digest() for leaf in leaves]
    while len(nodes) > 1:
        pairs = [hashlib.sha256(b"\1" + nodes[i] + nodes[i + 1]).digest() for i in range(0, len(nodes) - 1, 2)]
        nodes = pairs + nodes[len(pairs) * 2:]
    return nodes[0].hex() if nodes else ""
def shares(n, room):
    """Each part's share of n by largest remainder."""
    out, al = [n * r // max(sum(room), 1) for r in room], max(sum(room), 1)
    for i in sorted(range(len(room)), key=lambda i: -(n * room[i] % al))[:n - sum(out)]:
        out[i] += 1
    return out
def draw(plan, grown, nonce, c, rows):
    seed, room, picks = hmac.new(bytes.fromhex(nonce), b"tieout/sample/v2" + c, "sha256").digest(), [s["population"] for s in plan["strata"]], []
    sizes, last = shares(plan["size"], room), plan["size"]
    spare = shares(plan["reserves"], [r - s for r, s in zip(room, sizes)])
    for n in grown:
        more, last = shares(n - last, [r - s for r, s in zip(room, sizes)]), n
        sizes = [s + m for s, m in zip(sizes, more)]
    for s, size, left in zip(plan["strata"], sizes, spare):
        ranks = []
        for x in rows:
            dated = re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", x.get("at", ""), re.A)
            if {"month": x["at"][:7] if dated else "undated", "component": x["component"], "none": "all"}[plan["by"]] == s["name"]:
                text = b"".join(struct.pack(">Q", len(t)) + t for t in (y.encode() for y in (s["name"], x["component"], x["item"])))
                ranks.append((hmac.new(seed, text, "sha256").digest(), x["component"], x["item"]))
        for i, (_, component, item) in enumerate(sorted(ranks)[:size + left]):
            picks.append({"stratum": s["name"], "order": i + 1, "component": component, "item": item, "reserve": i >= size})
    return picks
def check_samples(d, items):
    for s in d.get("samples", []):
        plan, c, draws = s["plan"], hashlib.sha256(b"\1" + canonical(s["plan"])).digest(), s.get("draws", [])
        lines = [b.rstrip(b"\n") for b in items() if b.endswith(b'"test":' + canonical(plan["test"]) + b"}\n")]
        same = root(lines) == plan["population_root"]
        if c.hex() != s["commitment"] or same != s["same_population"] or not same and plan["run"] == d["run"]["id"] or len({x["nonce"] for x in draws}) > 1:
            bad("SAMPLE_MISMATCH", "data/dossier.json", "%s: plan, commitment, nonce and items do not belong together" % s["id"])
        elif same and draws and draw(plan, [x["size"] for x in draws[1:]], draws[0]["nonce"], c, list(map(json.loads, lines))) != s["picks"]:
            bad("SAMPLE_MISMATCH", "data/dossier.json", "%s: drawn again it has other items" % s["id"])
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT = -121665 * pow(121666, P - 2, P) % P, pow(2, (P - 1) // 4, P)
def decode_point(b):
    y = int.from_bytes(b, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    x = x if x * x % P == xx else x * ROOT % P
    if x * x % P != xx:
        raise ValueError("no point")
    x = x if x % 2 == sign else P - x
    return x, y, 1, x * y % P
def add(a, b):
    u, v = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = v - u, d - c, d + c, v + u
    return e * f % P, g * h % P, f * g % P, e * h % P
def times(n, p):
    q = (0, 1, 1, 0)
    for bit in bin(n)[2:]:
        q = add(add(q, q), p) if bit == "1" else add(q, q)
    return q
BASE = decode_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
def ed25519(key, message, sig):
    s, (x, y, z, t) = int.from_bytes(sig[32:], "little"), decode_point(key)
    k = int.from_bytes(hashlib.sha512(sig[:32] + key + message).digest(), "little") % L
    x, y, z, _ = add(times(s, BASE), times(k, (P - x, y, z, P - t)))
    z = pow(z, P - 2, P)
    return s < L and (y * z % P | (x * z % P & 1) << 255).to_bytes(32, "little") == sig[:32]
def read_keys(text):
    text = open(text, encoding="utf-8").read(1 << 16) if os.path.isfile(text) else text
    keys = {}
    for line in (x for x in map(str.strip, text.splitlines()) if x and x[0] != "#"):
        name, short, b64 = (line.split("+", 2) + ["", ""])[:3]
        key = base64.b64decode(b64) if re.fullmatch("[A-Za-z0-9+/]{44}", b64) else b""
        if key[:1] != b"\1" or hashlib.sha256(name.encode() + b"\n" + key).hexdigest()[:8] != short:
            stop("this is no verifier key, and no file of keys: %.100s" % line)
        if name.endswith("/manifest"):
            keys[name, short] = key[1:]
    return keys
def signature(msg, want, keys):
    (text, _, sigs), ids = msg.rpartition("\n\n"), []
    if re.search("[\0-\x09\x0b-\x1f\ud800-\udfff]", msg):
        return "invalid"
    for line in sigs[:-1].split("\n") if sigs.endswith("\n") else [""]:
        m = re.fullmatch("\u2014 ([^\\s+]+) ([A-Za-z0-9+/=]+)", line)
        try:
            raw = base64.b64decode(m.group(2), validate=True)
            ids += [(m.group(1), raw[:4].hex())]
            key = keys.get(ids[-1])
            if len(raw) < 5 or len(ids) > 100 or ids[-1] in ids[:-1] or base64.b64encode(raw).decode() != m.group(2) or key and not (len(raw) == 68 and ed25519(key, (text + "\n").encode(), raw[4:])):
                return "invalid"
        except (AttributeError, ValueError):
            return "invalid"
    return "invalid" if text + "\n" != want else "valid" if set(ids) & set(keys) else "unknown"

def main(path, keys):
    files = read_folder(path) if os.path.isdir(path) else read_zip(path)
    if files is None:
        return "invalid"
    if not problems and not set(files) & {"manifest.json", "manifest.sig", "data/dossier.json"}:
        stop("it holds no package of tieout")
    check_paths(files)
    for p in sorted(set(ALWAYS) - set(files)):
        bad("FILE_MISSING", p, "every package has it")
    if "manifest.json" not in files or (m := read_manifest(files["manifest.json"][2]().read())) is None:
        return "invalid"
    listed = {f["path"]: f for f in m["files"]}
    for p, f in listed.items():
        if p not in files:
            bad("FILE_MISSING", p, "the manifest lists it")
        elif files[p][0] != f["bytes"]:
            bad("SIZE_MISMATCH", p, "%d bytes instead of %d" % (files[p][0], f["bytes"]))
        elif files[p][1] != f["sha256"]:
            bad("HASH_MISMATCH", p, "SHA-256 %s instead of %s" % (files[p][1], f["sha256"]))
    for p in sorted(set(files) - set(listed) - set(FIXED) - {STAMP}):
        bad("FILE_EXTRA", p, "the manifest does not list it")
    got = root(b"tieout/content/v1\n" + canonical(f) for f in m["files"] if f["role"] not in ("document", "verifier"))
    if not got or got != m["content_digest"] or got[:32] != m["package_id"]:
        bad("MANIFEST_INVALID", "manifest.json", "its files have the root " + got)
    sums = dict([(p, f["sha256"]) for p, f in listed.items()] + [(p, files[p][1]) for p in FIXED[1:] + (STAMP,) if p in files])
    text = "".join("%s  %s\n" % (sums[p], p) for p in sorted(sums))
    if "SHA256SUMS" in files and files["SHA256SUMS"][1] != hashlib.sha256(text.encode()).hexdigest():
        bad("HASH_MISMATCH", "SHA256SUMS", "it does not list what the manifest lists")
    if problems:
        print("signature and rows: not checked, since the files are not those of the manifest")
        return "invalid"
    want = "tieout/package/v1\n%s\nmanifest.json sha256:%s\ncontent root:%s\n" % (m["entity"]["slug"], files["manifest.json"][1], got)
    sig = files["manifest.sig"][2]().read(1 << 16) if files["manifest.sig"][0] <= 1 << 16 else b""
    state = signature(sig.decode("utf-8", "surrogateescape"), want, keys)
    if state == "invalid":
        bad("SIG_BAD", "manifest.sig", "it does not sign this manifest")
    elif state == "unknown" and keys:
        print("PROBLEM KEY_UNKNOWN manifest.sig: it is signed by none of the keys given")
    csv.field_size_limit(1 << 30)
    twins = [(f["path"], "csv/%s.csv" % f["path"][5:-6] if f["role"] == "rows" else "") for f in m["files"] if f["role"] in ("rows", "items", "table")]
    if [(r["path"], r["csv"]) for r in m["rows"]] != twins:
        bad("COUNT_MISMATCH", "manifest.json", "it does not count the rows of each file of lines with its twin")
    for r in m["rows"]:
        n = sum(b.count(b"\n") for b in chunks(files[r["path"]][2](), files[r["path"]][0])) if r["path"] in files else -1
        try:
            twin = csv.reader(io.TextIOWrapper(files[r["csv"]][2](), encoding="utf-8", newline=""), strict=True) if r["csv"] else range(n + 1)
            twin = sum(1 for _ in twin) - 1
        except (KeyError, ValueError, csv.Error):
            twin = -1
        if not n == twin == r["rows"]:
            bad("COUNT_MISMATCH", r["path"], "%d lines, %d rows in its twin, %s in the manifest" % (n, twin, r["rows"]))
    check_samples(json.loads(files["data/dossier.json"][2]().read().decode("utf-8")), files["data/items.jsonl"][2])
    say("entity %r, stage %r, complete: %s" % (m["entity"]["name"], m["status"], "yes" if m["complete"] else "NO"))
    print("content %s\nmanifest sha256 %s\nsignature %s\nnot checked here: the tests' results, and the documents against the data%s" % (got, files["manifest.json"][1], state if keys else "not checked: no key given", STAMPED * (STAMP in files)))
    return "invalid" if problems else "valid" if state == "valid" else "indeterminate"

if __name__ == "__main__":
    given = sys.argv[1:] or [os.path.dirname(os.path.abspath(__file__))]
    try:
        verdict = main(given[0], read_keys(given[1]) if len(given) == 2 else {} if len(given) == 1 else stop(__doc__))
    except OSError as e:
        stop(str(e))
    except (KeyError, TypeError, ValueError) as e:
        verdict = bad("MANIFEST_INVALID", "manifest.json", "it has not the form of a manifest: %r" % e) or "invalid"
    print("VERDICT " + verdict.upper() + (" as far as this program goes" if verdict == "valid" else ""))
    sys.exit({"valid": 0, "invalid": 1, "indeterminate": 6}[verdict])
