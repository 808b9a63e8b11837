package main

import (
	"ferry/bench/wan"
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
	Command    []string     `json:"command"`
	Error      string       `json:"error,omitempty"` // if set, the other fields do not count
}
