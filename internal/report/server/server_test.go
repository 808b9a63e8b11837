package server

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ferry/internal/ftp"
	"ferry/internal/ftp/check"
)

func TestTraceText(t *testing.T) {
	epsv := &ftp.Trace{Mode: "EPSV", Client: "192.168.1.5:50021", Server: "203.0.113.9:21", Steps: []ftp.TraceStep{
		{From: "192.168.1.5:50021", To: "203.0.113.9:21", Text: "EPSV"},
		{From: "203.0.113.9:21", To: "192.168.1.5:50021", Text: "229 Entering (|||51000|)"},
		{From: "192.168.1.5:any", To: "203.0.113.9:51000", Text: "connect: no answer for 4s", Data: true, Failed: true},
	}, Why: "203.0.113.9:51000 gave no answer for 4s", Cause: "a firewall"}
	port := &ftp.Trace{Mode: "PORT", Works: true, Client: "127.0.0.1:50021", Server: "127.0.0.1:21", Steps: []ftp.TraceStep{
		{From: "127.0.0.1:50021", To: "127.0.0.1:21", Text: "PORT 127,0,0,1,195,102"},
		{From: "127.0.0.1:21", To: "127.0.0.1:50021", Text: "200 ok"},
		{From: "127.0.0.1:20", To: "127.0.0.1:50022", Text: "connect", Data: true},
	}}
	want := `EPSV: the server names a port, and we connect to it; does not work
  client:50021 ---- "EPSV" ----------------------> server:21
  client:50021 <--- "229 Entering (|||51000|)" --- server:21
  client:any   ==== connect: no answer for 4s ===> server:51000   <- fails here
  likely cause: a firewall
PORT: we name a port, and the server connects to us; works
  client:50021 ---- "PORT 127,0,0,1,195,102" --> server:21
  client:50021 <--- "200 ok" ------------------- server:21
  client:50022 <=== connect ==================== server:20
`
	if diff := cmp.Diff(want, traceText(epsv)+traceText(port)); diff != "" {
		t.Error(diff)
	}
}

func TestReportText(t *testing.T) {
	resumed, zone := true, -5*time.Hour
	r := &check.Report{Address: "example.org:21", Security: "ftpes", User: "sync", Greeting: "hello", Root: "/data", RootThere: true,
		TLS: &check.TLSReport{Version: "TLS 1.3", Cipher: "AES", Fingerprint: "sha256:00", Subject: "CN=x", Trust: "chain", Resumed: &resumed,
			Expires: time.Date(2030, 1, 2, 0, 0, 0, 0, time.UTC)},
		Modes: []*ftp.Trace{{Mode: "EPSV", Works: true}, {Mode: "PORT", Why: "refused", Cause: "NAT"}}, Mode: "EPSV",
		List: "MLSD", Dotfiles: "shown", SetTime: "none", Clock: &check.ClockReport{Ahead: 90 * time.Second, ListZone: &zone},
		RoundTrip: 41_234_567, Connections: 2, ConnectionsAsked: 4, Features: []string{"MLST", "SIZE"}, Notes: []string{"mind the gap"},
		ToServers: "refused", ToServersReply: "500 Illegal PORT command."}
	want := `server       example.org:21 (TLS after AUTH TLS), user sync
greeting     hello
directory    /data
TLS          TLS 1.3, AES; session resumed on data connections
certificate  CN=x, valid until 2030-01-02, trusted by chain
             sha256:00
data modes   EPSV  works, used
             PORT  does not work: refused
                   likely cause: NAT
listing      MLSD; names with a leading dot: shown
times        cannot be set; ferry remembers what the server shows
clock        1m30s ahead of ours; times are given in UTC, listed in UTC-5:00
round trip   41ms
connections  the server allowed 2 of 4 at the same time
to servers   it connects to no other server: 500 Illegal PORT command.
features     MLST SIZE
note: mind the gap
`
	if diff := cmp.Diff(want, Text(r, false)); diff != "" {
		t.Error(diff)
	}
}
