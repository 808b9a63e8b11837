package check

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
)

// loginDirectory returns the login directory as the target of a check.
func loginDirectory() Target {
	return Target{
		Root: func(ctx context.Context, s *ftp.Session) (string, error) {
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

// checkServer starts a server with these options, lets change arm its faults and change the
// options of the check, and runs the check.
func checkServer(t *testing.T, so ftpserver.Options, change func(*ftpserver.Server, *ftp.Options)) (*ftpserver.Server, *Report) {
	t.Helper()
	server, o := start(t, so)
	if change != nil {
		change(server, &o)
	}
	r, err := Run(t.Context(), o, loginDirectory())
	if err != nil {
		t.Fatal(err)
	}
	return server, r
}

// start starts a server, and returns options that reach it.
func start(t *testing.T, so ftpserver.Options) (*ftpserver.Server, ftp.Options) {
	t.Helper()
	server, err := ftpserver.Start(so)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return server, ftp.Options{Host: "127.0.0.1", Port: server.Port(), User: "ferry", Password: func() (string, error) { return "secret", nil },
		Timeout: 2 * time.Second, Retries: 1, Backoff: func(int) time.Duration { return time.Millisecond }}
}

// commands returns the lines that the server got, without the number of the session.
func commands(server *ftpserver.Server) (lines []string) {
	for _, line := range server.Transcript() {
		if _, command, ok := strings.Cut(line, " > "); ok {
			lines = append(lines, command)
		}
	}
	return lines
}

// saw counts the commands with this verb.
func saw(server *ftpserver.Server, verb string) (n int) {
	for _, line := range commands(server) {
		if v, _, _ := strings.Cut(line, " "); v == verb {
			n++
		}
	}
	return n
}

// names returns what is in dir.
func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
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
	refuse := func(server *ftpserver.Server, _ *ftp.Options) {
		server.Faults().Add(ftpserver.Fault{Command: "EPSV", Refuse: "500 no"})
		server.Faults().Add(ftpserver.Fault{Command: "EPRT", Refuse: "500 Illegal EPRT command."})
	}
	_, r := checkServer(t, ftpserver.Options{}, refuse)
	if got := workingModes(r); got != "PASV PORT" || r.Mode != "PASV" {
		t.Errorf("%s work, %s used", got, r.Mode)
	}
	if trace := r.Modes[2]; !strings.Contains(trace.Why, "Illegal EPRT") || !strings.Contains(trace.Cause, "NAT on this side") {
		t.Errorf("EPRT: %+v", trace)
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
	_, r = checkServer(t, ftpserver.Options{}, func(server *ftpserver.Server, o *ftp.Options) { refuse(server, o); o.Mode = ftp.Active })
	if r.Mode != "PORT" || workingModes(r) != "PASV PORT" {
		t.Errorf("active only: %s work, %s used", workingModes(r), r.Mode)
	}
}

func TestCheckWithoutAnyMode(t *testing.T) {
	_, r := checkServer(t, ftpserver.Options{}, func(server *ftpserver.Server, _ *ftp.Options) {
		server.Faults().Add(ftpserver.Fault{Command: "PASSIVE|ACTIVE", Refuse: "500 no"})
	})
	if workingModes(r) != "" || r.Mode != "" || len(r.Notes) == 0 {
		t.Errorf("got %+v", r)
	}
}

// TestCheckLeavesNothing checks that only one temporary is written in the root, and that
// it is removed.
func TestCheckLeavesNothing(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "there"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	server, r := checkServer(t, ftpserver.Options{Root: root, NoMFMT: true}, nil)
	if left := names(t, root); len(left) != 1 || left[0] != "there" {
		t.Errorf("left %v", left)
	}
	var stored string
	for _, line := range commands(server) {
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
	if stored == "" || r.SetTime != "none" {
		t.Errorf("stored %q, set time: %s", stored, r.SetTime)
	}
}

func TestCheckWhereNothingMayBeWritten(t *testing.T) {
	server, r := checkServer(t, ftpserver.Options{}, func(server *ftpserver.Server, _ *ftp.Options) {
		server.Faults().Add(ftpserver.Fault{Command: "STOR", Refuse: "553 read only"})
	})
	if r.SetTime != "unknown" || r.Clock != nil || saw(server, "DELE") > 0 {
		t.Errorf("got %+v", r)
	}
	server, r = checkServer(t, ftpserver.Options{}, func(server *ftpserver.Server, _ *ftp.Options) {
		server.Faults().Add(ftpserver.Fault{Command: "CWD", Refuse: "550 no such directory"})
	})
	if r.RootThere || saw(server, "STOR") > 0 {
		t.Errorf("got %+v", r)
	}
}

func TestCheckCancelled(t *testing.T) {
	root := t.TempDir()
	server, o := start(t, ftpserver.Options{Root: root})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	server.Faults().Add(ftpserver.Fault{Command: "MDTM", Stall: true, Hook: cancel})
	if _, err := Run(ctx, o, loginDirectory()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if left := names(t, root); saw(server, "STOR") == 0 || len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

func TestCheckUnreachable(t *testing.T) {
	server, o := start(t, ftpserver.Options{})
	server.Close()
	if _, err := Run(t.Context(), o, loginDirectory()); !errors.Is(err, ftp.ErrFatal) {
		t.Errorf("got %v", err)
	}
}

func TestCheckToldWhetherServersSendToEachOther(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("other systems have one loopback address")
	}
	for _, c := range []struct {
		options  ftpserver.Options
		to, from string
	}{
		{ftpserver.Options{Addr: "127.0.0.3:0"}, refused, ""},
		{ftpserver.Options{Addr: "127.0.0.3:0", Foreign: true}, allowed, allowed},
		{ftpserver.Options{Addr: "127.0.0.3:0", ForeignPORT: true}, allowed, refused},
		{ftpserver.Options{Addr: "127.0.0.3:0", Foreign: true, NoPASV: true}, allowed, ""},
		{ftpserver.Options{Addr: "127.0.0.3:0", Foreign: true, MaxConnections: 1}, allowed, ""}, // there is no second session
		{ftpserver.Options{Foreign: true}, "", ""},                                              // its address is ours
	} {
		c.options.DataTimeout = 300 * time.Millisecond
		server, r := checkServer(t, c.options, func(server *ftpserver.Server, o *ftp.Options) {
			o.Host, _, _ = net.SplitHostPort(server.Addr())
		})
		if r.ToServers != c.to || (c.to == refused) != (r.ToServersReply != "") || r.FromServers != c.from || (c.from == refused) != (r.FromServersReply != "") {
			t.Errorf("%+v: %q, %q, %q, %q", c.options, r.ToServers, r.ToServersReply, r.FromServers, r.FromServersReply)
		}
		if last := commands(server); c.options.Addr == "" && strings.HasPrefix(last[len(last)-1], "PORT") {
			t.Error("PORT was tried")
		}
	}
}
