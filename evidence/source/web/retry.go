package web

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

const (
	attempts  = 5
	firstWait = time.Second
	maxWait   = 2 * time.Minute // of one wait, asked for by the server or not
)

// attempts asks until there is an answer, or none is to be had.
func (c *Client) attempts(ctx context.Context, q question) ([]byte, http.Header, error) {
	wait := firstWait
	for n := 1; ; n++ {
		if c.asked {
			if err := c.Sleep(ctx, time.Second/time.Duration(c.site.access.Rate)); err != nil {
				return nil, nil, err
			}
		}
		c.asked = true
		body, header, err := c.once(ctx, q)
		if err == nil {
			return body, header, nil
		}
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		again, asked := c.again(err)
		switch {
		case !again:
			return nil, nil, err
		case n == c.tries:
			return nil, nil, fmt.Errorf("%w (asked %d times)", err, n)
		case asked > maxWait:
			return nil, nil, fmt.Errorf("%w (it asks to wait %s: collect again then, or lower rate)", err, asked)
		}
		if err := c.Sleep(ctx, max(wait, asked)); err != nil {
			return nil, nil, err
		}
		wait *= 2
	}
}

// again says whether an error may pass, and how long the server asks to wait.
func (c *Client) again(err error) (bool, time.Duration) {
	var status *StatusError
	if errors.As(err, &status) {
		switch status.Status {
		case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			return true, c.retryAfter(status.header)
		}
		return status.Again, c.retryAfter(status.header)
	}
	var address *AddressError
	var own *ownError
	if errors.As(err, &own) {
		return false, 0
	}
	var certificate *tls.CertificateVerificationError
	if errors.As(err, &address) || errors.As(err, &certificate) || errors.Is(err, errRedirect) || errors.Is(err, errTooLong) {
		return false, 0
	}
	return true, 0 // the connection failed or broke
}

// retryAfter reads seconds or a date. A date is measured by the server's own
// clock where it states it.
func (c *Client) retryAfter(h http.Header) time.Duration {
	text := h.Get("Retry-After")
	if s, err := strconv.ParseInt(text, 10, 64); err == nil {
		return max(0, time.Duration(min(s, 1<<31))*time.Second)
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	from, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		from = c.env.Now().Time()
	}
	return max(0, at.Sub(from))
}
