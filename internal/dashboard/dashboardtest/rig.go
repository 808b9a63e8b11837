// Package dashboardtest runs what a dashboard shows: an embedded server, pairs, a watch over
// them, and the page itself, all in the process of the test.
package dashboardtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ferry/internal/app"
	"ferry/internal/dashboard"
	"ferry/internal/dashboard/act"
	"ferry/internal/ftpserver"
	"ferry/sync"
)

// Password is that of the server. It must not be in any answer.
const Password = "s3cret-of-the-server"

// A Rig is a watch with its pairs, and the page that shows them.
type Rig struct {
	Dir, StateDir string
	Pairs         []*app.Pair
	Page          *dashboard.Server
	stopWatch     func()
}

// Start watches a pair for each of the names, and serves the page. settings are more keys of
// every profile, as "max-delete: 1", or several of them in braces. before is called when the directories are there; it may
// be nil.
func Start(t testing.TB, settings string, before func(*Rig), names ...string) *Rig {
	t.Helper()
	dir, err := os.MkdirTemp("", "d") // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	r := &Rig{Dir: dir, StateDir: filepath.Join(dir, "state")}
	for _, name := range names {
		must(t, os.MkdirAll(r.Local(name), 0o755), os.MkdirAll(r.Remote(name), 0o755))
	}
	if before != nil {
		before(r)
	}
	server, err := ftpserver.Start(ftpserver.Options{Root: filepath.Join(dir, "remote"), User: "ann", Password: Password})
	must(t, err)
	t.Cleanup(func() { _ = server.Close() })
	r.configure(t, server.Addr(), settings, names)
	r.watch(t)
	r.Page, err = dashboard.New(dashboard.Options{StateDir: r.StateDir, Version: "test"})
	must(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- r.Page.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return r
}

func must(t testing.TB, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// configure writes ferry.yaml and reads it.
func (r *Rig) configure(t testing.TB, address, settings string, names []string) {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "defaults:\n  poll: 300ms\n  password: %q\n", Password)
	for _, one := range strings.Split(strings.Trim(settings, "{}"), ", ") {
		if one != "" {
			fmt.Fprintf(&b, "  %s\n", one)
		}
	}
	b.WriteString("profiles:\n")
	for _, name := range names {
		fmt.Fprintf(&b, "  %s: {local: ./local/%s, remote: \"ftp://ann@%s/%s\"}\n", name, name, address, name)
	}
	file := filepath.Join(r.Dir, "ferry.yaml")
	must(t, os.WriteFile(file, []byte(b.String()), 0o600))
	pairs, err := app.Workspace{Dir: r.Dir, ConfigFile: file, StateOption: r.StateDir}.Pairs(nil)
	must(t, err)
	for _, p := range pairs {
		must(t, p.ReadRules("", nil))
	}
	r.Pairs = pairs
}

// watch keeps the pairs in step until the test ends, or StopWatch is called.
func (r *Rig) watch(t testing.TB) {
	t.Helper()
	w, err := app.NewWatch(t.Context(), app.WatchOptions{
		Opener: app.NewOpener(app.Options{StateDir: r.StateDir, Home: r.Dir, Command: "watch", NoWebServer: true}),
		Load:   func() ([]*app.Pair, error) { return r.Pairs, nil },
		View:   func(*app.Pair) app.PairView { return silent{} },
		Act:    act.Do,
	})
	must(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = w.Run(ctx)
	}()
	r.stopWatch = func() {
		cancel()
		<-done
	}
	t.Cleanup(r.stopWatch)
}

// StopWatch ends the watch.
func (r *Rig) StopWatch() { r.stopWatch() }

// Local and Remote are the directories of a pair.
func (r *Rig) Local(name string) string  { return filepath.Join(r.Dir, "local", name) }
func (r *Rig) Remote(name string) string { return filepath.Join(r.Dir, "remote", name) }

// Key names a pair on the page.
func (r *Rig) Key(name string) string {
	for _, p := range r.Pairs {
		if p.Name == name {
			return p.StateKey()
		}
	}
	panic("no pair " + name)
}

// Until waits until a condition holds.
func Until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within 30 s", what)
		}
	}
}

// Write writes a file.
func Write(t testing.TB, path, content string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o644))
}

// Holds reports whether a file has a content.
func Holds(path, content string) bool {
	text, err := os.ReadFile(path)
	return err == nil && string(text) == content
}

// silent shows nothing.
type silent struct{}

func (silent) Note(string, ...any)     {}
func (silent) Warn(string, ...any)     {}
func (silent) Say(string, string)      {}
func (silent) Status(app.WatchStatus)  {}
func (silent) Busy()                   {}
func (silent) Pass() app.PassReport    { return silent{} }
func (silent) Event(sync.Event)        {}
func (silent) PassFailed(error)        {}
func (silent) Failed(error)            {}
func (silent) Begin()                  {}
func (silent) End(sync.Summary, error) {}
