package tlog

import (
	"crypto/sha256"

	"golang.org/x/mod/sumdb/tlog"
)

// tree computes the root over a growing list of leaves. It keeps the roots of
// the perfect subtrees on the right edge only.
type tree struct {
	size  int64
	edges []tlog.Hash
}

// add adds a leaf hash. done is told of every perfect subtree that it completes,
// by height, beginning with the leaf itself at height 0.
func (t *tree) add(h tlog.Hash, done func(height int, h tlog.Hash)) {
	done(0, h)
	for n, height := t.size, 1; n&1 == 1; n, height = n>>1, height+1 {
		last := len(t.edges) - 1
		h = tlog.NodeHash(t.edges[last], h)
		t.edges = t.edges[:last]
		done(height, h)
	}
	t.edges = append(t.edges, h)
	t.size++
}

func (t *tree) root() tlog.Hash {
	if len(t.edges) == 0 {
		return sha256.Sum256(nil)
	}
	h := t.edges[len(t.edges)-1]
	for i := len(t.edges) - 2; i >= 0; i-- {
		h = tlog.NodeHash(t.edges[i], h)
	}
	return h
}
