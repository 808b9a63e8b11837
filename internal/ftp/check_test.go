package ftp

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// loginDirectory returns the login directory as the target of a check.
func loginDirectory() CheckTarget {
	return CheckTarget{
		Root: func(ctx context.Context, s *Session) (string, error) {
			dir, err := s.WorkingDirectory(ctx)
			return strings.TrimSuffix(dir, "/"), err
		},
		TempName: func(mark string, plain bool) string {
			if plain {
				return "ferry-" + mark + "-check.part"
			}
			return ".ferry-" + mark + "-check.part"
		},
	}
}

func check(t *testing.T, f *fake, change func(*Options)) *Report {
	t.Helper()
	o := f.options()
	o.Timeout, o.Retries = 2*time.Second, 1
	if change != nil {
		change(&o)
	}
	f.serve()
	r, err := Check(t.Context(), o, loginDirectory())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func workingModes(r *Report) string {
	var all []string
	for _, trace := range r.Modes {
		if trace.Works {
			all = append(all, trace.Mode)
		}
	}
	return strings.Join(all, " ")
}

func TestCheckTriesAllModes(t *testing.T) {
	f := newFake(t)
	f.on["EPSV"] = refuse("500 no")
	f.on["EPRT"] = refuse("500 Illegal EPRT command.")
	r := check(t, f, nil)
	if got := workingModes(r); got != "PASV PORT" || r.Mode != "PASV" {
		t.Errorf("%s work, %s used", got, r.Mode)
	}
	if trace := r.Modes[2]; !strings.Contains(trace.Why, "Illegal EPRT") || trace.Cause != causeActiveAddress {
		t.Errorf("EPRT: %+v", trace)
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
	if r = check(t, f, func(o *Options) { o.Mode = Active }); r.Mode != "PORT" || workingModes(r) != "PASV PORT" {
		t.Errorf("active only: %s work, %s used", workingModes(r), r.Mode)
	}
}

func TestCheckWithoutAnyMode(t *testing.T) {
	f := newFake(t)
	for _, m := range dataModes {
		f.on[m.String()] = refuse("500 no")
	}
	r := check(t, f, nil)
	if workingModes(r) != "" || r.Mode != "" || len(r.Notes) == 0 {
		t.Errorf("got %s", r.Text(true))
	}
}

// TestCheckLeavesNothing checks that only one temporary is written in the root, and that
// it is removed.
func TestCheckLeavesNothing(t *testing.T) {
	f := newFake(t)
	f.files["/there"] = []byte("x")
	r := check(t, f, nil)
	if len(f.files) != 1 || f.files["/there"] == nil {
		t.Errorf("left %v", f.files)
	}
	var stored string
	for _, line := range f.commands() {
		switch verb, arg, _ := strings.Cut(line, " "); verb {
		case "STOR":
			stored = arg
			if !strings.HasPrefix(arg, "/.ferry-") || !strings.HasSuffix(arg, ".part") {
				t.Errorf("wrote %s", arg)
			}
		case "DELE", "MFMT", "MDTM":
			if !strings.HasSuffix(line, stored) {
				t.Errorf("%s is not about the temporary", line)
			}
		}
	}
	if r.SetTime != "none" {
		t.Errorf("set time: %s", r.SetTime)
	}
}

func TestCheckWhereNothingMayBeWritten(t *testing.T) {
	f := newFake(t)
	f.on["STOR"] = refuse("553 read only")
	r := check(t, f, nil)
	if r.SetTime != "unknown" || r.Clock != nil || f.saw("DELE") > 0 {
		t.Errorf("got %s", r.Text(false))
	}
	f = newFake(t)
	f.on["CWD"] = refuse("550 no such directory")
	if r = check(t, f, nil); r.RootThere || f.saw("STOR") > 0 {
		t.Errorf("got %s", r.Text(false))
	}
}

func TestCheckCancelled(t *testing.T) {
	f := newFake(t)
	ctx, cancel := context.WithCancel(t.Context())
	f.on["MDTM"] = func(*peer, string) bool { cancel(); return true }
	f.serve()
	if _, err := Check(ctx, f.options(), loginDirectory()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if len(f.files) > 0 {
		t.Errorf("left %v", f.files)
	}
}

func TestCheckUnreachable(t *testing.T) {
	f := newFake(t)
	f.ln.Close()
	if _, err := Check(t.Context(), f.options(), loginDirectory()); !errors.Is(err, ErrFatal) {
		t.Errorf("got %v", err)
	}
}

func TestTraceText(t *testing.T) {
	epsv := &Trace{Mode: "EPSV", Client: "192.168.1.5:50021", Server: "203.0.113.9:21", Steps: []TraceStep{
		{From: "192.168.1.5:50021", To: "203.0.113.9:21", Text: "EPSV"},
		{From: "203.0.113.9:21", To: "192.168.1.5:50021", Text: "229 Entering (|||51000|)"},
		{From: "192.168.1.5:any", To: "203.0.113.9:51000", Text: "connect: no answer for 4s", Data: true, Failed: true},
	}, Why: "203.0.113.9:51000 gave no answer for 4s", Cause: "a firewall"}
	port := &Trace{Mode: "PORT", Works: true, Client: "127.0.0.1:50021", Server: "127.0.0.1:21", Steps: []TraceStep{
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
	if diff := cmp.Diff(want, epsv.text()+port.text()); diff != "" {
		t.Error(diff)
	}
}

func TestReportText(t *testing.T) {
	resumed, zone := true, -5*time.Hour
	r := &Report{Address: "example.org:21", Security: "ftpes", User: "sync", Greeting: "hello", Root: "/data", RootThere: true,
		TLS: &TLSReport{Version: "TLS 1.3", Cipher: "AES", Fingerprint: "sha256:00", Subject: "CN=x", Trust: "chain", Resumed: &resumed,
			Expires: time.Date(2030, 1, 2, 0, 0, 0, 0, time.UTC)},
		Modes: []*Trace{{Mode: "EPSV", Works: true}, {Mode: "PORT", Why: "refused", Cause: "NAT"}}, Mode: "EPSV",
		List: "MLSD", Dotfiles: "shown", SetTime: "none", Clock: &ClockReport{Ahead: 90 * time.Second, ListZone: &zone},
		RoundTrip: 40 * time.Millisecond, Connections: 2, ConnectionsAsked: 4, Features: []string{"MLST", "SIZE"}, Notes: []string{"mind the gap"}}
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
round trip   40ms
connections  the server allowed 2 of 4 at the same time
features     MLST SIZE
note: mind the gap
`
	if diff := cmp.Diff(want, r.Text(false)); diff != "" {
		t.Error(diff)
	}
}
