package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/mail"
	"unicode/utf8"
)

// active are the beginnings of files that browsers and shells run. They are
// compared without regard to case.
var active = []string{"<!doctype", "<html", "<svg", "<?xml", "<script", "<head", "<body", "<iframe", "<style", "<!--", "#!", "<?php", "<%"}

var errActive = errors.New("it begins like a page or a script that a program runs; print it to PDF instead")

// checkText takes UTF-8 that nothing runs.
func checkText(b []byte) error {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if bytes.IndexByte(b, 0) >= 0 || !utf8.Valid(b) {
		return errors.New("it is no UTF-8 text; save it as UTF-8")
	}
	start := bytes.ToLower(bytes.TrimLeft(b[:min(len(b), 4096)], " \t\r\n\f\v"))
	for _, a := range active {
		if bytes.HasPrefix(start, []byte(a)) {
			return errActive
		}
	}
	return nil
}

func checkJSON(b []byte) error {
	if err := checkText(b); err != nil {
		return err
	}
	if !json.Valid(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))) {
		return errors.New("it is no JSON")
	}
	return nil
}

// checkMail takes a message with its head. What is attached to it stays in it,
// as text.
func checkMail(b []byte) error {
	if bytes.IndexByte(b, 0) >= 0 {
		return errors.New("it is no message of e-mail: it holds zero bytes")
	}
	m, err := mail.ReadMessage(bytes.NewReader(b))
	if err != nil {
		return errors.New("it is no message of e-mail: it does not begin with the head of one")
	}
	if m.Header.Get("From") == "" || m.Header.Get("Date") == "" {
		return errors.New("it is no message of e-mail that was sent: its head names no sender or no date")
	}
	return nil
}
