package aws

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/secret"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/web"
)

// Session asks the services of one account. It is used by one goroutine at a
// time. Close it.
type Session struct {
	Account string // the twelve digits
	ARN     string // of whoever asks

	account *Account
	clients map[string]*web.Client
	secret  func(ref string) (secret.Value, error)
	creds   aws.Credentials // that requests are signed with
	own     aws.Credentials // that a role is taken on with
	until   time.Time       // when what a role gave ends
	signer  *v4.Signer
	clock   func() time.Time
}

// Open resolves the credential, takes on the role if there is one, and asks as
// whom it looks. The answers of that are not kept: one holds a credential.
func (a *Account) Open(ctx context.Context, env source.Env, out source.Sink) (*Session, error) {
	s, err := a.open(env.Secret, func(site *web.Site, quiet bool) (*web.Client, error) {
		if quiet {
			return site.OpenQuiet(source.CheckEnv{Secret: env.Secret, Files: env.Files(), Now: env.Now()})
		}
		return site.Open(env, out)
	})
	if err != nil {
		return nil, err
	}
	if err := s.begin(ctx); err != nil {
		s.Close()
		return nil, err
	}
	if !a.Nameless {
		env.Query("POST sts:GetCallerIdentity")
	}
	if a.access.Role != "" {
		env.Query("POST sts:AssumeRole " + a.access.Role)
	}
	env.Principal(s.ARN)
	return s, nil
}

// OpenQuiet is Open for a look that keeps nothing and asks once each time.
func (a *Account) OpenQuiet(ctx context.Context, env source.CheckEnv) (*Session, error) {
	s, err := a.open(env.Secret, func(site *web.Site, _ bool) (*web.Client, error) { return site.OpenQuiet(env) })
	if err != nil {
		return nil, err
	}
	if err := s.begin(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (a *Account) open(resolve func(string) (secret.Value, error), client func(site *web.Site, quiet bool) (*web.Client, error)) (*Session, error) {
	s := &Session{account: a, clients: map[string]*web.Client{}, secret: resolve, clock: now,
		signer: v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = false })}
	for _, svc := range a.services {
		c, err := client(a.sites[svc.Name], svc.Name == stsService.Name)
		if err != nil {
			s.Close()
			return nil, err
		}
		if a.Sleep != nil {
			c.Sleep = a.Sleep
		}
		c.Sign = func(req *http.Request, body []byte) error { return s.sign(req, body, svc) }
		s.clients[svc.Name] = c
	}
	return s, nil
}

// now is the machine's clock. A signature holds for minutes, where a pull may
// run for hours; it is no part of the evidence.
func now() time.Time {
	return time.Now() //nolint:forbidigo // see above
}

// Close ends the connections.
func (s *Session) Close() {
	for _, c := range s.clients {
		c.Close()
	}
}

func (s *Session) begin(ctx context.Context) error {
	a := s.account.access
	for _, x := range []struct {
		ref  string
		into *string
	}{{a.KeyID, &s.creds.AccessKeyID}, {a.Secret, &s.creds.SecretAccessKey}, {a.Token, &s.creds.SessionToken}} {
		if x.ref == "" {
			continue
		}
		v, err := s.secret(x.ref)
		if err != nil {
			return fmt.Errorf("read the credential for AWS: %w", err)
		}
		if *x.into = strings.TrimSpace(v.Reveal()); *x.into == "" {
			return fmt.Errorf("read the credential for AWS: %s is empty", x.ref)
		}
	}
	s.own = s.creds
	s.hide()
	if a.Role != "" {
		if err := s.assume(ctx); err != nil {
			return err
		}
	}
	if s.account.Nameless {
		s.ARN = "whoever the access key of " + a.KeyID + " stands for"
		if a.Role != "" {
			s.ARN = a.Role
		}
		return nil
	}
	var me struct {
		Result struct {
			Account, Arn string
		} `xml:"GetCallerIdentityResult"`
	}
	ans, err := s.Query(ctx, stsService, "GetCallerIdentity", nil)
	if err != nil {
		return err
	}
	if err := Decode(ans, &me); err != nil {
		return err
	}
	s.Account, s.ARN = me.Result.Account, me.Result.Arn
	if len(s.Account) != 12 || s.ARN == "" {
		return errors.New("sts:GetCallerIdentity: the answer names no account: is this AWS?")
	}
	return nil
}

func (s *Session) hide() {
	for _, c := range s.clients {
		c.Hide(s.creds.SecretAccessKey, s.creds.SessionToken)
	}
}

// lease is the longest time for which a role gives a credential to whoever has
// one of a role already; early is how long before its end a new one is asked for.
const (
	lease = time.Hour
	early = 5 * time.Minute
)

// assume takes on the role. A pull that is longer than the lease does so again.
func (s *Session) assume(ctx context.Context) error {
	a := s.account.access
	p := url.Values{"RoleArn": {a.Role}, "RoleSessionName": {"tieout"}, "DurationSeconds": {strconv.Itoa(int(lease / time.Second))}}
	if a.External != "" {
		p.Set("ExternalId", a.External)
	}
	s.creds, s.until = s.own, s.clock().Add(lease-early)
	if err := s.lease(ctx, p); err != nil {
		return fmt.Errorf("take on %s: %w", a.Role, err)
	}
	s.hide()
	return nil
}

