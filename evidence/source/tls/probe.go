package tls

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"slices"
	"syscall"
	"time"

	"github.com/tieout/tieout/evidence/source/web"
)

// outcome is what became of one offer.
type outcome int

const (
	unknown outcome = iota // it could not be asked
	refused
	ended // it ends the connection, or breaks down, each time: a way of refusing, if it still answers otherwise
	accepted
	plain // it answers in plain HTTP
)

func (o outcome) String() string {
	return [...]string{"not known", "refused", "ends the connection", "accepted", "plain text"}[o]
}

// defaultWait bounds one connection.
const defaultWait = 5 * time.Second

// prober asks one endpoint.
type prober struct {
	allow []string
	at    Endpoint
	wait  time.Duration // of one connection
	chain [][]byte      // certificates that came in the clear
	err   error         // the last that kept something from being known
}

// offer says one hello, and once more where the first try tells nothing.
func (p *prober) offer(ctx context.Context, version uint16, suites []uint16) (outcome, uint16) {
	closed := 0
	for range 2 {
		a, err := p.once(ctx, hello(version, suites, p.at.Name))
		switch {
		case err == nil && a.plain:
			return plain, 0
		case err == nil && a.alert >= 0:
			if refusal(a.alert) {
				return refused, 0
			}
			if a.alert == 0 || a.alert == 80 { // OpenSSL says internal error where its level of security leaves nothing to choose
				closed++
			}
			p.err = fmt.Errorf("it answers with alert %d", a.alert)
		case err == nil && a.version < version: // it would rather speak an older one
			return refused, 0
		case err == nil && a.version == version && slices.Contains(suites, a.suite):
			if len(p.chain) == 0 {
				p.chain = a.chain
			}
			return accepted, a.suite
		case err == nil:
			p.err = errNotTLS
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE):
			closed++
			p.err = err
		default:
			p.err = err
		}
		if ctx.Err() != nil {
			return unknown, 0
		}
	}
	if closed == 2 {
		return ended, 0
	}
	return unknown, 0
}

// refusal reports whether an alert says that nothing of the offer is taken,
// and not that something else is wrong.
func refusal(alert int) bool {
	switch alert {
	case 40, 70, 71, 47: // handshake failure, version, insufficient security, illegal parameter
		return true
	}
	return false
}

func (p *prober) once(ctx context.Context, message []byte) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, p.wait)
	defer cancel()
	conn, err := web.Dialer(p.allow).DialContext(ctx, "tcp", p.at.Address)
	if err != nil {
		return answer{}, &dialError{err}
	}
	defer func() { _ = conn.Close() }() // nothing was agreed on
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	if _, err := conn.Write(message); err != nil {
		return answer{}, err
	}
	return readAnswer(conn)
}

// dialError is a connection that did not come about: it says nothing of what
// the endpoint would take.
type dialError struct{ err error }

func (e *dialError) Error() string { return "connect: " + e.err.Error() }

// version asks whether the endpoint takes the version with any suite at all.
func (p *prober) version(ctx context.Context, version uint16) outcome {
	offers := [][]uint16{every, ordinary}
	if version == tls13 {
		offers = [][]uint16{every13}
	}
	sum := refused
	for _, o := range offers {
		got, _ := p.offer(ctx, version, o)
		if got != refused && got != ended { // a shorter offer would be answered alike
			return got
		}
		if got == ended {
			sum = ended
		}
	}
	return sum
}

// weakSuites asks for weak suites of a version, leaving out each that was
// taken, until all the rest are refused. It returns how that last offer ended.
func (p *prober) weakSuites(ctx context.Context, version uint16) ([]uint16, outcome) {
	left := slices.Clone(weak)
	switch version {
	case tls13:
		left = slices.Clone(weak13)
	case ssl30:
		left = slices.Clone(every)
	}
	var taken []uint16
	for len(left) > 0 {
		got, suite := p.offer(ctx, version, left)
		switch got {
		case accepted:
			taken = append(taken, suite)
			left = slices.DeleteFunc(left, func(s uint16) bool { return s == suite })
		default:
			return taken, got
		}
	}
	return taken, refused
}

// shaken is what our own library agreed on with the endpoint, as far as it came.
type shaken struct {
	state *tls.ConnectionState
	chain []*x509.Certificate
	err   error
}

// handshake lets our own library agree with the endpoint on whatever both
// know. The chain is kept unjudged; it comes even where the endpoint then asks
// for a certificate of ours.
func (p *prober) handshake(ctx context.Context) shaken {
	var out shaken
	ctx, cancel := context.WithTimeout(ctx, p.wait)
	defer cancel()
	conn, err := web.Dialer(p.allow).DialContext(ctx, "tcp", p.at.Address)
	if err != nil {
		out.err = err
		return out
	}
	defer func() { _ = conn.Close() }() // only looked at
	var suites []uint16
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		suites = append(suites, s.ID)
	}
	client := tls.Client(conn, &tls.Config{
		ServerName: p.at.Name, MinVersion: tls.VersionTLS10, CipherSuites: suites,
		InsecureSkipVerify: true, // it is looked at, not trusted: the chain is judged by itself
		VerifyPeerCertificate: func(raw [][]byte, _ [][]*x509.Certificate) error {
			for _, der := range raw {
				c, err := x509.ParseCertificate(der)
				if err != nil {
					return err
				}
				out.chain = append(out.chain, c)
			}
			return nil
		},
	})
	if out.err = client.HandshakeContext(ctx); out.err == nil {
		state := client.ConnectionState()
		out.state = &state
	}
	return out
}
