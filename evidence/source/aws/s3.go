package aws

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/tieout/tieout/evidence/source/web"
)

// S3 is object storage, of AWS or of anybody else with the same interface. The
// bucket stands in the path, which every one of them understands.
var S3 = Service{Name: "s3", Reads: []string{"ListBucket", "GetObject"}}

// Object is one object of a bucket, as a list names it.
type Object struct {
	Key          string
	ETag         string
	Size         int64
	LastModified string
}

// List calls each for every object whose key begins with the prefix, in the
// order of their keys.
func (s *Session) List(ctx context.Context, bucket, prefix string, each func(Object) error) error {
	return web.Pages(ctx, func(ctx context.Context, token string) (string, error) {
		q := url.Values{"list-type": {"2"}, "prefix": {prefix}, "max-keys": {"1000"}, "encoding-type": {"url"}}
		if token != "" {
			q.Set("continuation-token", token)
		}
		a, err := s.Get(ctx, S3, "ListBucket", "/"+bucket, q)
		if err != nil {
			return "", err
		}
		var page struct {
			IsTruncated           bool
			NextContinuationToken string
			EncodingType          string
			Contents              []Object
		}
		if err := Decode(a, &page); err != nil {
			return "", err
		}
		s.Page(S3, a, len(page.Contents))
		for _, o := range page.Contents {
			if page.EncodingType == "url" {
				if o.Key, err = url.QueryUnescape(o.Key); err != nil {
					return "", fmt.Errorf("%s: a key cannot be unescaped: %w", a.Name, err)
				}
			}
			if o.Key == "" || !strings.HasPrefix(o.Key, prefix) {
				return "", fmt.Errorf("%s: the list holds a key that was not asked for", a.Name)
			}
			if err := each(o); err != nil {
				return "", err
			}
		}
		return More{page.IsTruncated, page.NextContinuationToken}.Next()
	})
}

// Fetch writes the object to what into gives, which is called for every
// attempt anew. One that is not what the list named is an error.
func (s *Session) Fetch(ctx context.Context, bucket string, o Object, into func() (io.Writer, error)) error {
	path := "/" + bucket + "/" + o.Key
	q := web.Question{
		Method: http.MethodGet, Action: "s3:GetObject", Path: path, RawPath: escapePath(path),
		Header: http.Header{"Accept-Encoding": {"identity"}, "Accept": {"*/*"}}, // else what is stored packed would come unpacked
	}
	if o.ETag != "" {
		q.Header.Set("If-Match", o.ETag)
	}
	if err := s.renew(ctx, S3); err != nil {
		return err
	}
	h, err := s.clients[S3.Name].Fetch(ctx, q, o.Size, into)
	if err != nil {
		return explain(err)
	}
	if got := h.Get("ETag"); o.ETag != "" && got != "" && got != o.ETag {
		return fmt.Errorf("s3://%s/%s is another object than the one that was listed: collect again when nobody writes to it", bucket, o.Key)
	}
	return nil
}
