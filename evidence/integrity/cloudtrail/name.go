package cloudtrail

import (
	"strings"
	"time"

	"github.com/tieout/tieout/evidence"
)

// The folders below that of an account.
const (
	digestFolder = "CloudTrail-Digest"
	logFolder    = "CloudTrail"
)

// digestName is what the name of a digest file says.
type digestName struct {
	trail, home string
	backfill    bool
	end         evidence.Instant
}

const keyTime = "20060102T150405Z"

// parseDigestName reads ACCOUNT_CloudTrail-Digest_REGION_TRAIL_HOME_TIME.json.gz,
// where a digest of late files ends in _backfill.json.gz. Trails may have
// underscores in their names, regions have none.
func parseDigestName(base, account, region string) (digestName, bool) {
	var n digestName
	rest, ok := strings.CutPrefix(base, account+"_"+digestFolder+"_"+region+"_")
	if !ok {
		return n, false
	}
	if rest, ok = strings.CutSuffix(rest, ".json.gz"); !ok {
		return n, false
	}
	rest, n.backfill = strings.CutSuffix(rest, "_backfill")
	i := strings.LastIndexByte(rest, '_')
	if i < 0 {
		return n, false
	}
	at, err := time.Parse(keyTime, rest[i+1:])
	if err != nil || at.Format(keyTime) != rest[i+1:] {
		return n, false
	}
	n.end = evidence.InstantOf(at)
	rest = rest[:i]
	if i = strings.LastIndexByte(rest, '_'); i < 1 || i == len(rest)-1 {
		return n, false
	}
	n.trail, n.home = rest[:i], rest[i+1:]
	return n, true
}

// logTime reads the time in ACCOUNT_CloudTrail_REGION_YYYYMMDDTHHmmZ_RANDOM.json.gz.
func logTime(base string) (evidence.Instant, bool) {
	rest, ok := strings.CutSuffix(base, ".json.gz")
	if !ok {
		return 0, false
	}
	parts := strings.Split(rest, "_")
	if len(parts) < 5 {
		return 0, false
	}
	at, err := time.Parse("20060102T1504Z", parts[len(parts)-2])
	return evidence.InstantOf(at), err == nil
}

// isAccount reports whether it is the number of an account.
func isAccount(s string) bool {
	if len(s) != 12 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// isOrganization reports whether it is the id of an organisation.
func isOrganization(s string) bool {
	return len(s) > 2 && strings.HasPrefix(s, "o-") && !strings.ContainsAny(s[2:], "./\\_ ")
}

const logsFolder = "AWSLogs"

// splitObject cuts an object's key in front of the last AWSLogs in it: what is
// left is the prefix that the trail was given.
func splitObject(key string) (prefix, rest string, ok bool) {
	if strings.HasPrefix(key, logsFolder+"/") && strings.LastIndex(key, "/"+logsFolder+"/") < 0 {
		return "", key, true
	}
	i := strings.LastIndex(key, "/"+logsFolder+"/")
	if i < 0 {
		return "", "", false
	}
	return key[:i+1], key[i+1:], true
}

// maxKey is how long the key of an object may be.
const maxKey = 1024

// unsafeKey says why a key that a digest names is not looked for; "" if it may
// be.
func unsafeKey(key string) string {
	switch {
	case key == "":
		return "it is empty"
	case len(key) > maxKey:
		return "it is longer than a key can be"
	case strings.ContainsRune(key, 0):
		return "it has a zero byte in it"
	case strings.ContainsRune(key, '\\'):
		return "it has a backslash in it"
	case strings.HasPrefix(key, "/"):
		return "it begins at the root"
	}
	for part := range strings.SplitSeq(key, "/") {
		if part == "" || part == "." || part == ".." {
			return "it leads out of its folder or has an empty part"
		}
	}
	return ""
}
