package tls

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/web"
)

// Collect implements source.Collector. Every endpoint is seen as it is now.
func (c *collector) Collect(ctx context.Context, env source.Env, _ evidence.Window, out source.Sink) error {
	roots, err := web.Authorities(env.Files(), c.cfg.CA)
	if err != nil {
		return err
	}
	env.Principal("nobody: endpoints are looked at from outside")
	env.Provides("endpoint", "component_id") // or a rule of the workspace says whose it is
	env.Unread("certificate names", "chain", "key", "accepted versions", "chosen suite")
	for _, e := range c.cfg.Endpoints {
		if err := c.one(ctx, env, out, e, roots); err != nil {
			return err
		}
	}
	return nil
}

func (c *collector) one(ctx context.Context, env source.Env, out source.Sink, e Endpoint, roots *x509.CertPool) error {
	env.Query("say hello to " + e.id() + " in SSL 3.0 and TLS 1.0 to 1.3, with every suite and with weak ones; agree once")
	p := &prober{allow: c.cfg.Allow, at: e, wait: defaultWait}
	l := p.look(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if !l.reached {
		env.Page(source.Page{Name: e.id(), Error: fmt.Sprint(p.err)})
		return out.Gap(evidence.Gap{
			Kind: "endpoint", Component: e.Component, Reason: evidence.GapPullFailed,
			Detail: fmt.Sprintf("%s could not be looked at: %v", e.id(), p.err),
		})
	}
	b, err := canon.Marshal(l.document(e, roots, env.Now()))
	if err != nil {
		return fmt.Errorf("keep the look at %s: %w", e.id(), err)
	}
	raw, err := out.Raw(e.id(), bytes.NewReader(b))
	if err != nil {
		return err
	}
	env.Page(source.Page{Name: e.id(), SHA256: raw, Bytes: int64(len(b)), Rows: 1, Kept: true})
	r := source.NewRow(env, "endpoint", e.id())
	r.Raw, r.Item, r.Instance = raw, 1, e.Address
	l.put(r, e)
	return out.Put(r.Record)
}

// look is what was seen of one endpoint.
type look struct {
	reached bool // something answered
	results []outcome
	weak    []uint16
	counted bool // every weak suite was asked for
	shaken  shaken
	chain   []*x509.Certificate
	unread  bool // a certificate came that cannot be read
}

func (p *prober) look(ctx context.Context) look {
	l := look{counted: true, results: make([]outcome, len(versions))}
	for i, v := range versions {
		l.results[i] = p.version(ctx, v.wire)
		l.reached = l.reached || l.results[i] == accepted || l.results[i] == plain
		var none *dialError
		if ctx.Err() != nil || !l.reached && l.results[i] == unknown && errors.As(p.err, &none) {
			return l
		}
	}
	if !l.reached {
		if p.err == nil {
			p.err = errors.New("it refuses every version that can be asked for")
		}
		return l
	}
	doubt := slices.Contains(l.results, ended)
	for i, v := range versions {
		l.counted = l.counted && l.results[i] != unknown
		if l.results[i] != accepted {
			continue
		}
		taken, last := p.weakSuites(ctx, v.wire)
		l.counted = l.counted && (last == refused || last == ended)
		doubt = doubt || last == ended
		l.weak = append(l.weak, taken...)
	}
	if doubt {
		p.settle(ctx, &l)
	}
	slices.Sort(l.weak)
	l.weak = slices.Compact(l.weak)
	if slices.Contains(l.results, accepted) {
		l.shaken = p.handshake(ctx)
		l.chain = l.shaken.chain
	}
	if len(l.chain) == 0 {
		for _, der := range p.chain {
			c, err := x509.ParseCertificate(der)
			if err != nil {
				l.unread = true
				l.chain = nil
				break
			}
			l.chain = append(l.chain, c)
		}
	}
	return l
}

// settle asks once more for what was accepted. Only an endpoint that still
// takes it refused the rest by ending the connection: one that takes nothing
// any more had enough of us.
func (p *prober) settle(ctx context.Context, l *look) {
	i := slices.Index(l.results, accepted)
	still := i >= 0 && p.version(ctx, versions[i].wire) == accepted
	l.counted = l.counted && still
	for i, o := range l.results {
		if o != ended {
			continue
		}
		if l.results[i] = unknown; still {
			l.results[i] = refused
		}
	}
}

// put fills the columns.
func (l look) put(r *source.Row, e Endpoint) {
	r.Put("endpoint_id", e.id())
	r.Put("component_id", e.Component)
	if rank, why := l.lowest(); why != "" {
		r.Unknown("tls_min_rank", why)
	} else {
		r.Put("tls_min_rank", rank)
	}
	if slices.Contains(l.results, plain) {
		r.Unknown("weak_ciphers", "it answers in plain text")
		r.Unknown("cert_not_after", "it answers in plain text")
		return
	}
	if l.counted {
		r.Put("weak_ciphers", int64(len(l.weak)))
	} else {
		r.Unknown("weak_ciphers", "not every suite could be asked for")
	}
	switch {
	case len(l.chain) > 0:
		r.Put("cert_not_after", evidence.InstantOf(l.chain[0].NotAfter))
	case l.unread:
		r.Unknown("cert_not_after", "its certificate cannot be read")
	default:
		r.Unknown("cert_not_after", "it shows no certificate to a client of ours")
	}
}

// lowest is the rank of the lowest version of TLS that is accepted, or why it
// is not known: an older version that could not be asked for may be accepted.
func (l look) lowest() (rank int64, why string) {
	if slices.Contains(l.results, plain) {
		return 0, ""
	}
	for i, v := range versions {
		switch {
		case v.rank == 0: // SSL 3.0 is no TLS: its suites count as weak ones
		case l.results[i] == accepted:
			return v.rank, ""
		case l.results[i] == unknown:
			return 0, "whether it accepts " + v.name + " could not be asked"
		}
	}
	return 0, "it accepts no version of TLS"
}

// document is the look as it is kept.
func (l look) document(e Endpoint, roots *x509.CertPool, now evidence.Instant) map[string]any {
	asked := map[string]any{}
	for i, v := range versions {
		asked[v.name] = l.results[i].String()
	}
	names := []any{}
	for _, s := range l.weak {
		names = append(names, suiteName(s))
	}
	doc := map[string]any{"address": e.Address, "name": e.Name, "versions": asked, "weak_suites": names, "weak_suites_whole": l.counted}
	if s := l.shaken.state; s != nil {
		doc["agreed"] = map[string]any{"version": tls.VersionName(s.Version), "suite": suiteName(s.CipherSuite), "group": s.CurveID.String(), "ocsp_stapled": len(s.OCSPResponse) > 0}
	} else if l.shaken.err != nil {
		doc["agreed"] = "nothing: our own client and the endpoint have nothing in common, or it asks for a certificate of ours"
	}
	chain := []any{}
	for _, c := range l.chain {
		chain = append(chain, certificate(c, now))
	}
	doc["chain"] = chain
	if len(l.chain) > 0 {
		doc["of_the_name"] = l.chain[0].VerifyHostname(e.Name) == nil
		doc["self_signed"] = l.chain[0].CheckSignatureFrom(l.chain[0]) == nil || bytes.Equal(l.chain[0].RawIssuer, l.chain[0].RawSubject)
		doc["leads_to_authority"] = trusted(l.chain, roots, now)
	}
	return doc
}

// trusted says whether the chain leads to an authority that counts.
func trusted(chain []*x509.Certificate, roots *x509.CertPool, now evidence.Instant) string {
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: now.Time()})
	if err != nil {
		return "no: " + err.Error()
	}
	return "yes"
}

