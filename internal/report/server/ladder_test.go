package server

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ferry/internal/ftp"
)

func TestNewLadder(t *testing.T) {
	trace := &ftp.Trace{Mode: "PASV", Client: "192.168.1.5:50021", Server: "203.0.113.9:21", Steps: []ftp.TraceStep{
		{From: "192.168.1.5:50021", To: "203.0.113.9:21", Text: "PASV"},
		{From: "203.0.113.9:21", To: "192.168.1.5:50021", Text: "227 (10,0,0,7,4,1)"},
		{From: "192.168.1.5:any", To: "10.0.0.7:1025", Text: "connect: no answer", Data: true, Failed: true},
	}, Why: "no answer", Cause: "NAT"}
	want := Ladder{Mode: "PASV", About: "the server names a port, and we connect to it; does not work", Why: "no answer", Cause: "NAT", Rungs: []Rung{
		{Client: "client:50021", Server: "server:21", Text: "PASV", Outward: true},
		{Client: "client:50021", Server: "server:21", Text: "227 (10,0,0,7,4,1)"},
		{Client: "client:any", Server: "10.0.0.7:1025", Text: "connect: no answer", Outward: true, Data: true, Failed: true},
	}}
	if diff := cmp.Diff(want, NewLadder(trace)); diff != "" {
		t.Error(diff)
	}
}