func (s *Session) lease(ctx context.Context, p url.Values) error {
	ans, err := s.Query(ctx, stsService, "AssumeRole", p)
	if err != nil {
		return err
	}
	var got struct {
		Result struct {
			Credentials struct{ AccessKeyId, SecretAccessKey, SessionToken string } //nolint:revive // AWS's names
		} `xml:"AssumeRoleResult"`
	}
	if err := Decode(ans, &got); err != nil {
		return errors.New("sts:AssumeRole: the answer cannot be read") // it holds a credential
	}
	c := got.Result.Credentials
	if c.AccessKeyId == "" || c.SecretAccessKey == "" || c.SessionToken == "" {
		return errors.New("sts:AssumeRole: the answer holds no credential")
	}
	s.creds = aws.Credentials{AccessKeyID: c.AccessKeyId, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken}
	return nil
}

func (s *Session) sign(req *http.Request, body []byte, svc Service) error {
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	region := s.account.access.region(svc)
	return s.signer.SignHTTP(req.Context(), s.creds, req, hash, svc.Name, region, s.clock(), func(o *v4.SignerOptions) {
		if svc.Name == "s3" {
			o.DisableURIPathEscaping = true
			req.Header.Set("X-Amz-Content-Sha256", hash)
		}
	})
}

// Query asks by the query protocol: a form that is answered in XML.
func (s *Session) Query(ctx context.Context, svc Service, action string, p url.Values) (*web.Answer, error) {
	return s.send(ctx, svc, web.Question{
		Method: http.MethodPost, Action: svc.Name + ":" + action, Path: "/", Body: form(svc, action, p),
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded; charset=utf-8"}, "Accept": {"text/xml"}},
	})
}

// Ask asks by the JSON protocol.
func (s *Session) Ask(ctx context.Context, svc Service, action string, body map[string]any) (*web.Answer, error) {
	if body == nil {
		body = map[string]any{}
	}
	b, err := canon.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("%s:%s: %w", svc.Name, action, err)
	}
	return s.send(ctx, svc, web.Question{
		Method: http.MethodPost, Action: svc.Name + ":" + action, Path: "/", Body: b,
		Header: http.Header{"Content-Type": {"application/x-amz-json-" + svc.JSON}, "X-Amz-Target": {svc.Target + "." + action}},
	})
}

// Get asks by a path that is answered in JSON. The action is the right that it
// needs, one of the service's Reads.
func (s *Session) Get(ctx context.Context, svc Service, action, path string, q url.Values) (*web.Answer, error) {
	return s.send(ctx, svc, web.Question{Method: http.MethodGet, Action: svc.Name + ":" + action, Path: path, RawPath: escapePath(path), Query: q})
}

func (s *Session) send(ctx context.Context, svc Service, q web.Question) (*web.Answer, error) {
	if err := svc.reads(q.Action); err != nil {
		return nil, err
	}
	if err := s.renew(ctx, svc); err != nil {
		return nil, err
	}
	a, err := s.clients[svc.Name].Send(ctx, q)
	return a, explain(err)
}

// renew takes the role on again where what it gave is about to end.
func (s *Session) renew(ctx context.Context, svc Service) error {
	if s.account.access.Role == "" || svc.Name == stsService.Name || s.clock().Before(s.until) {
		return nil
	}
	return s.assume(ctx)
}

// reads refuses what the list of the service does not hold, whatever the verb.
func (s Service) reads(action string) error {
	for _, n := range s.names() {
		if n == action {
			return nil
		}
	}
	return fmt.Errorf("%s is not among the requests that this source sends", action)
}

// Row starts a record that is read from the item of the answer.
func (s *Session) Row(svc Service, kind evidence.Kind, a *web.Answer, item int) *source.Row {
	r := s.clients[svc.Name].Row(kind, a, item)
	r.Instance = s.Account
	if !svc.Global {
		r.Scope = s.account.access.Region
	}
	return r
}

// Partition is the part of AWS that the account is in, such as aws or aws-cn.
func (s *Session) Partition() string {
	parts := strings.SplitN(s.ARN, ":", 3)
	if len(parts) < 3 {
		return "aws"
	}
	return parts[1]
}

// Region is the one that is looked at.
func (s *Session) Region() string { return s.account.access.Region }

// Page notes the answer with the number of rows that were found in it.
func (s *Session) Page(svc Service, a *web.Answer, rows int) { s.clients[svc.Name].Page(a, rows) }

// Wait waits, as between two looks at something that is being made.
func (s *Session) Wait(ctx context.Context, svc Service, d time.Duration) error {
	return s.clients[svc.Name].Sleep(ctx, d)
}

// escapePath writes a path as signatures want it: everything but what RFC 3986
// leaves unreserved is escaped, and slashes stay.
func escapePath(path string) string {
	const hexa = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(path) {
		c := path[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-_.~/", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hexa[c>>4])
		b.WriteByte(hexa[c&15])
	}
	return b.String()
}
