package cloudtrail

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence/integrity"
)

// words fills the notes, what the check does not show, and how to check a part
// of it by other means.
func (c *chain) words() {
	l := c.log
	signed := 0
	for _, d := range c.digests {
		if d.signed {
			signed++
		}
	}
	l.Notes = append(l.Notes, fmt.Sprintf("A file is a digest of one hour, a record a log file that it names: %s, %d with a signature by AWS that holds; %d of %s in the copy as delivered.",
		plural(int64(len(c.digests)), "digest", "digests"), signed, c.checked, plural(l.Records, "log file is", "log files are")))
	if signed > 0 {
		l.Notes = append(l.Notes, "AWS signs the digests; whoever owns the account, the trail and the bucket does not have that key.")
	}
	if c.headless {
		l.Notes = append(l.Notes, "The newest digest's signature is metadata of its object, which a copy leaves behind: to have it checked, write what 'aws s3api head-object' prints for it into a file beside it, whose name is the digest's with "+metaEnding+" behind it.")
	}
	if c.plain > 0 {
		l.Notes = append(l.Notes, fmt.Sprintf("%s stored unpacked: the hashes are over the unpacked content, so that makes no difference.", plural(c.plain, "log file is", "log files are")))
	}
	if c.name.backfill && slices.ContainsFunc(c.digests, func(d *digest) bool { return d.signed && (d.meta == nil || !d.meta.hasMade) }) {
		l.Notes = append(l.Notes, "When a digest of late files was signed stands in its metadata only; where that is not in the copy, whether its key was in use then was not checked.")
	}
	not := func(format string, args ...any) { l.NotShown = append(l.NotShown, fmt.Sprintf(format, args...)) }
	not("That everything that happened in the account was logged: the trail's own settings say which events it takes, and other trails, regions and accounts are not in this log.")
	switch {
	case signed > 0:
		not("That the keys are AWS's: a file of keys carries no signature of its own, and is as good as the connection over which it was exported. Export the keys of the region again, from AWS, and compare the fingerprints.")
	case l.Counts[integrity.KeyMissing] > 0:
		not("Who wrote the digests: the keys with the fingerprints above were not given. Export them with 'aws cloudtrail list-public-keys --region %s --start-time … --end-time …', up to two hours behind the period's end, and name the file with --key.", safe(c.s.region))
	default:
		not("Who wrote the digests: no signature of any of them is in this copy.")
	}
	if c.v.o.Period == nil && l.LastTime != nil {
		not("That nothing was delivered behind %s: newer digests may have been removed or not copied. Ask for a period with --from and --to, and what it lacks at its end is a gap.", l.LastTime.Time().Format(digestTime))
	}
	if !c.name.backfill && !c.late {
		not("That nothing was delivered late (backfill): this copy has no digest of late files, and if they were taken out whole, digests and log files together, that cannot be seen. What else could show them is the bucket's own record of deleted objects, and a copy that was made earlier.")
	}
	if c.name.backfill {
		not("That all digests of late files are there: they come at no fixed time, so one that was removed at the end leaves no trace; one that was removed in between does.")
	}
	c.recheck()
}

// recheck gives the commands that check one digest and one log file without
// tieout: the newest digest with a signature that holds, and its last log file.
func (c *chain) recheck() {
	for i := len(c.digests) - 1; i >= 0; i-- {
		d := c.digests[i]
		if !d.signed {
			continue
		}
		path, ok := quote(c.v.t.named(d.path))
		object, ok2 := quote(d.doc.bucket + "/" + d.doc.object)
		if !ok || !ok2 {
			continue
		}
		var sig []byte
		if d.next != nil {
			sig = d.next.doc.prev.signature
		} else {
			sig = d.meta.signature
		}
		prev := "null"
		if d.doc.prev != nil {
			prev = d.doc.prev.text
		}
		c.log.Recheck = append(c.log.Recheck,
			fmt.Sprintf("%s %s | sha256sum  # %s", shows(d.members), path, d.sum),
			fmt.Sprintf(`printf '%%s\n%%s\n%%s\n%%s' %s %s %s %s >signed-text`, d.doc.endText, object, d.sum, prev),
			fmt.Sprintf("echo %s | xxd -r -p >signature", hexOf(sig)),
			fmt.Sprintf("echo %s | base64 -d | openssl rsa -RSAPublicKey_in -inform DER -pubout -out key.pem  # the key %s of the file of keys", base64.StdEncoding.EncodeToString(d.key.DER), d.key.Fingerprint),
			"openssl dgst -sha256 -verify key.pem -signature signature signed-text  # Verified OK")
		break
	}
	for i := len(c.digests) - 1; i >= 0; i-- {
		d := c.digests[i]
		if d.doc == nil || len(d.doc.logs) == 0 {
			continue
		}
		e := d.doc.logs[len(d.doc.logs)-1]
		_, rest, ok := splitObject(e.object)
		if path, plain := quote(c.v.t.named(c.s.base + rest)); ok && plain && unsafeKey(e.object) == "" {
			c.log.Recheck = append(c.log.Recheck, fmt.Sprintf("gzip -dcf %s | sha256sum  # %s, as the digest says", path, e.sum))
		}
		break
	}
}

// shows is the command that prints a file's content.
func shows(members int) string {
	if members == 0 {
		return "cat"
	}
	return "gzip -dc"
}

// quote makes a text safe to paste into a shell; it gives none for one with
// characters that names here do not have.
func quote(s string) (string, bool) {
	for i := range len(s) {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+=@:, !()&$~#", rune(s[i])) {
			return "", false
		}
	}
	return "'" + s + "'", true
}

// safe shows a folder's name in a command only if it is that of a region.
func safe(s string) string {
	for i := range len(s) {
		if c := s[i]; c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
			return "REGION"
		}
	}
	return s
}
