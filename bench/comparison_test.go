package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestSince(t *testing.T) {
	before := runs("up", map[string][]float64{"lftp": {8, 8, 8}, "rclone": {20, 20, 20}, "ferry": {4, 4, 4.4}, "ferry default": {2}})
	now := runs("up", map[string][]float64{"lftp": {16}, "rclone": {20}, "ferry": {4.2}, "ferry default": {3}})
	all, alone := changes(before, now)
	if len(all) != 2 || len(alone) != 0 {
		t.Fatalf("%+v, alone %q", all, alone)
	}
	if c := all[0]; c.slower || c.lost || c.ratio != 4.2/4 || c.others != 1.5 || c.memory != 1 {
		t.Errorf("a twentieth more is no change: %+v", c)
	}
	if c := all[1]; !c.slower || c.ratio != 1.5 || c.key.tool != ferryDefault {
		t.Errorf("half as much again is slower: %+v", c)
	}
}

// TestComparison holds what is printed, and when the exit status says that ferry has become slower.
func TestComparison(t *testing.T) {
	of := func(seconds float64) []result { return runs("up", map[string][]float64{"ferry": {seconds}}) }
	wrong := of(1)
	wrong[0].Error = "the trees differ"
	other := runs("down", map[string][]float64{"ferry": {1}})
	otherLink := of(1)
	otherLink[0].Link = "200ms, 100 Mbit/s"
	for _, c := range []struct {
		name        string
		before, now []result
		good        bool
		want        string
	}{
		{"the same", of(10), of(10), true, "1 row, 0 slower"},
		{"quicker", of(10), of(5), true, "0.50"},
		{"a twentieth slower, just so", of(10), of(10.5), true, "1.05"},
		{"more than that", of(10), of(10.6), false, "SLOWER"},
		{"wrong now", of(10), wrong, false, "WRONG"},
		{"wrong before", wrong, of(10), false, "wrong before"},
		{"another row", of(10), other, false, "- vsftpd down " + overLink + " ferry"},
		{"another link", of(10), otherLink, false, "200ms"},
		{"one more row than before", of(10), slices.Concat(of(10), other), true, "- vsftpd down"},
		{"runs that lie apart", runs("up", map[string][]float64{"ferry": {9, 10, 11}}), of(10), true, "10.00 ±10 %"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text, good := comparison(c.before, c.now, false)
			if good != c.good || !strings.Contains(text, c.want) {
				t.Errorf("good: %t, want %t and %q in\n%s", good, c.good, c.want, text)
			}
		})
	}
}

func TestReadResults(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.json")
	good := `{"row":"up","server":"vsftpd","link":"loopback","tool":"ferry","run":1,"seconds":4}` + "\n\n" + `{"server":"vsftpd","row":"mode-z","skipped":"no MODE Z"}` + "\n"
	for text, want := range map[string]string{
		good:            "",
		"":              "no results",
		"{}\n":          "line 1 names no row",
		good + "hello":  "line 4 is no result",
		"{\"row\":1}\n": "line 1 is no result",
		`{"row":"up","server":"vsftpd","tool":"ferry","run":1}`: "run the benchmark again",
	} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		all, err := readResults(path)
		if want == "" && (err != nil || len(all) != 2 || all[0].Seconds != 4) {
			t.Errorf("%q: %+v, %v", text, all, err)
		}
		if want != "" && (err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path)) {
			t.Errorf("%q: %v, want an error with %q and the file", text, err, want)
		}
	}
	if _, err := readResults(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a file that is not there has results")
	}
}

func TestSelected(t *testing.T) {
	all := slices.Concat(runs("up", map[string][]float64{"ferry": {1}}), []result{{Row: "copy", Server: "proftpd to vsftpd", Link: overLink, Tool: "ferry"}})
	for _, c := range []struct {
		o    options
		want int
	}{
		{options{}, 2},
		{options{work: []string{"copy*"}}, 1},
		{options{servers: []string{"vsftpd"}, serversGiven: true}, 1},
		{options{servers: []string{"proftpd"}, serversGiven: true}, 1},
		{options{servers: []string{"pureftpd"}, serversGiven: true}, 0},
		{options{servers: []string{"pureftpd"}}, 2}, // the default is no choice
	} {
		if got := len(c.o.selected(all)); got != c.want {
			t.Errorf("%+v: %d results, want %d", c.o, got, c.want)
		}
	}
}
