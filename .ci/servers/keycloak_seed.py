"""Fills a Keycloak for the tests, through its own REST. Does nothing where it
was filled before: the realm is there only when all of it is."""

import base64
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

USERS = 230
url, admin, password = sys.argv[1:4]
issued = [0, ""]


def token():
    if time.time() - issued[0] > 30:
        form = {"grant_type": "password", "client_id": "admin-cli", "username": admin, "password": password}
        issued[:] = [time.time(), json.load(urllib.request.urlopen(f"{url}/realms/master/protocol/openid-connect/token", urllib.parse.urlencode(form).encode()))["access_token"]]
    return issued[1]


def ask(method, path, body=None, ok=()):
    req = urllib.request.Request(f"{url}/admin/realms{path}", method=method, data=None if body is None else json.dumps(body).encode())
    req.add_header("Authorization", "Bearer " + token())
    req.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(req) as r:
            text = r.read()
            return json.loads(text) if text else r.headers.get("Location", "").rsplit("/", 1)[-1]
    except urllib.error.HTTPError as e:
        if e.code in ok:
            return None
        raise SystemExit(f"{method} {path}: {e.code} {e.read()[:300]}")


if ask("GET", "/lending", ok=(404,)):
    if ask("GET", "/lending").get("displayName") == "whole":
        sys.exit(0)
    ask("DELETE", "/lending")

R = "/lending"
ask("POST", "", {
    "realm": "lending", "enabled": True, "ssoSessionIdleTimeout": 900, "ssoSessionMaxLifespan": 36000, "bruteForceProtected": True,
    "passwordPolicy": "length(14)", "eventsEnabled": True, "eventsExpiration": 864000, "adminEventsEnabled": True, "adminEventsDetailsEnabled": True,
    "attributes": {"adminEventsExpiration": "864000"}, "smtpServer": {"host": "mail.example.com", "from": "m@example.com", "user": "m", "password": "kestrel-mail-secret", "auth": "true"},
})
for name, rights in {"auditor": None, "blind": [], "half": ["view-users", "query-users"]}.items():
    ask("POST", R + "/clients", {"clientId": name, "secret": "not-a-secret-" + name, "serviceAccountsEnabled": True, "publicClient": False, "standardFlowEnabled": False})
clients = {c["clientId"]: c["id"] for c in ask("GET", R + "/clients?max=100")}
management = {r["name"]: r for r in ask("GET", f"{R}/clients/{clients['realm-management']}/roles")}
for name, rights in {"auditor": ["view-users", "query-users", "query-groups", "view-clients", "view-realm", "view-events"], "half": ["view-users", "query-users"]}.items():
    who = ask("GET", f"{R}/clients/{clients[name]}/service-account-user")["id"]
    ask("POST", f"{R}/users/{who}/role-mappings/clients/{clients['realm-management']}", [management[r] for r in rights])

ask("POST", R + "/clients", {"clientId": "ml-registry", "secret": "kestrel-client-secret", "publicClient": False, "attributes": {"client.session.idle.timeout": "300"}})
registry = next(c["id"] for c in ask("GET", R + "/clients?clientId=ml-registry"))
for role in ("viewer", "editor"):
    ask("POST", f"{R}/clients/{registry}/roles", {"name": role})
for role in ("analyst", "odd/role name", "lead"):
    ask("POST", R + "/roles", {"name": role})
roles = {r["name"]: r for r in ask("GET", R + "/roles?max=100")}
registry_roles = {r["name"]: r for r in ask("GET", f"{R}/clients/{registry}/roles")}
ask("POST", f"{R}/roles-by-id/{roles['lead']['id']}/composites", [registry_roles["editor"], roles["analyst"], management["manage-events"]])
ask("POST", f"{R}/roles-by-id/{roles['analyst']['id']}/composites", [registry_roles["viewer"]])

otp = {"type": "otp", "userLabel": "phone", "secretData": json.dumps({"value": "kestrel-otp-secret"}), "credentialData": json.dumps({"subType": "totp", "digits": 6, "period": 30, "algorithm": "HmacSHA1", "counter": 0})}
webauthn = {"type": "webauthn", "userLabel": "key", "secretData": "{}", "credentialData": json.dumps({"aaguid": "00000000-0000-0000-0000-000000000000", "credentialId": "AAAA", "counter": 0, "credentialPublicKey": "AAAA", "attestationStatementFormat": "none", "transports": []})}
pw = {"type": "password", "value": "Kestrel-password-9!", "temporary": False}
people = [
    {"username": "mara.example", "email": "mara@example.com", "enabled": True, "emailVerified": True, "firstName": "Mara", "lastName": "Example", "credentials": [pw, webauthn]},
    {"username": "otto.example", "email": "otto@example.com", "enabled": True, "emailVerified": True, "firstName": "Otto", "lastName": "Example", "credentials": [pw, otp]},
    {"username": "nina.example", "email": "nina@example.com", "enabled": True, "emailVerified": True, "firstName": "Nina", "lastName": "Example", "credentials": [pw]},
    {"username": "left.example", "enabled": False, "credentials": [pw], "requiredActions": ["UPDATE_PASSWORD"]},
    {"username": "outside.example", "email": "outside@example.com", "enabled": True},
]
people += [{"username": f"user{i:04d}", "enabled": True} for i in range(USERS - len(people))]
got = ask("POST", R + "/partialImport", {"ifResourceExists": "FAIL", "users": people})
ids = {u["username"]: u["id"] for n in range(0, USERS, 100) for u in ask("GET", f"{R}/users?first={n}&max=100")}
ask("POST", f"{R}/users/{ids['mara.example']}/role-mappings/realm", [roles["lead"]])
ask("POST", f"{R}/users/{ids['otto.example']}/role-mappings/realm", [roles["odd/role name"]])
team = ask("POST", R + "/groups", {"name": "team"})
inner = ask("POST", f"{R}/groups/{team}/children", {"name": "in/ner"})["id"]
ask("POST", f"{R}/groups/{team}/role-mappings/realm", [roles["analyst"]])
ask("POST", f"{R}/groups/{inner}/role-mappings/clients/{registry}", [registry_roles["editor"]])
ask("PUT", f"{R}/users/{ids['nina.example']}/groups/{inner}", {})

ask("PUT", R + "/clients/" + clients["admin-cli"], {**ask("GET", R + "/clients/" + clients["admin-cli"]), "directAccessGrantsEnabled": True})
for secret in ["Kestrel-password-9!"] * 3 + ["wrong"] * 2:
    form = urllib.parse.urlencode({"grant_type": "password", "client_id": "admin-cli", "username": "nina.example", "password": secret}).encode()
    try:
        urllib.request.urlopen(f"{url}/realms/lending/protocol/openid-connect/token", form).read()
    except urllib.error.HTTPError as e:
        if e.code not in (400, 401):
            raise SystemExit(f"sign-in: {e.code} {e.read()[:300]}")
ask("PUT", R, {"displayName": "whole"})
