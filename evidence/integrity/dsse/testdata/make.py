#!/usr/bin/env python3
"""Makes the vectors beside it with Python's cryptography: keys, envelopes that
hold, and envelopes that do not. The two Ed25519 keys are those of RFC 8032,
section 7.1, so that envelopes by them have one spelling for everybody."""
import base64, hashlib, json, pathlib
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

here = pathlib.Path(__file__).parent
TYPE = "application/vnd.in-toto+json"

def pae(kind, body): return b"DSSEv1 %d %s %d %s" % (len(kind.encode()), kind.encode(), len(body), body)
def b64(b): return base64.b64encode(b).decode()
def pem(k): return k.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()

a = ed25519.Ed25519PrivateKey.from_private_bytes(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
b = ed25519.Ed25519PrivateKey.from_private_bytes(bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
p256 = ec.derive_private_key(97358161215184420915383655311931858321456579547487070936769975997791359926199, ec.SECP256R1())
p384 = ec.derive_private_key(0x5eed, ec.SECP384R1())
r = rsa.generate_private_key(65537, 2048)
for name, k in {"a": a, "b": b, "p256": p256, "p384": p384, "rsa": r}.items():
    (here / f"{name}.pem").write_text(pem(k))

def ed(k): return lambda m: k.sign(m)
def ecdsa(k, h): return lambda m: k.sign(m, ec.ECDSA(h))
def pss(k): return lambda m: k.sign(m, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
def pkcs1(k): return lambda m: k.sign(m, padding.PKCS1v15(), hashes.SHA256())

def envelope(body, *signers, kind=TYPE, enc=b64):
    sigs = []
    for keyid, sign in signers:
        s = {"sig": enc(sign(pae(kind, body)))}
        if keyid is not None: s["keyid"] = keyid
        sigs.append(s)
    return {"payload": enc(body), "payloadType": kind, "signatures": sigs}

(here / "model.bin").write_bytes(b"weights of the fraud model\n")
sha = hashlib.sha256((here / "model.bin").read_bytes()).hexdigest()
def statement(digest=sha, **more):
    return json.dumps({"_type": "https://in-toto.io/Statement/v1", "subject": [{"name": "model.bin", "digest": {"sha256": digest}}, {"name": "elsewhere/report.txt", "digest": {"sha512": "00" * 64}}], "predicateType": "https://example.test/evaluation/v1", "predicate": {"accuracy": 0.93}, **more}).encode()

def write(name, *envelopes, indent=None):
    (here / name).write_text("".join(json.dumps(e, indent=indent) + "\n" for e in envelopes))

s = statement()
write("good.json", envelope(s, ("a", ed(a))), indent=2)
write("good-nokeyid.json", envelope(s, (None, ed(a))))
write("good-p256.json", envelope(s, ("p256", ecdsa(p256, hashes.SHA256()))))
write("good-p384.json", envelope(s, ("p384", ecdsa(p384, hashes.SHA384()))))
write("good-rsa-pss.json", envelope(s, ("rsa", pss(r))))
write("good-rsa-pkcs1.json", envelope(s, ("rsa", pkcs1(r))))
write("good-two.json", envelope(s, ("a", ed(a)), ("b", ed(b))))
write("good-twice.json", envelope(s, ("a", ed(a)), ("a", ed(a))))
write("good-urlsafe.json", envelope(bytes([0xfb, 0xff, 0xbf, 0x3e, 0x3f]), ("a", ed(a)), enc=lambda x: base64.urlsafe_b64encode(x).decode()))
write("good-type.json", envelope(b'{"_type":"https://in-toto.io/Statement/v1"}', ("a", ed(a)), kind="application/vnd.ex\u00e4mple+json"))
write("good-empty.json", envelope(b"", ("a", ed(a)), kind="text/plain"))
write("good-lines.jsonl", *(envelope(statement(run=i), ("a", ed(a))) for i in range(5)))
write("subject.json", envelope(statement("11" * 32), ("a", ed(a))))
twice = s.replace(b'"predicateType"', b'"subject": [], "predicateType"')
write("payload-twice.json", envelope(twice, ("a", ed(a))))
write("payload-no-statement.json", envelope(b"{}", ("a", ed(a))))
# the example of the DSSE specification: its signature is r and s one behind the other
e = envelope(b"hello world", ("p256", ecdsa(p256, hashes.SHA256())), kind="http://example.com/HelloWorld")
write("hello.json", e)
