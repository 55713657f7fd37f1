package web

import (
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
)

// Row starts a record that is read from the item of the answer, counted from 1.
func (c *Client) Row(kind evidence.Kind, a *Answer, item int) *source.Row {
	r := source.NewRow(c.env, kind, a.Name)
	r.Raw, r.Item, r.Instance = a.Raw, int64(item), c.site.Host()
	return r
}

// Lost turns a server that does not let us look, or whose answer is not whole,
// into gaps of the kinds, so that the rest can still be seen. Any other error
// stays one; no error is none.
func Lost(out source.Sink, err error, kinds ...evidence.Kind) error {
	if err == nil {
		return nil
	}
	reason := Reason(err)
	if reason == evidence.GapPullFailed {
		return err
	}
	for _, k := range kinds {
		if err := out.Gap(evidence.Gap{Kind: k, Reason: reason, Detail: err.Error()}); err != nil {
			return err
		}
	}
	return nil
}
