package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   float64
	}{
		{nil, 0},
		{[]float64{3}, 3},
		{[]float64{9, 1, 2}, 2},
		{[]float64{4, 1, 2, 100}, 3},
	} {
		if got := median(c.values, func(v float64) float64 { return v }); got != c.want {
			t.Errorf("median of %v is %v, want %v", c.values, got, c.want)
		}
	}
}

// overLink is the link of the results in these tests.
const overLink = "30ms, 100 Mbit/s"

// runs returns results of one row on one server.
func runs(row string, seconds map[string][]float64) []result {
	var all []result
	for _, tool := range slices.Concat(toolNames, defaultNames) {
		for i, s := range seconds[tool] {
			all = append(all, result{Row: row, Server: "vsftpd", Link: overLink, Tool: tool, Run: i + 1, Seconds: s, CPU: s / 10, Memory: 10 << 20})
		}
	}
	return all
}

func TestRatios(t *testing.T) {
	for _, c := range []struct {
		name    string
		results []result
		among   []string
		want    ratios
	}{
		{"the better setting of lftp counts, and the better of both",
			runs("up", map[string][]float64{"lftp": {10}, "lftp pipelined": {8}, "rclone": {20}, "ferry": {4}}), nil,
			ratios{lftp: 0.5, rclone: 0.2, both: 0.5}},
		{"medians, not the best of the runs",
			runs("up", map[string][]float64{"rclone": {1, 10, 30}, "ferry": {4, 5, 60}}), nil,
			ratios{rclone: 0.5, both: 0.5}},
		{"bisync is rclone",
			runs("up", map[string][]float64{"rclone": {20}, "rclone bisync": {10}, "ferry": {5}}), nil,
			ratios{rclone: 0.5, both: 0.5}},
		{"times of other rows, where the row says so",
			append(runs("up", map[string][]float64{"lftp": {10}, "ferry": {4}}), runs("other", map[string][]float64{"lftp": {8}, "ferry": {1}})...),
			[]string{"other"}, ratios{lftp: 0.5, both: 0.5}},
		{"nothing to compare with", runs("up", map[string][]float64{"ferry": {4}}), nil, ratios{}},
		{"no ferry", runs("up", map[string][]float64{"lftp": {4}}), nil, ratios{}},
		{"a fast wrong result of ferry is none",
			append(runs("up", map[string][]float64{"lftp": {4}, "ferry": {1}}), result{Row: "up", Server: "vsftpd", Link: overLink, Tool: "ferry", Error: "differs"}), nil, ratios{}},
		{"and one of another tool neither",
			append(runs("up", map[string][]float64{"lftp": {4}, "rclone": {8}, "ferry": {2}}), result{Row: "up", Server: "vsftpd", Link: overLink, Tool: "lftp", Error: "differs"}), nil,
			ratios{rclone: 0.25, both: 0.25}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := compareTimes(summarize(c.results), "vsftpd", overLink, row{name: "up", goal: goal{among: c.among}})
			got.cpu = 0 // in these runs a tenth of the time
			if got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}

// TestRatioOfCPU checks that the CPU time is compared with that of the fastest tool, not with the least CPU time.
func TestRatioOfCPU(t *testing.T) {
	all := summarize([]result{
		{Row: "huge", Server: "vsftpd", Tool: "lftp", Seconds: 2, CPU: 0.1},
		{Row: "huge", Server: "vsftpd", Tool: "rclone", Seconds: 1, CPU: 0.4},
		{Row: "huge", Server: "vsftpd", Tool: "ferry", Seconds: 1, CPU: 0.5},
	})
	if got := compareTimes(all, "vsftpd", "", row{name: "huge"}).cpu; got != 1.25 {
		t.Errorf("%v, want 1.25", got)
	}
}

func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		name  string
		goal  goal
		got   ratios
		trips float64
		want  string
	}{
		{"no goal", goal{}, ratios{both: 3}, 9, ""},
		{"reached, just so", goal{best: 0.75}, ratios{both: 0.75}, 0, "yes: 0.75 of the best"},
		{"one of two missed", goal{lftp: 0.5, rclone: 0.25}, ratios{lftp: 0.4, rclone: 0.3}, 0, "no: 0.50 of lftp, 0.25 of rclone"},
		{"without the other tool", goal{lftp: 0.5, rclone: 0.25}, ratios{lftp: 0.4}, 0, "yes: 0.50 of lftp"},
		{"round trips", goal{roundTrips: 3.5}, ratios{}, 3.6, "no: 3.50 round trips"},
		{"quick enough, at too much CPU", goal{best: 1, cpu: 1}, ratios{both: 0.9, cpu: 1.2}, 0, "no: 1.00 of the best, 1.00 of its CPU time"},
		{"nothing measured", goal{best: 0.1}, ratios{}, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := verdict(c.goal, c.got, summary{roundTrips: c.trips}); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestGoalOn(t *testing.T) {
	g := goal{roundTrips: 3.5, vsftpd: 4.5}
	if a, b := g.on("proftpd").roundTrips, g.on("vsftpd").roundTrips; a != 3.5 || b != 4.5 {
		t.Errorf("%v and %v", a, b)
	}
	if got := (goal{roundTrips: 3.5}).on("vsftpd").roundTrips; got != 3.5 {
		t.Errorf("without an exception: %v", got)
	}
}

func TestReport(t *testing.T) {
	lines := []row{
		{name: "up", title: "files up", goal: goal{lftp: 0.5, defaults: 0.35}},
		{name: "one", title: "one connection", files: 200},
		{name: "huge", title: "large file, loopback", loopback: true},
		{name: "none", title: "not run"},
	}
	results := runs("up", map[string][]float64{"lftp": {10}, "rclone": {20}, "ferry": {4}, "lftp default": {40}, "ferry default": {3}})
	results[0].Program, results[0].Connections = "lftp 4.9.2", 4
	results = append(results, result{Row: "one", Server: "vsftpd", Link: overLink, Tool: "ferry", Seconds: 20, RoundTrips: 3.333, Files: 200},
		result{Row: "one", Server: "vsftpd", Link: overLink, Tool: "lftp", Seconds: 1, Error: "the trees differ"},
		result{Row: "huge", Server: "vsftpd", Link: onLoopback, Tool: "ferry", Seconds: 0.5},
		result{Row: "up", Server: "vsftpd", Link: "200ms, 100 Mbit/s", Tool: "lftp", Seconds: 50},
		result{Row: "up", Server: "vsftpd", Link: "200ms, 100 Mbit/s", Tool: "ferry", Seconds: 25},
		result{Row: "mode-z", Server: "vsftpd", Skipped: "vsftpd has no MODE Z"})
	want := `
4 connections, 1 run
lftp 4.9.2

vsftpd, 30ms, 100 Mbit/s: seconds, and ferry's time divided by the best of the others
                 lftp  rclone           ferry  ferry/lftp  ferry/rclone  ferry/best  goal reached
files up        10.00   20.00            4.00        0.40          0.20        0.40  yes: 0.50 of lftp
one connection  wrong          20.00 (3.3 rt)

vsftpd, 30ms, 100 Mbit/s: seconds with the defaults of each tool
          lftp default  ferry default  ferry/defaults  ferry/tuned lftp  ferry/tuned best  goal reached
files up         40.00           3.00            0.07              0.30              0.30  yes: 0.35 of tuned lftp

vsftpd, 30ms, 100 Mbit/s: CPU seconds and peak memory of the client
                          lftp          rclone           ferry
files up        1.00 s, 10 MiB  2.00 s, 10 MiB  0.40 s, 10 MiB
one connection   0.00 s, 0 MiB                   0.00 s, 0 MiB

vsftpd, 30ms, 100 Mbit/s: CPU seconds and peak memory of the client with defaults
            lftp default   ferry default
files up  4.00 s, 10 MiB  0.30 s, 10 MiB

vsftpd, 200ms, 100 Mbit/s: seconds, and ferry's time divided by the best of the others
           lftp  ferry  ferry/lftp  ferry/best
files up  50.00  25.00        0.50        0.50

vsftpd, 200ms, 100 Mbit/s: CPU seconds and peak memory of the client
                   lftp          ferry
files up  0.00 s, 0 MiB  0.00 s, 0 MiB

vsftpd, loopback or a link of the row: seconds, and ferry's time divided by the best of the others
                      ferry
large file, loopback   0.50

vsftpd, loopback or a link of the row: CPU seconds and peak memory of the client
                              ferry
large file, loopback  0.00 s, 0 MiB

left out:
- vsftpd mode-z: vsftpd has no MODE Z
`
	if diff := cmp.Diff(want, report(options{}, lines, results)); diff != "" {
		t.Error(diff)
	}
	markdown := report(options{markdown: true}, lines, results)
	for line := range strings.Lines(markdown) {
		if strings.HasPrefix(line, "|") && !strings.HasSuffix(line, "|\n") {
			t.Errorf("no line of a table: %q", line)
		}
	}
	if !strings.Contains(markdown, "| --- | ---: |") {
		t.Error("the table has no rule below its heading")
	}
}

func TestVersionOf(t *testing.T) {
	for said, want := range map[string]string{
		"LFTP | Version 4.9.2 | Copyright (c) 1996-2020": "x 4.9.2",
		"rclone v1.60.1-DEV":                             "x 1.60.1-DEV",
		"a very good program":                            "x",
		"":                                               "x",
	} {
		if got := versionOf("x", said); got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
}

func TestResultLine(t *testing.T) {
	good := result{Server: "vsftpd", Row: "up", Tool: "ferry", Seconds: 4.2, CPU: 0.1, Memory: 15 << 20, RoundTrips: 140}
	if got, want := good.line(), "vsftpd    up               ferry             4.20 s  cpu 0.100 s   15 MiB  140 round trips"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	bad := good
	bad.Error = "the trees differ"
	if got := bad.line(); !strings.Contains(got, "WRONG") || !strings.Contains(got, "the trees differ") {
		t.Errorf("a wrong result is shown as %q", got)
	}
}

// TestMixed holds that what visitors saw is in a table of its own, and is compared with the tool that leaves a site mixed
// for the shortest time.
func TestMixed(t *testing.T) {
	all := rows(options{large: 1, huge: 1})
	run := func(tool string, seconds, mixed float64, half int) result {
		r := result{Row: "deploy-300", Server: "vsftpd", Link: overLink, Tool: tool, Seconds: seconds}
		if mixed > 0 {
			r.Visit = &visit{Mixed: mixed, Half: half}
		}
		return r
	}
	wrong := run("rclone", 10, 1, 0)
	wrong.Error = "the trees differ"
	for _, c := range []struct {
		mixed float64
		want  string
	}{{0.1, "yes: 0.25 of the best, 0.02 of the mixed time"}, {0.3, "no: 0.25 of the best, 0.02 of the mixed time"}} {
		text := report(options{}, all, []result{run("lftp", 40, 10, 3), run("ftp-deploy", 50, 40, 0), wrong, run("ferry", 8, c.mixed, 0)})
		for _, want := range []string{c.want, "two releases mixed", "10.00 (3)"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
	}
	if text := report(options{}, all, []result{{Row: "up", Server: "vsftpd", Link: overLink, Tool: "ferry", Seconds: 1}}); strings.Contains(text, "mixed") {
		t.Errorf("%s", text)
	}
}

// TestFTPDeployState holds that the state which the benchmark writes for ftp-deploy names all files and directories.
func TestFTPDeployState(t *testing.T) {
	local, server := t.TempDir(), t.TempDir()
	if err := writeSite(map[string][]byte{"a/b.html": []byte("page"), "c.css": []byte("style")}, local); err != nil {
		t.Fatal(err)
	}
	if err := writeFTPDeployState(local, server); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(server, ftpDeployState))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"name": "a"`, `"name": "a/b.html"`, `"name": "c.css"`, `"size": 5`, `"version": "1.0.0"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
}
