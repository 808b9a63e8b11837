package main

import (
	"bytes"
	"errors"
	"flag"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseOptions(t *testing.T) {
	o, err := parseOptions(strings.Fields("-rtt 50ms,5ms -loss 0,0.1% -settings defaults -rate 20mbit -connections 2 -servers proftpd -work up,large* -tools ferry,lftp -runs 3 -large 1GiB"), new(bytes.Buffer))
	if err != nil {
		t.Fatal(err)
	}
	if o.onlyLoopback() || len(o.links()) != 4 || !o.has(defaults) || o.has(tuned) || o.rate != 2_500_000 || o.connections != 2 || o.runs != 3 || o.large != 1<<30 {
		t.Errorf("%+v", o)
	}
	if diff := cmp.Diff([][]string{{"proftpd"}, {"up", "large*"}, {"ferry", "lftp"}}, [][]string{o.servers, o.work, o.tools}); diff != "" {
		t.Error(diff)
	}
}

func TestParseOptionsRefuses(t *testing.T) {
	for args, want := range map[string]string{
		"-rtt -1s":           "-rtt",
		"-rtt 1m":            "-rtt",
		"-rtt 30":            "-rtt",
		"-rtt ,":             "-rtt",
		"-loss 2":            "-loss",
		"-settings best":     "best",
		"-settings ,":        "empty",
		"-rate fast":         "-rate",
		"-rate -5mbit":       "-rate",
		"-rate 5":            "-rate",
		"-connections 0":     "-connections",
		"-runs 0":            "-runs",
		"-tools ncftp":       "ncftp",
		"-tools ,":           "empty",
		"-servers ,":         "empty",
		"-large 64":          "invalid size",
		"-huge 99999999GiB":  "invalid size",
		"-no-such-flag":      "no-such-flag",
		"an-argument-no-one": "an-argument",
	} {
		if _, err := parseOptions(strings.Fields(args), new(bytes.Buffer)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error with %q", args, err, want)
		}
	}
	help := new(bytes.Buffer)
	if _, err := parseOptions([]string{"-h"}, help); !errors.Is(err, flag.ErrHelp) || !strings.Contains(help.String(), "-rtt") {
		t.Errorf("-h: %v, %q", err, help)
	}
}

func TestWants(t *testing.T) {
	for _, c := range []struct {
		work string
		name string
		slow bool
		want bool
	}{
		{"", "up", false, true},
		{"", "same-3000", true, false},
		{"same-3000", "same-3000", true, true},
		{"up", "up-one", false, false},
		{"up*", "up-one", false, true},
		{"*", "same-3000", true, true},
		{"down,large*", "large-up", false, true},
		{"large*tls", "large-up-tls", false, true},
		{"large*tls", "large-up", false, false},
	} {
		if got := (options{work: splitList(c.work)}).wants(c.name, c.slow); got != c.want {
			t.Errorf("-work %q: %s is wanted: %t, want %t", c.work, c.name, got, c.want)
		}
	}
}

func TestUnknown(t *testing.T) {
	all := []row{{name: "up"}, {name: "up-one"}}
	for work, want := range map[string]string{"": "", "up": "", "up*,*one": "", "up,uq": "uq", "down*": "down*", "[": "["} {
		if got := (options{work: splitList(work)}).unknown(all); got != want {
			t.Errorf("-work %q: %q is unknown, want %q", work, got, want)
		}
	}
}
