#!/usr/bin/env bash
# Makes the vectors beside it with openssl 3: a root, time-stamping authorities
# of every bad kind, and their answers. Run once; the tests only read what it
# wrote. What `openssl ts -verify` says of each answer stands in openssl.txt.
set -euo pipefail
cd "$(dirname "$0")"
out=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
printf 'checkpoint of Example Lending\n' > data.txt

key() { openssl genpkey -algorithm "${2:-EC}" ${3:--pkeyopt ec_paramgen_curve:P-256} -out "$1.key" 2>/dev/null; }
ca() { # name, common name, start, end
	key "$1"
	openssl req -new -key "$1.key" -subj "/O=Example Time/CN=$2" -out "$1.csr"
	mkdir -p "$1.d" && : > "$1.d/index" && echo 01 > "$1.d/serial"
	cat > "$1.cnf" <<-CNF
	[ca]
	default_ca = d
	[d]
	new_certs_dir = $1.d
	database = $1.d/index
	serial = $1.d/serial
	default_md = sha256
	policy = p
	unique_subject = no
	copy_extensions = none
	[p]
	organizationName = optional
	commonName = supplied
	CNF
	printf '[root]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n' > root.ext
	openssl ca -batch -config "$1.cnf" -selfsign -keyfile "$1.key" -in "$1.csr" -out "$1.pem" -notext -extfile root.ext -extensions root -startdate "$3" -enddate "$4" 2>/dev/null
}
leaf() { # name, ca, start, end, extensions…
	local n=$1 c=$2 from=$3 to=$4; shift 4
	[ -f "$n.key" ] || key "$n"
	openssl req -new -key "$n.key" -subj "/O=Example Time/CN=TSA $n" -out "$n.csr"
	{ echo '[e]'; printf '%s\n' "$@"; } > "$n.ext"
	openssl ca -batch -config "$c.cnf" -keyfile "$c.key" -cert "$c.pem" -in "$n.csr" -out "$n.pem" -notext -extfile "$n.ext" -extensions e -startdate "$from" -enddate "$to" 2>/dev/null
}
long="20200101000000Z 21200101000000Z"
past="20200101000000Z 20210101000000Z"
plain='basicConstraints=critical,CA:FALSE'
eku='extendedKeyUsage=critical,timeStamping'
usage='keyUsage=critical,digitalSignature'
ca root "Example Time Root" $long
ca other "Other Time Root" $long
ca expired "Expired Time Root" $past
leaf tsa root $long "$plain" "$usage" "$eku"
key rsa RSA '-pkeyopt rsa_keygen_bits:2048'
leaf rsa root $long "$plain" "$usage" "$eku"
key short RSA '-pkeyopt rsa_keygen_bits:1024'
leaf short root $long "$plain" "$usage" "$eku"
key p384 EC '-pkeyopt ec_paramgen_curve:P-384'
leaf p384 root $long "$plain" "$usage" "$eku"
leaf stranger other $long "$plain" "$usage" "$eku"
leaf oldroot expired $long "$plain" "$usage" "$eku"
leaf oldleaf root $past "$plain" "$usage" "$eku"
leaf noeku root $long "$plain" "$usage"
leaf soft root $long "$plain" "$usage" 'extendedKeyUsage=timeStamping'
leaf both root $long "$plain" "$usage" 'extendedKeyUsage=critical,timeStamping,codeSigning'
leaf usage root $long "$plain" 'keyUsage=critical,keyEncipherment' "$eku"
# an authority below an authority
key mid
openssl req -new -key mid.key -subj "/O=Example Time/CN=Issuing" -out mid.csr
printf '[e]\nbasicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign\n' > mid.ext
openssl ca -batch -config root.cnf -keyfile root.key -cert root.pem -in mid.csr -out mid.pem -notext -extfile mid.ext -extensions e -startdate 20200101000000Z -enddate 21200101000000Z 2>/dev/null
sed 's/root\.d/mid.d/' root.cnf > mid.cnf; mkdir mid.d; : > mid.d/index; echo 51 > mid.d/serial
leaf deep mid $long "$plain" "$usage" "$eku"

