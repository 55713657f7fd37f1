"""Writes testdata/copy and testdata/keys.json: a copy of a bucket as AWS
CloudTrail fills it, made from the description of its files alone, with keys
that are thrown away. Needs the package cryptography; run it in this folder.

Four hours of one trail, the second without log files, the last two signed with
another key; one digest of late files; metadata of the newest digests beside
them, as `aws s3api head-object` prints it.
"""
import base64, datetime, gzip, hashlib, json, os, shutil
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

ACCOUNT, REGION, TRAIL, BUCKET = "111122223333", "us-east-2", "audit_trail", "example-bucket"
START = datetime.datetime(2026, 3, 1, 9)


def iso(t):
    return t.strftime("%Y-%m-%dT%H:%M:%SZ")


def write(name, content):
    path = os.path.join("copy", name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(content)


def dump(doc):  # as the real ones are: one line, slashes escaped
    return json.dumps(doc, separators=(",", ":")).replace("/", "\\/").encode()


class Key:
    def __init__(self, begin, end):
        self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.der = self.private.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
        self.fingerprint = hashlib.md5(self.der).hexdigest()
        self.begin, self.end = begin, end

    def sign(self, text):
        return self.private.sign(text, padding.PKCS1v15(), hashes.SHA256()).hex()

    def listed(self):
        return {"Value": base64.b64encode(self.der).decode(), "ValidityStartTime": self.begin, "ValidityEndTime": self.end, "Fingerprint": self.fingerprint}


def logs(start, numbers):
    out = []
    for n in numbers:
        at = start + datetime.timedelta(minutes=5 * n + 4)
        name = f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/{at:%Y/%m/%d}/{ACCOUNT}_CloudTrail_{REGION}_{at:%Y%m%dT%H%M}Z_Sample{n:010d}.json.gz"
        content = json.dumps({"Records": [{"eventVersion": "1.08", "eventID": f"event-{start:%H}-{n}", "eventTime": iso(at), "eventSource": "iam.amazonaws.com",
                                           "eventName": "CreateUser", "awsRegion": REGION, "recipientAccountId": ACCOUNT}]}, separators=(",", ":")).encode()
        write(name, gzip.compress(content, mtime=0))
        out.append({"s3Bucket": BUCKET, "s3Object": name, "hashValue": hashlib.sha256(content).hexdigest(), "hashAlgorithm": "SHA-256",
                    "newestEventTime": iso(at), "oldestEventTime": iso(at)})
    return out


def digest(start, files, key, before, ending):
    end = start + datetime.timedelta(hours=1)
    name = f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/{REGION}/{end:%Y/%m/%d}/{ACCOUNT}_CloudTrail-Digest_{REGION}_{TRAIL}_{REGION}_{end:%Y%m%dT%H%M%SZ}{ending}.json.gz"
    times = [f["newestEventTime"] for f in files] or [None]
    content = dump({
        "awsAccountId": ACCOUNT, "digestStartTime": iso(start), "digestEndTime": iso(end), "digestS3Bucket": BUCKET, "digestS3Object": name,
        "digestPublicKeyFingerprint": key.fingerprint, "digestSignatureAlgorithm": "SHA256withRSA", "newestEventTime": max(times), "oldestEventTime": min(times),
        "previousDigestS3Bucket": before and BUCKET, "previousDigestS3Object": before and before["name"], "previousDigestHashValue": before and before["hash"],
        "previousDigestHashAlgorithm": before and "SHA-256", "previousDigestSignature": before and before["signature"], "logFiles": files,
    })
    write(name, gzip.compress(content, mtime=0))
    h = hashlib.sha256(content).hexdigest()
    text = "\n".join([iso(end), f"{BUCKET}/{name}", h, before["signature"] if before else "null"])
    return {"name": name, "hash": h, "signature": key.sign(text.encode()), "made": iso(end)}


def side(d, **more):
    doc = {"AcceptRanges": "bytes", "ContentType": "application/json", "ContentEncoding": "gzip",
           "Metadata": {"signature": d["signature"], "signature-algorithm": "SHA256withRSA", **more}}
    write(d["name"] + ".meta.json", json.dumps(doc, indent=4).encode())


shutil.rmtree("copy", ignore_errors=True)
old, new = Key("2026-02-20T00:00:00+00:00", "2026-03-01T11:30:00+00:00"), Key("2026-03-01T11:00:00+00:00", "2026-04-01T00:00:00+00:00")
before = None
for hour, numbers in enumerate([(0, 3), (), (1, 2, 9), (5,)]):
    start = START + datetime.timedelta(hours=hour)
    before = digest(start, logs(start, numbers), old if hour < 2 else new, before, "")
side(before)
late = digest(START + datetime.timedelta(hours=1), logs(START + datetime.timedelta(hours=1), (11,)), new, None, "_backfill")
side(late, **{"backfill-generation-timestamp": "2026-03-01T13:20:00Z"})
with open("keys.json", "w") as f:
    json.dump({"PublicKeyList": [old.listed(), new.listed()]}, f, indent=4)
    f.write("\n")
