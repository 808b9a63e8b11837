package main

import (
	"ferry/bench/wan"
	"ferry/internal/test/visitor"
)

// result is one run of one tool on one row.
type result struct {
	Row        string       `json:"row"`
	Title      string       `json:"-"`
	Server     string       `json:"server"`
	Tool       string       `json:"tool"`
	Run        int          `json:"run"`
	Seconds    float64      `json:"seconds"`
	CPU        float64      `json:"cpu_seconds"` // of the client, user and system
	Memory     int64        `json:"memory"`      // peak resident memory of the client in bytes
	RoundTrips float64      `json:"round_trips,omitempty"`
	Files      int          `json:"per_files,omitempty"` // number of files; RoundTrips is per file
	Traffic    *wan.Traffic `json:"traffic,omitempty"`
	Visit      *visit       `json:"visit,omitempty"`
	Command    []string     `json:"command"`
	Error      string       `json:"error,omitempty"` // if set, the other fields do not count
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
