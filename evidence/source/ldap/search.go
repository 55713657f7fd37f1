package ldap

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	ldapv3 "github.com/go-ldap/ldap/v3"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/web"
)

// entry is one entry and its place in what was kept.
type entry struct {
	dn    string
	attrs map[string][]string // by name in lower case
	raw   evidence.Digest
	item  int64
	page  string
}

func (e entry) first(name string) string {
	if v := e.attrs[strings.ToLower(name)]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// maxRounds bounds a search that does not end.
const maxRounds = 1_000_000

// search asks for every page. A page size that the server does not take is
// halved: limits of a directory are its own to set. It ends only with a page
// that has no cookie; whatever ends it otherwise is an error.
func (p *pull) search(base, filter string, attributes []string, take func(entry) error) error {
	size, cookie, asked := p.cfg.PageSize, []byte(nil), false
	p.env.Query(fmt.Sprintf("search base %q scope sub filter %s attributes %s, in pages", base, filter, strings.Join(attributes, " ")))
	name := "search " + base + " " + filter
	var before struct {
		cookie []byte
		dn     string
	}
	for round := 0; ; round++ {
		if err := p.ctx.Err(); err != nil {
			return err
		}
		if round == maxRounds {
			return fmt.Errorf("%s: %w", name, web.ErrLoop)
		}
		// the library changes the control that it is handed: each page has its own
		paging := ldapv3.NewControlPaging(uint32(size))
		paging.SetCookie(cookie)
		req := ldapv3.NewSearchRequest(base, ldapv3.ScopeWholeSubtree, ldapv3.NeverDerefAliases, 0, 0, false, filter, attributes, []ldapv3.Control{paging})
		res, err := p.dir.conn.Search(req)
		if ldapv3.IsErrorWithCode(err, ldapv3.LDAPResultAdminLimitExceeded) && !asked && size > 1 {
			size /= 2
			continue
		}
		if err != nil {
			err = p.dir.fail(name, err)
			p.env.Page(source.Page{Name: name, Error: err.Error()})
			return err
		}
		asked = true
		if err := p.page(name, res, take); err != nil {
			return err
		}
		p.away = append(p.away, res.Referrals...)
		answer, _ := ldapv3.FindControl(res.Controls, ldapv3.ControlTypePaging).(*ldapv3.ControlPaging)
		if answer == nil || len(answer.Cookie) == 0 {
			return nil
		}
		first := ""
		if len(res.Entries) > 0 {
			first = res.Entries[0].DN
		}
		if round > 0 && bytes.Equal(answer.Cookie, before.cookie) && first == before.dn {
			return fmt.Errorf("%s: %s: page after page is the same: %w", p.addr, name, web.ErrLoop)
		}
		cookie, before.cookie, before.dn = answer.Cookie, answer.Cookie, first
	}
}

// page keeps one page as JSON, and hands its entries on.
func (p *pull) page(name string, res *ldapv3.SearchResult, take func(entry) error) error {
	list := make([]any, len(res.Entries))
	entries := make([]entry, len(res.Entries))
	for i, x := range res.Entries {
		attrs, shown := map[string][]string{}, map[string]any{}
		for _, a := range x.Attributes {
			values := make([]any, len(a.Values))
			for j, v := range a.ByteValues {
				values[j] = printable(v)
			}
			if len(a.Values) > 1 && !strings.Contains(a.Name, ";range=") { // a directory states no order
				slices.SortFunc(values, func(x, y any) int { return strings.Compare(x.(string), y.(string)) })
				slices.Sort(a.Values)
			}
			key := strings.ToLower(a.Name)
			attrs[key] = append(attrs[key], a.Values...)
			shown[a.Name] = values
		}
		list[i] = map[string]any{"dn": printable([]byte(x.DN)), "attributes": shown}
		entries[i] = entry{dn: x.DN, attrs: attrs, item: int64(i + 1), page: name}
	}
	b, err := canon.Marshal(list)
	if err != nil {
		return fmt.Errorf("%s: keep a page: %w", name, err)
	}
	raw, err := p.out.Raw(name, bytes.NewReader(b))
	if err != nil {
		return err
	}
	p.env.Page(source.Page{Name: name, SHA256: raw, Bytes: int64(len(b)), Rows: int64(len(list)), Kept: true})
	for _, e := range entries {
		e.raw = raw
		if err := take(e); err != nil {
			return err
		}
	}
	return nil
}

// printable is the value as text, in base 64 where it is none.
func printable(v []byte) string {
	if utf8.Valid(v) {
		return string(v)
	}
	return "base64:" + base64.StdEncoding.EncodeToString(v)
}

// maxName is how long a name may be that is taken apart, in bytes.
const maxName = 8 << 10

// normal writes a name as every other way of writing it: members of groups are
// written with other capitals and spaces than the entries they mean. What is
// no name, or longer than any, stays as it is, in lower case.
func normal(dn string) string {
	if len(dn) > maxName {
		return strings.ToLower(dn)
	}
	d, err := ldapv3.ParseDN(dn)
	if err != nil || len(d.RDNs) == 0 {
		return strings.ToLower(dn)
	}
	return strings.ToLower(d.String())
}
