package ftp

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

func TestTranscriptHidesThePassword(t *testing.T) {
	f := newFake(t)
	f.on["PASS"] = refuse("230 welcome, your password is secret")
	var log bytes.Buffer
	p := f.pool(func(o *Options) {
		o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: LevelDialogue}))
	})
	roundTrip(t, p)
	p.Close()
	if strings.Contains(log.String(), "secret") {
		t.Errorf("the password is in the log:\n%s", log.String())
	}
	for _, want := range []string{"> USER sync", "> PASS ***", "< 230 welcome", "> STOR /empty"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%q is not in the log", want)
		}
	}
}

func TestHideSecrets(t *testing.T) {
	c := &controlConn{secret: "abc"} // too short to be looked for in other lines
	for in, want := range map[string]string{
		"PASS abc":           "PASS ***",
		"pass abc def":       "pass ***",
		"ACCT gold":          "ACCT ***",
		"RETR /abc":          "RETR /abc",
		"230 you said abc":   "230 you said abc",
		"SITE SECRET secret": "SITE SECRET secret",
	} {
		if got := c.hide(in); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
	c.secret = "secret"
	if got := c.hide("230 your password is secret"); got != "230 your password is ***" {
		t.Error(got)
	}
}
