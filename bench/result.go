package main

import (
	"fmt"
	"strings"

	"ferry/bench/wan"
	"ferry/internal/test/visitor"
)

// result is one run of one tool on one row.
type result struct {
	Row         string       `json:"row"`
	Title       string       `json:"-"`
	Server      string       `json:"server"`
	Link        string       `json:"link"` // "loopback" without one
	Tool        string       `json:"tool"`
	Program     string       `json:"program,omitempty"`     // name and version of the tool's program
	Connections int          `json:"connections,omitempty"` // most connections that the tool may use; 0: its default
	Run         int          `json:"run"`
	Seconds     float64      `json:"seconds"`
	CPU         float64      `json:"cpu_seconds"` // of the client, user and system
	Memory      int64        `json:"memory"`      // peak resident memory of the client in bytes
	RoundTrips  float64      `json:"round_trips,omitempty"`
	Files       int          `json:"per_files,omitempty"` // number of files; RoundTrips is per file
	Traffic     *wan.Traffic `json:"traffic,omitempty"`
	Visit       *visit       `json:"visit,omitempty"`
	Command     []string     `json:"command"`
	Error       string       `json:"error,omitempty"`   // if set, the other fields do not count
	Skipped     string       `json:"skipped,omitempty"` // why this was not run; no figures then
}

// visit is what a visitor saw while a tool was at work.
type visit struct {
	Mixed   float64 `json:"mixed_seconds"` // how long two releases stood beside each other
	Looks   int     `json:"looks"`
	Half    int     `json:"half"`    // files that were seen in part
	Missing int     `json:"missing"` // files of both releases that were seen missing
	Broken  int     `json:"broken"`  // pages whose script was seen missing
}

func (r *result) see(s visitor.Seen) {
	r.Visit = &visit{Mixed: s.Mixed.Seconds(), Looks: s.Looks, Half: len(s.Half), Missing: len(s.Missing), Broken: len(s.Broken)}
}

// line returns a short form of the result, which is shown while the benchmark runs.
func (r result) line() string {
	head := strings.TrimRight(fmt.Sprintf("%-9s %-16s %-14s", r.Server, r.Row, r.Tool), " ")
	if r.Skipped != "" {
		return head + " left out: " + r.Skipped
	}
	head = fmt.Sprintf("%-9s %-16s %-14s", r.Server, r.Row, r.Tool)
	if r.Error != "" {
		return head + " WRONG after " + seconds(r.Seconds) + ": " + r.Error
	}
	text := fmt.Sprintf("%s %9s  cpu %6s  %7s", head, seconds(r.Seconds), seconds(r.CPU), mebibytes(r.Memory))
	if r.Files > 0 {
		text += fmt.Sprintf("  %.2f round trips a file", r.RoundTrips)
	} else if r.RoundTrips > 0 {
		text += fmt.Sprintf("  %.0f round trips", r.RoundTrips)
	}
	if v := r.Visit; v != nil {
		text += fmt.Sprintf("  mixed %s, half %d, missing %d, without script %d", seconds(v.Mixed), v.Half, v.Missing, v.Broken)
	}
	if r.Traffic != nil {
		text += fmt.Sprintf("  %d packets, %.1f kB up, %.1f kB down", r.Traffic.PacketsUp+r.Traffic.PacketsDown,
			float64(r.Traffic.BytesUp)/1000, float64(r.Traffic.BytesDown)/1000)
		if r.Traffic.Lost > 0 {
			text += fmt.Sprintf(", %d lost", r.Traffic.Lost)
		}
		if r.Traffic.LostAtRandom > 0 {
			text += fmt.Sprintf(", %d lost at random", r.Traffic.LostAtRandom)
		}
	}
	return text
}