func certificate(c *x509.Certificate, now evidence.Instant) map[string]any {
	left := c.NotAfter.Sub(now.Time())
	days := int64(left / (24 * time.Hour))
	if left < 0 && left%(24*time.Hour) != 0 {
		days-- // whole days that are left, rounded down
	}
	names := slices.Clone(c.DNSNames)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	kind, bits := "other", int64(0)
	switch k := c.PublicKey.(type) {
	case *rsa.PublicKey:
		kind, bits = "RSA", int64(k.N.BitLen())
	case *ecdsa.PublicKey:
		kind, bits = "ECDSA", int64(k.Params().BitSize)
	case ed25519.PublicKey:
		kind, bits = "Ed25519", 256
	}
	return map[string]any{
		"sha256": evidence.DigestOf(c.Raw).String(), "subject": valid(c.Subject.String()), "issuer": valid(c.Issuer.String()), "serial": c.SerialNumber.String(),
		"not_before": evidence.InstantOf(c.NotBefore).String(), "not_after": evidence.InstantOf(c.NotAfter).String(), "days_left": days,
		"names": valid(strings.Join(names, " ")), "key": kind, "bits": bits, "signature": c.SignatureAlgorithm.String(),
	}
}

func valid(s string) string { return strings.ToValidUTF8(s, "�") }
