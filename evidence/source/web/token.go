package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	maxToken    = 1 << 20
	tokenMargin = 20 * time.Second // a token that ends within it is renewed first
)

// renew gets a token where there is none that lasts, and reports whether it
// did. The answer is not kept: it is a credential.
func (c *Client) renew(ctx context.Context) (bool, error) {
	if c.basic == "" {
		return false, nil
	}
	if c.auth != "" {
		select {
		case <-c.age.C:
		default:
			return false, nil
		}
	}
	path := c.site.rules.Tokens
	c.env.Query("POST " + path + " grant_type=client_credentials (its answer is not kept)")
	ctx, cancel := context.WithTimeout(ctx, c.site.rules.Timeout)
	defer cancel()
	form := url.Values{"grant_type": {"client_credentials"}}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.question(http.MethodPost, path, nil, nil).url, strings.NewReader(form))
	if err != nil {
		return false, err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("User-Agent", "tieout")
	req.Header.Set("Authorization", c.basic)
	resp, err := c.http.Do(req)
	if err != nil {
		if u := (*url.Error)(nil); errors.As(err, &u) {
			err = u.Err // it repeats the URL
		}
		return false, fmt.Errorf("get a token at %s: %w", path, err)
	}
	defer func() { _ = resp.Body.Close() }() // read to its end, or given up
	if resp.StatusCode != http.StatusOK {
		return false, fmt.Errorf("get a token at %s: %w", path, c.site.statusError(resp))
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxToken))
	if err != nil {
		return false, &TruncatedError{int64(len(body)), err}
	}
	var answer struct {
		Token   string `json:"access_token"`
		Type    string `json:"token_type"`
		Seconds int64  `json:"expires_in"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Token == "" || !strings.EqualFold(answer.Type, "bearer") { // the error could quote the token
		return false, fmt.Errorf("get a token at %s: the answer holds no bearer token", path)
	}
	c.auth = "Bearer " + answer.Token
	c.secrets = append(c.secrets, spellings(answer.Token)...)
	life := time.Duration(min(max(answer.Seconds, 1), 86400)) * time.Second
	c.age = time.NewTimer(max(life-tokenMargin, life/2))
	return true, nil
}
