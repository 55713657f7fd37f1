package leak

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// samples are made up, one of each shape, put together so that none stands in
// this file as it is.
func samples() map[string]string {
	x := func(n int) string { return strings.Repeat("Ab3", n)[:n] }
	u := func(n int) string { return strings.Repeat("QW7", n)[:n] }
	return map[string]string{
		"private key in PEM form": "-----BEGIN " + "RSA PRIVATE KEY-----", "age secret key": "AGE-SECRET-" + "KEY-1" + u(58),
		"signing key of tieout or a Go checksum database": "PRIVATE+" + "KEY+a.example+01234567+" + x(44),
		"AWS access key id": "AKI" + "A" + u(16), "AWS temporary access key id": "ASI" + "A" + u(16), "GitHub token": "gh" + "p_" + x(36), "GitHub OAuth token": "gh" + "o_" + x(36),
		"GitHub app token": "gh" + "s_" + x(36), "GitHub fine-grained token": "github" + "_pat_" + x(82), "GitLab token": "glpa" + "t-" + x(20), "Slack token": "xo" + "xb-" + x(24),
		"Slack webhook": "https://hooks.slack" + ".com/services/T0/B0/" + x(24), "Stripe live key": "sk_" + "live_" + x(24), "Google API key": "AI" + "za" + x(35), "Google OAuth secret": "GOC" + "SPX-" + x(28),
		"OpenAI project key": "sk-" + "proj-" + x(48), "Anthropic key": "sk-" + "ant-api03-" + x(60), "Hugging Face token": "h" + "f_" + strings.Repeat("Ab", 17), "npm token": "np" + "m_" + x(36),
		"PyPI token": "pypi-AgE" + "IcHlwaS5vcmc" + x(60), "SendGrid key": "S" + "G." + x(22) + "." + x(43), "Azure storage key": "Account" + "Key=" + x(86) + "==", "Databricks token": "dap" + "i" + strings.Repeat("0a", 16),
		"signed JSON web token": "ey" + "J" + x(20) + ".ey" + "J" + x(20) + "." + x(43),
	}
}

func TestEachShapeIsFoundWhereverItStands(t *testing.T) {
	t.Parallel()
	all := samples()
	for _, s := range Shapes {
		text, ok := all[s.Name]
		if !ok {
			t.Errorf("no sample of a %s", s.Name)
			continue
		}
		for _, at := range []int{0, 1, window - overlap - 1, window - overlap, window - overlap + 1, window - 20, window, 3*window + 17} {
			b := append(bytes.Repeat([]byte(" "), at), (text + "\n")...)
			b = append(b, bytes.Repeat([]byte("."), 100)...)
			for name, r := range map[string]io.Reader{"whole": bytes.NewReader(b), "byte by byte": iotest.HalfReader(bytes.NewReader(b))} {
				found, err := Find(r, 10)
				if err != nil || len(found) != 1 || found[0] != (Found{s.Name, int64(at)}) {
					t.Fatalf("%s at %d, %s: %v %v", s.Name, at, name, found, err)
				}
			}
		}
	}
}

func TestOrdinaryTextIsNoSecret(t *testing.T) {
	t.Parallel()
	text := strings.Repeat(`{"id":"eyJhbGciOi","sha256":"3f2a91bc0d5e47a8b6c1e09f7d2843a5916cbe70f4d8a2351e6b9c0d7f84a213","key":"-----BEGIN CERTIFICATE-----","name":"AKIAX","x":"ghp_short"}`+"\n", 9000)
	if found, err := Find(strings.NewReader(text), 10); err != nil || len(found) > 0 {
		t.Errorf("%v %v", found, err)
	}
}

func TestWhatCannotBeReadIsNotClean(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	if _, err := Find(io.MultiReader(strings.NewReader("x"), iotest.ErrReader(broken)), 10); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

func FuzzFind(f *testing.F) {
	for _, s := range samples() {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		one, err := Find(bytes.NewReader(b), 100)
		two, again := Find(bytes.NewReader(append(make([]byte, window-10), b...)), 100)
		if err != nil || again != nil || len(one) != len(two) {
			t.Errorf("%d places, and %d behind others (%v, %v)", len(one), len(two), err, again)
		}
	})
}
