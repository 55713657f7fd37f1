"""Makes a log in every format that a built-in profile describes.

Each is written from the format's own formula, without code of tieout or of the
projects. Run it in this folder: python3 formats.py
Needs the package cryptography, for Ed25519 and ECDSA.
"""
import base64
import hashlib
import hmac
import json
import os
import struct
from decimal import Decimal

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ZEROS = "0" * 64
N = 6
ODD = "t\u00f6l|\u2028 \U0001f600 \"q\" \\ \n\x7f"


def sha(data):
    return hashlib.sha256(data if isinstance(data, bytes) else data.encode()).hexdigest()


def at(i, form="Z"):
    return f"2026-03-01T00:0{i}:00{'.5' if i % 2 else ''}{form}"


def js(value):
    """JSON.stringify for what these logs hold."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def jcs(value):
    if isinstance(value, dict):
        names = sorted(value, key=lambda n: n.encode("utf-16-be"))
        return "{" + ",".join(js(n) + ":" + jcs(value[n]) for n in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(jcs, value)) + "]"
    if isinstance(value, float):
        return es6(value)
    return js(value)


def es6(value):
    """ECMAScript's Number::toString: the shortest digits, as repr finds them."""
    if value == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    digits = "".join(map(str, digits))
    point = len(digits) + exponent
    if len(digits) <= point <= 21:
        text = digits + "0" * (point - len(digits))
    elif 0 < point <= 21:
        text = digits[:point] + "." + digits[point:]
    elif -6 < point <= 0:
        text = "0." + "0" * -point + digits
    else:
        text = digits[0] + ("." + digits[1:] if digits[1:] else "") + f"e{point - 1:+d}"
    return "-" * sign + text


def agt_go():
    prev, out = "", []
    for i in range(N):
        r = {"timestamp": at(i), "agent_id": f"agent|{i}", "action": ODD if i == 2 else "tool.call", "decision": "allow", "previous_hash": prev}
        data = b"\x01"
        for text in r.values():
            data += struct.pack(">I", len(text.encode())) + text.encode()
        prev = r["hash"] = sha(data)
        out.append(r)
    return json.dumps(out, ensure_ascii=False)


def bars(names, form, printed):
    prev, out = "", []
    for i in range(N):
        values = [i, at(i, form), f"a{i}", ODD if i == 2 else "read", "deny"]
        prev_text = "|".join(map(str, [values[0], printed(values[1]), *values[2:], prev]))
        r = dict(zip(names, [*values, prev]))
        prev = r[names[6]] = sha(prev_text)
        out.append(r)
    return json.dumps(out)


def dotnet(text):
    head, zone = text[:-6], text[-6:]
    head, _, fraction = head.partition(".")
    return f"{head}.{fraction:0<7}{zone}"


def stringified(names):
    prev, out = ZEROS, []
    for i in range(N):
        r = {"timestamp": at(i), "agentId": f"a{i}", "action": ODD if i == 2 else "read", "decision": "allow"}
        signed = {**r, "previousHash": prev}
        if "skillAuditMetadata" in names and i % 2:
            signed["skillAuditMetadata"] = {"z": 1.5, "a": [1e21, None, True]}
        text = js(signed).replace("1e+21", "1e21")
        r.update(signed)
        prev = r["hash"] = sha(text)
        out.append(r)
    return json.dumps(out, indent=2, ensure_ascii=False).replace("1e+21", "1e21")


def lines(records, **how):
    return "".join(json.dumps(r, **how) + "\n" for r in records)


def python_entry():
    prev, out = "", []
    for i in range(N):
        r = {
            "entry_id": f"e{i}", "timestamp": at(i, "+00:00"), "event_type": "policy", "agent_did": "did:x:1", "action": ODD, "resource": None if i % 2 else "r",
            "data": {"b": [1e16, 1e-07, 0.1], "a": "\u00fc"}, "outcome": "success", "previous_hash": prev,
        }
        prev = sha(json.dumps(r, sort_keys=True))
        out.append({**r, "timestamp": at(i), "entry_hash": prev, "policy_decision": "deny"})
    return lines(out)


def python_sink(key):
    prev, out = "", []
    for i in range(N):
        r = {
            "entry_id": f"e{i}", "timestamp": at(i, "+00:00"), "event_type": "policy", "agent_did": "did:x:1", "action": ODD, "resource": None, "target_did": None,
            "data": {"k": [1e16, 2]}, "outcome": "success", "policy_decision": "deny", "matched_rule": None, "trace_id": None, "session_id": "s", "previous_hash": prev,
        }
        prev = sha(json.dumps(r, sort_keys=True))
        mac = hmac.new(key, prev.encode(), hashlib.sha256).hexdigest()
        out.append({**r, "content_hash": prev, "signature": mac, "sandbox_id": None})
    return lines(out, sort_keys=True)


