package ldap

import (
	"strconv"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
)

// state is what an entry says of an account, in whichever directory's words.
type state struct {
	disabled bool
	unclear  string            // why it cannot be said whether it can be used
	ended    *evidence.Instant // since when it cannot, where that is stated
	created  *evidence.Instant
	changed  *evidence.Instant // its password
	login    *evidence.Instant
	card     *bool    // Active Directory: whether only a smart card lets it in
	broken   []string // columns whose value is no time
}

// Bits of userAccountControl.
const (
	bitDisabled  = 0x2
	bitSmartcard = 0x40000
)

// forEver is how ppolicy writes a lock that an administrator set.
const forEver = "000001010000Z"

// stateOf reads the attributes of every directory that is known: an entry has
// those of one of them.
func stateOf(e entry, now evidence.Instant) state {
	var s state
	at := func(column string, to **evidence.Instant, names ...string) {
		for _, n := range names {
			v := e.first(n)
			if v == "" {
				continue
			}
			t, err := generalized(v)
			if err != nil {
				s.broken = append(s.broken, column)
				return
			}
			*to = &t
			return
		}
	}
	at("created_at", &s.created, "createTimestamp", "whenCreated")
	at("changed", &s.changed, "pwdChangedTime")
	at("last_login_at", &s.login, "authTimestamp", "pwdLastSuccess")
	file := func(column, name string, to **evidence.Instant) {
		v := e.first(name)
		if v == "" {
			return
		}
		switch t, ok, err := filetime(v); {
		case err != nil:
			s.broken = append(s.broken, column)
		case ok:
			*to = &t
		}
	}
	file("changed", "pwdLastSet", &s.changed)
	file("last_login_at", "lastLogonTimestamp", &s.login)
	var expires *evidence.Instant
	if v := e.first("accountExpires"); v != "" {
		t, ok, err := filetime(v)
		if err != nil {
			s.unclear = "accountExpires is no time"
		} else if ok {
			expires = &t
		}
	}
	if v := e.first("shadowExpire"); v != "" && v != "-1" {
		if t, err := days(v); err != nil {
			s.unclear = "shadowExpire is no day"
		} else {
			expires = &t
		}
	}
	if expires != nil && *expires <= now {
		s.disabled, s.ended = true, expires
	}
	if e.first("nsAccountLock") == "TRUE" || e.first("nsAccountLock") == "true" {
		s.disabled, s.ended = true, nil
	}
	switch lock := e.first("pwdAccountLockedTime"); lock {
	case "":
	case forEver:
		s.disabled, s.ended = true, nil
	default:
		if !s.disabled {
			s.unclear = "it was locked for wrong passwords, and the policy says for how long"
		}
	}
	s.control(e)
	return s
}

// control reads userAccountControl, which every account of Active Directory has.
func (s *state) control(e entry) {
	v := e.first("userAccountControl")
	if v == "" {
		if e.first("sAMAccountName") != "" {
			s.unclear = "userAccountControl is not shown"
		}
		return
	}
	bits, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		s.unclear = "userAccountControl is no number"
		return
	}
	if bits&bitDisabled != 0 {
		s.disabled, s.ended = true, nil
	}
	card := bits&bitSmartcard != 0
	s.card = &card
}

// put fills the columns of a principal.
func (s state) put(r *source.Row) {
	switch {
	case s.disabled:
		if r.Put("status", "disabled"); s.ended != nil { // else since when is not kept, which the NULL beside this word says
			r.Put("disabled_at", *s.ended)
		}
	case s.unclear != "":
		r.Unknown("status", s.unclear)
	default:
		r.Put("status", "active")
	}
	if s.created != nil {
		r.Put("created_at", *s.created)
	} else {
		r.Unknown("created_at", "it is not shown, or is no time")
	}
	if s.login != nil {
		r.Put("last_login_at", *s.login)
	} else {
		r.Unknown("last_login_at", "none is shown, which does not say that there was none")
	}
	if s.card != nil && *s.card {
		r.Put("mfa_enrolled", true)
		r.Put("mfa_phishing_resistant", true)
		return
	}
	r.Unknown("mfa_enrolled", "a directory does not hold second factors")
	r.Unknown("mfa_phishing_resistant", "a directory does not hold second factors")
}
