package ftp

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
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
		t.Errorf("got %+v", r)
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
		t.Errorf("got %+v", r)
	}
	f = newFake(t)
	f.on["CWD"] = refuse("550 no such directory")
	if r = check(t, f, nil); r.RootThere || f.saw("STOR") > 0 {
		t.Errorf("got %+v", r)
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