def mcp_receipt(private):
    prev, out = None, []
    public = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()
    for i in range(N):
        r = {
            "receipt_id": f"r{i}", "tool_name": ODD, "agent_did": "did:x:1", "cedar_policy_id": "p", "cedar_decision": "allow", "args_hash": sha("{}"),
            "timestamp": 1772323200.25 + i,
        }
        if prev is not None:
            r["parent_receipt_hash"] = prev
        if i % 2:
            r["session_id"] = "s"
        text = json.dumps(r, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        full = {"session_id": None, "parent_receipt_hash": None, **r, "payload_hash": sha(text), "signature": private.sign(text.encode()).hex(), "signer_public_key": public, "error": None}
        prev = sha(text)
        out.append(full)
    return lines(out)


def litellm():
    prev, out = ZEROS, []
    for i in range(N):
        r = {
            "seq": i, "ts": at(i, "+00:00"), "prev_hash": prev, "call_id": f"c{i}", "model": "m", "status": "success", "latency_ms": 12.0,
            "metadata": {"user_id": "\u00fcn\u00ef", "a": 1e16, "Z": 0.1, "odd": ODD, "\U0001f600": 1, "\ufb33": 2},
        }
        prev = sha(json.dumps(r, sort_keys=True, separators=(",", ":")))
        out.append({**r, "record_hash": prev})
    return lines(out)


def aat(private):
    prev, out = {}, []
    for i in range(2 * N):
        session = f"s{i % 2}"
        r = {
            "record_id": f"r{i}", "timestamp": at(i // 2), "agent_id": "a", "agent_version": "1.0.0", "session_id": session, "action_type": "tool_call",
            "action_detail": {"n": 1e21, "x": ODD, "f": 0.000001, "\U0001f600": 1, "\ufb33": -0.5}, "outcome": "success", "trust_level": "L2",
            "parent_record_id": prev.get(session) and f"r{i - 2}", "prev_hash": prev.get(session),
        }
        text = jcs(r)
        der = private.sign(text.encode(), ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        a, b = utils.decode_dss_signature(der)
        prev[session] = sha(text)
        signature = base64.urlsafe_b64encode(a.to_bytes(32, "big") + b.to_bytes(32, "big")).decode().rstrip("=")
        out.append({**r, "signature": signature})
    return lines(out)


def firstpass():
    prev, out = ZEROS, []
    for i in range(N):
        r = {"ts": at(i), "trace_id": f"t{i}", "prev_hash": prev, "tenant_id": "t", "session_id": "s", "attempts": [{"z": 0.25, "a": ODD}]}
        prev = sha(json.dumps(r, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
        out.append(r)
    return lines(out, ensure_ascii=False)


def raw_prefix():
    prev, out = ZEROS, ""
    for i in range(N):
        text = json.dumps({"seq": i, "ts": at(i, ""), "x": [1.0, ODD], "prev": prev})
        prev = sha(text)
        out += text[:-1] + f', "hash": "{prev}"}}\n'
    return out


def generic_jcs():
    prev, out = None, []
    for i in range(N):
        r = {"seq": i, "ts": at(i), "x": [1.5, -0.0, 1e-7, 100.0, 123456789012345680000.0, ODD], "prev": prev}
        prev = sha(jcs(r))
        out.append({**r, "hash": prev})
    return lines(out)


def lp32(text):
    return struct.pack(">I", len(text.encode())) + text.encode()


def ees():
    prev, out = bytes(32), []
    for i in range(N):
        r = {
            "schema_version": "air-1.0", "record_id": f"r{i}", "session_id": "s", "action_type": "credit_decision", "action_subtype": None,
            "action_timestamp_ms": 1772323200000 + 250 * i, "agent_id": "agent-\u00fc", "outcome_state": "success", "outcome_summary": ODD,
            "tool_calls": [{"tool_id": "t", "is_write": True, "score": 1e21, "\U0001f600": 1, "\ufb33": 2}],
        }
        content = hashlib.sha256(jcs(r).encode()).digest()
        chain = hashlib.sha256(content + prev + struct.pack(">Q", r["action_timestamp_ms"]) + lp32(r["agent_id"])).digest()
        out.append({**r, "integrity": {"content_hash": content.hex(), "prev_chain_hash": prev.hex(), "chain_hash": chain.hex(), "sequence_number": i, "signature": None}})
        prev = chain
    return lines(out)


def coreason():
    prev, out = None, []
    for i in range(N):
        r = {
            "id": f"00000000-0000-4000-8000-00000000000{i}", "request_id": "q", "root_request_id": "q", "timestamp": at(i, "+00:00"), "actor": "system",
            "action": ODD, "outcome": "success", "previous_hash": prev, "safety_metadata": {"b": [1e16, None], "a": None} if i % 2 else None,
        }
        hashed = {name: value for name, value in r.items() if value is not None}
        prev = sha(json.dumps(hashed, sort_keys=True, ensure_ascii=False))
        out.append({**r, "timestamp": at(i), "integrity_hash": prev})
    return lines(out, ensure_ascii=False)


def dvalin():
    prev, out = sha("2026-03-01T00-00-00-000Z-0123456789ab"), []
    for i in range(N):
        r = {"type": "tool_call", "tool": ODD, "argsSummary": {"z": [0.25, None], "a": 1}, "status": "success", "durationMs": 12.5, "seq": i, "ts": at(i), "prevHash": prev}
        prev = sha(jcs(r))
        out.append(r)
    return "".join(js(r) + "\n" for r in out)


def aegis():
    prev, out = "", []
    for i in range(N):
        r = {"ts": at(i), "actor": "master", "action": "session.create", "detail": ODD if i == 2 else "success"}
        if i % 2:
            r["sessionId"] = f"s|{i}"
        own = sha("|".join([r["ts"], r["action"], r.get("sessionId", ""), r["detail"], prev]))
        out.append({**r, "prevHash": prev, "hash": own})
        prev = own
    return "".join(js(r) + "\n" for r in out)


def securacv(private):
    prev, out = bytes(32), []
    domain = b"securacv:pwk:sealed-log-entry:v2"
    for i in range(N):
        payload = js({"event": "success", "n": i, "text": ODD})
        own = hashlib.sha256(prev + payload.encode()).digest()
        signed = hashlib.sha256(struct.pack("<I", len(domain)) + domain + own).digest()
        out.append({"id": i + 1, "payload": payload, "prev_hash": prev.hex(), "entry_hash": own.hex(), "signature": private.sign(signed).hex()})
        prev = own
    return lines(out)


def talos():
    prev, out = {}, []
    for i in range(2 * N):
        agent = f"t{i % 2}"
        r = {"sequenceNumber": i // 2, "talosId": agent, "method": "POST", "path": "/x/" + ODD, "statusCode": 200, "ipAddress": None if i % 3 else "success", "createdAt": at(i // 2)}
        own = sha("talos.audit.v1:" + js(r))
        out.append({"chainVersion": "1", **r, "previousHash": prev.get(agent, "GENESIS"), "entryHash": own})
        prev[agent] = own
    return "".join(js(r) + "\n" for r in out)


def put(name, file, text):
    os.makedirs(name, exist_ok=True)
    with open(f"{name}/{file}", "wb") as out:
        out.write(text.encode())


def public(key):
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


ed = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"tieout vectors: agent").digest())
p256 = ec.derive_private_key(int.from_bytes(hashlib.sha256(b"tieout vectors: p256").digest(), "big") >> 1, ec.SECP256R1())
secret = b"k" * 32
snake = ["seq", "timestamp", "agent_id", "action", "decision", "previous_hash", "hash"]
camel = ["seq", "timestamp", "agentId", "action", "decision", "previousHash", "hash"]

put("agt-python-sink", "audit.key", "text:" + secret.decode() + "\n")
put("agt-mcp-receipt", "agent.pem", public(ed))
put("ietf-aat", "agent.pem", public(p256))
put("securacv", "agent.pem", public(ed))

# Beside each log, the one that its holder could have written instead: every
# hash and signature of it holds.
for file, ODD in [("intact", ODD), ("rewritten", "another text")]:
    put("agt-go", f"{file}.json", agt_go())
    put("agt-rust", f"{file}.json", bars(snake, "Z", str))
    put("agt-dotnet", f"{file}.json", bars(camel, "+00:00", dotnet))
    put("agt-ts", f"{file}.json", stringified(["skillAuditMetadata"]))
    put("agt-claude-code", f"{file}.json", stringified([]))
    put("agt-python-entry", f"{file}.jsonl", python_entry())
    put("agt-python-sink", f"{file}.jsonl", python_sink(secret))
    put("agt-mcp-receipt", f"{file}.jsonl", mcp_receipt(ed))
    put("litellm-asqav", f"{file}.jsonl", litellm())
    put("ietf-aat", f"{file}.jsonl", aat(p256))
    put("firstpass", f"{file}.jsonl", firstpass())
    put("generic-raw-prefix", f"{file}.jsonl", raw_prefix())
    put("generic-jcs", f"{file}.jsonl", generic_jcs())
    put("veridic-ees", f"{file}.jsonl", ees())
    put("coreason", f"{file}.jsonl", coreason())
    put("dvalin", f"{file}.jsonl", dvalin())
    put("aegis", f"{file}.jsonl", aegis())
    put("securacv", f"{file}.jsonl", securacv(ed))
    put("talos", f"{file}.jsonl", talos())
