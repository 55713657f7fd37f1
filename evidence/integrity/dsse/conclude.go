package dsse

import (
	"fmt"
	"maps"
	"slices"

	"github.com/tieout/tieout/evidence/integrity"
)

// conclude fills axes and verdict. One envelope is whole in itself; of several
// nothing shows that there were not more.
func (c *checker) conclude() {
	l := c.log
	l.Axes.Anchoring = "self_attested"
	switch {
	case l.Counts[integrity.SigBad] > 0:
		l.Axes.Authenticity = "broken"
	case c.signed == l.Records:
		l.Axes.Authenticity = "signed"
	case c.signed > 0:
		l.Axes.Authenticity = "signed_in_part"
	case c.unknown > 0:
		l.Axes.Authenticity = "unknown_key"
	default:
		l.Axes.Authenticity = "unsigned"
	}
	for _, k := range slices.Sorted(maps.Keys(c.held)) {
		use := c.keys[k].Use()
		use.Held = c.held[k]
		l.Keys = append(l.Keys, use)
		if x := c.keys[k].Certificate(); x != nil {
			l.Notes = append(l.Notes, fmt.Sprintf("the certificate of key %q was good from %s to %s; when the envelope was signed is not known", use.Name, x.NotBefore.Format("2006-01-02"), x.NotAfter.Format("2006-01-02")))
		}
	}
	for _, t := range slices.Sorted(maps.Keys(c.types)) {
		note := fmt.Sprintf("payload of type %q", cut(t))
		if t != StatementType {
			note += ", of which the content is not read here"
		}
		l.Notes = append(l.Notes, note)
	}
	if c.subjects > 0 {
		l.Notes = append(l.Notes, fmt.Sprintf("%d subjects: %d equal to the files beside the envelope, %d without such a file", c.subjects, c.equal, c.absent))
	}
	if c.o.Period != nil {
		l.Found(integrity.Finding{Code: integrity.TimeGap, File: l.Path, Note: "envelopes state no time that is protected, so nothing shows that they cover the period"})
	}
	l.Judge(l.Records == 1 && c.signed == 1)
	l.Axes.Continuity = "not_checkable"
	switch l.Verdict {
	case integrity.Verified:
		l.VerdictWords = "as it was signed, by as many of the keys that were given as was asked for"
	case integrity.SelfConsistent:
		l.VerdictWords = "each as it was signed, but nothing shows how many there were"
	default:
	}
	c.words()
}

func (c *checker) words() {
	l := c.log
	not := func(format string, args ...any) { l.NotShown = append(l.NotShown, fmt.Sprintf(format, args...)) }
	not("When it was signed, and that it is the only or the latest statement on its subject: an envelope shows neither.")
	if l.Records > 1 {
		not("That no envelope was taken out, added or moved: each protects itself only.")
	}
	if c.signed > 0 {
		not("That whoever holds the key is independent of those whose work it speaks of: that must be asked.")
	} else {
		not("Anything: without a key that was given and that signed, whoever made the file could have written any of it.")
	}
	if c.absent > 0 {
		not("That %d of the subjects are what the statement says: their files are not beside it.", c.absent)
	}
	if l.Records == 1 {
		l.Recheck = append(l.Recheck,
			`python3 -I -c 'import base64,json,sys; e=json.load(open(sys.argv[1])); d=lambda s: base64.b64decode(s.replace("-","+").replace("_","/")); t,b=e["payloadType"].encode(),d(e["payload"]); open("signed.bin","wb").write(b"DSSEv1 %d %s %d %s" % (len(t),t,len(b),b)); open("signature.bin","wb").write(d(e["signatures"][0]["sig"]))' `+integrity.ShellQuote(l.Path),
			"openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in signed.bin -sigfile signature.bin  # Ed25519",
			"openssl dgst -sha256 -verify key.pem -signature signature.bin signed.bin  # ECDSA P-256; -sha384 for P-384")
	}
}
