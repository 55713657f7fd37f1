package ldap

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	ldapv3 "github.com/go-ldap/ldap/v3"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/secret"
	"github.com/tieout/tieout/evidence/source/web"
)

const requestTimeout = time.Minute

// maxPacket bounds one message of the server, in bytes. The library that reads
// them has one limit for everybody, and nobody else here uses it.
const maxPacket = 16 << 20

func init() { ber.MaxPacketLengthBytes = maxPacket }

var errAbsent = errors.New("there is no such entry, or this account may not see it")

// directory is a connection that is bound.
type directory struct {
	conn *ldapv3.Conn
	stop func() bool
	fail func(what string, err error) error // says where an error came from, without the password
}

func (d *directory) close() {
	d.stop()
	_ = d.conn.Close() // nothing was written
}

// failure says where an error came from, and never the password.
type failure struct {
	err  error
	text string
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.err }

// dial connects, encrypts and binds. The connection ends with the context.
func (c *collector) dial(ctx context.Context, secrets func(string) (secret.Value, error), files *os.Root) (*directory, error) {
	password, err := secrets(c.cfg.Password)
	if err != nil {
		return nil, fmt.Errorf("read the password for %s: %w", c.addr, err)
	}
	if password.Reveal() == "" { // a directory takes a bind without one for anonymous, and says that it worked
		return nil, fmt.Errorf("read the password for %s: %s is empty", c.addr, c.cfg.Password)
	}
	failed := func(what string, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return &failure{err, strings.ReplaceAll(fmt.Sprintf("%s: %s: %v", c.addr, what, err), password.Reveal(), "•••")}
	}
	roots, err := web.Authorities(files, c.cfg.CA)
	if err != nil {
		return nil, err
	}
	secure := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: c.host, RootCAs: roots}
	var raw net.Conn
	if raw, err = web.Dialer(c.cfg.Allow).DialContext(ctx, "tcp", c.addr); err != nil {
		return nil, failed("connect", err)
	}
	if c.tls {
		shaken, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		encrypted := tls.Client(raw, secure)
		if err := encrypted.HandshakeContext(shaken); err != nil {
			_ = raw.Close() // it failed already
			return nil, failed("agree on TLS", err)
		}
		raw = encrypted
	}
	conn := ldapv3.NewConn(raw, c.tls)
	conn.SetTimeout(requestTimeout)
	conn.Start()
	d := &directory{conn, context.AfterFunc(ctx, func() { _ = conn.Close() }), failed}
	if c.cfg.StartTLS {
		if err := conn.StartTLS(secure); err != nil {
			d.close()
			return nil, failed("agree on TLS", err)
		}
	}
	if err := conn.Bind(c.cfg.Bind, password.Reveal()); err != nil {
		d.close()
		return nil, failed("bind as "+c.cfg.Bind, err)
	}
	return d, nil
}

// reason is the reason of the gap that an error leaves, if it is one of those
// that the rest can be seen without.
func reason(err error) (evidence.GapReason, bool) {
	var l *ldapv3.Error
	switch {
	case errors.Is(err, errAbsent):
		return evidence.GapPermission, true
	case errors.Is(err, web.ErrLoop):
		return evidence.GapTruncated, true
	case !errors.As(err, &l):
		return "", false
	}
	switch l.ResultCode {
	case ldapv3.LDAPResultInvalidCredentials, ldapv3.LDAPResultInsufficientAccessRights, ldapv3.LDAPResultInappropriateAuthentication,
		ldapv3.LDAPResultNoSuchObject, ldapv3.LDAPResultStrongAuthRequired, ldapv3.LDAPResultConfidentialityRequired:
		return evidence.GapPermission, true
	case ldapv3.LDAPResultSizeLimitExceeded, ldapv3.LDAPResultAdminLimitExceeded, ldapv3.LDAPResultTimeLimitExceeded, ldapv3.LDAPResultReferral:
		return evidence.GapTruncated, true
	}
	return "", false
}