cat > ts.cnf <<-CNF
[tsa]
default_tsa = t
[t]
serial = tsserial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.3.6.1.4.1.55555.1
other_policies = 1.3.6.1.4.1.55555.2
digests = sha1, sha256, sha384, sha512
accuracy = secs:1, millisecs:500, microsecs:100
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
CNF
sed 's/ess_cert_id_alg = sha256/ess_cert_id_alg = sha1/' ts.cnf > v1.cnf
sed 's/signer_digest = sha256/signer_digest = sha1/' ts.cnf > weak.cnf
echo 01 > tsserial
query() { openssl ts -query -data data.txt "$@" 2>/dev/null; }
reply() { # name, signer, query, config, more…
	local n=$1 s=$2 q=$3 c=${4:-ts.cnf}; shift 3; [ $# -gt 0 ] && shift
	openssl ts -reply -config "$c" -queryfile "$q" -signer "$s.pem" -inkey "$s.key" "$@" -out "$n.tsr" 2>/dev/null
}
query -sha256 -cert > q.tsq
query -sha256 > nocert.tsq
query -sha1 -cert > sha1.tsq
query -sha512 -cert > sha512.tsq
query -sha256 -cert -tspolicy 1.3.6.1.4.1.55555.2 > policy.tsq
query -sha256 -cert -tspolicy 1.3.6.1.4.1.55555.9 > refused.tsq
query -sha256 -cert -no_nonce > nononce.tsq
reply good tsa q.tsq
reply good-rsa rsa q.tsq
reply good-p384 p384 sha512.tsq
reply good-deep deep q.tsq ts.cnf -chain mid.pem
reply good-policy tsa policy.tsq
reply good-nononce tsa nononce.tsq
reply good-ess1 tsa q.tsq v1.cnf
openssl ts -reply -in good.tsr -token_out -out good.tst 2>/dev/null
reply bad-nocerts tsa nocert.tsq
reply bad-sha1 tsa sha1.tsq
reply bad-weak tsa q.tsq weak.cnf
reply bad-stranger stranger q.tsq
reply bad-short short q.tsq
reply bad-oldroot oldroot q.tsq
reply bad-oldleaf oldleaf q.tsq
reply bad-refused tsa refused.tsq || true
# openssl ts signs with no certificate that is not for time stamps; cms does
openssl cms -verify -noverify -inform DER -in good.tst -out info.der 2>/dev/null
resign() { openssl cms -sign -cades -binary -nodetach -nosmimecap -md sha256 -econtent_type 1.2.840.113549.1.9.16.1.4 -in info.der -signer "$2.pem" -inkey "$2.key" -outform DER -out "$1.tst"; }
for n in noeku soft both usage; do resign "bad-$n" "$n"; done
openssl cms -sign -binary -nodetach -md sha256 -econtent_type 1.2.840.113549.1.9.16.1.4 -in info.der -signer tsa.pem -inkey tsa.key -outform DER -out bad-noess.tst
openssl cms -sign -cades -binary -nodetach -md sha256 -in info.der -signer tsa.pem -inkey tsa.key -outform DER -out bad-content.tst
openssl cms -sign -cades -binary -nodetach -md sha256 -econtent_type 1.2.840.113549.1.9.16.1.4 -in info.der -signer tsa.pem -inkey tsa.key -signer rsa.pem -inkey rsa.key -outform DER -out bad-two.tst
: > "$out/openssl.txt"
for f in *.tsr *.tst; do
	token=(); [ "${f##*.}" = tst ] && token=(-token_in)
	ca=root; [ "$f" = bad-oldroot.tsr ] && ca=expired
	if openssl ts -verify -data data.txt -in "$f" "${token[@]}" -CAfile $ca.pem >/dev/null 2>&1; then echo "$f OK"; else echo "$f FAILED"; fi >> "$out/openssl.txt"
done
cp data.txt ./*.tsr ./*.tst q.tsq "$out"
for c in root other expired tsa; do cp $c.pem "$out"; done
