package workspace

import (
	"strings"
	"testing"
)

func TestAnAuthorityIsNamedWithItsRoots(t *testing.T) {
	t.Parallel()
	for signing, want := range map[string]string{
		"{timestamp: 'https://tsa.example.test/tsr', timestamp_roots: [tsa.pem]}":                     "",
		"{timestamp: 'http://tsa.example.test', timestamp_roots: [tsa.pem], timestamp_allow: [http]}": "",
		"{key: 'file:key'}":                                                                              "",
		"{timestamp: 'https://tsa.example.test'}":                                                        "timestamp_roots is missing",
		"{timestamp: 'http://tsa.example.test', timestamp_roots: [tsa.pem]}":                             "anybody between can read",
		"{timestamp: 'https://u:p@tsa.example.test', timestamp_roots: [tsa.pem]}":                        "holds a user or a password",
		"{timestamp: 'https://tsa.example.test', timestamp_roots: [../tsa.pem]}":                         "no file below the workspace",
		"{timestamp: 'https://tsa.example.test', timestamp_roots: [a.pem], timestamp_allow: [metadata]}": "want http, loopback or private",
		"{timestamp_roots: [tsa.pem]}":                                                                   "signing.timestamp is missing",
		"{timestamp: 'https://tsa.example.test', timestamp_root: [tsa.pem]}":                             "timestamp_root",
	} {
		_, err := Parse("/w", []byte(good+"\nsigning: "+signing+"\n"))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", signing, err, want)
		}
	}
}
