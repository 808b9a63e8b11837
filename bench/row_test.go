package main

import (
	"strings"
	"testing"
)

func TestHasDefaults(t *testing.T) {
	want := map[string]bool{"up": true, "down": true, "first-equal": true, "segments": true, "mode-z": true, "copy": true,
		"up-one": false, "down-active": false, "equal-trust": false, "huge-up": false, "deploy-300": false, "million": false, "segments-one": false}
	for _, r := range rows(options{large: 1, huge: 1}) {
		if w, named := want[r.name]; named && r.hasDefaults() != w {
			t.Errorf("%s has defaults: %t, want %t", r.name, r.hasDefaults(), w)
		}
		delete(want, r.name)
	}
	if len(want) > 0 {
		t.Errorf("there are no rows %v", want)
	}
}

func TestLacks(t *testing.T) {
	for _, c := range []struct {
		row      string
		server   string
		haveLink bool
		want     string // in the reason, "" for none
	}{
		{"up", "vsftpd", false, ""},
		{"mode-z", "proftpd", true, ""},
		{"mode-z", "vsftpd", true, "vsftpd has no MODE Z"},
		{"mode-z", "proftpd", false, "-rtt 0"},
		{"first-equal-hash", "proftpd", false, ""},
		{"first-equal-hash", "pureftpd", true, "hashes"},
		{"segments", "vsftpd", true, ""},
		{"segments", "vsftpd", false, "-rtt 0"},
	} {
		for _, r := range rows(options{large: 1, huge: 1}) {
			if got := r.lacks(c.server, c.haveLink); r.name == c.row && ((got == "") != (c.want == "") || !strings.Contains(got, c.want)) {
				t.Errorf("%s on %s lacks %q, want %q", c.row, c.server, got, c.want)
			}
		}
	}
}
