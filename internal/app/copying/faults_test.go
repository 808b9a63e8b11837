package copying

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ferry/internal/ftpserver"
	"ferry/manifest"
)

// A hostile is a way in which one of the servers misbehaves during a copy that replaces three large files.
type hostile struct {
	name  string
	at    int // 0: the source
	fault ftpserver.Fault
	hook  func(w *world) // of the fault; it may be nil
	ends  string         // how the copy ends: "done", "failed" (some files, or all of it), "" (either)
	later bool           // the source has been changed meanwhile: only the next copy makes both equal
	// direct says that it is about the direct way; a pass through this machine waits long, as any does.
	direct bool
}

const temps = ".ferry-*.part"

// changeSource writes other content of the same size into a file at the source, in place.
func changeSource(w *world) {
	name := filepath.Join(w.roots[0], "from/1.bin")
	later := time.Now().Add(time.Hour)
	if err := errors.Join(os.WriteFile(name, w.newest(), 0o644), os.Chtimes(name, later, later)); err != nil {
		w.Error(err)
	}
}

// newest is what changeSource writes.
func (w *world) newest() []byte { return bytes.Repeat([]byte("x2"), 250_000) }

func restart(w *world) {
	for _, s := range w.servers {
		go s.DropAll() // the session that strikes is one of them
	}
}

var hostiles = []hostile{
	{name: "cut half-way by the source", fault: ftpserver.Fault{Command: "RETR", Data: ftpserver.CutAt(200_000), Times: 1}, ends: "done"},
	{name: "cut half-way by the target, each one", at: 1, fault: ftpserver.Fault{Command: "STOR|APPE", Path: temps, Data: ftpserver.CutAt(200_000)}, ends: "failed"},
	{name: "the target stores half of each one and says 226", at: 1, fault: ftpserver.Fault{Command: "STOR|APPE", Path: temps, Data: ftpserver.ShortenTo(200_000)}, ends: "failed", direct: true},
	{name: "the source sends half of each one and says 226", fault: ftpserver.Fault{Command: "RETR", Data: ftpserver.ShortenTo(200_000)}},
	{name: "the target refuses to rename one", at: 1, fault: ftpserver.Fault{Command: "RNTO", Path: "/to/1.bin", Refuse: "553 No.", Times: 1}},
	{name: "refused half-way, at the source", fault: ftpserver.Fault{Command: "RETR", Data: ftpserver.CutAt(200_000), Reply: "550 Permission denied.", Times: 1}},
	{name: "refused half-way, at the target", at: 1, fault: ftpserver.Fault{Command: "STOR", Path: temps, Data: ftpserver.CutAt(200_000), Reply: "451 Disk error.", Times: 1}, ends: "done"},
	{name: "PASV is refused from the second on", at: 1, fault: ftpserver.Fault{Command: "PASV", Skip: 1, Refuse: "421 Too many."}, direct: true},
	{name: "the target is full", at: 1, fault: ftpserver.Fault{Command: "STOR|APPE", Path: temps, Data: ftpserver.CutAt(200_000), Reply: "452 Insufficient storage space."}, ends: "failed"},
	{name: "the target is full from the beginning", at: 1, fault: ftpserver.Fault{Command: "STOR|APPE", Path: temps, Refuse: "552 Quota exceeded."}, ends: "failed"},
	{name: "the source says nothing to RETR", fault: ftpserver.Fault{Command: "RETR", Stall: true, Times: 1}, ends: "done", direct: true},
	{name: "the target says nothing to STOR", at: 1, fault: ftpserver.Fault{Command: "STOR", Path: temps, Stall: true, Times: 1}, ends: "done", direct: true},
	{name: "the target says nothing to PASV", at: 1, fault: ftpserver.Fault{Command: "PASV", Stall: true, Times: 1}, ends: "done", direct: true},
	{name: "the source says nothing to PORT", fault: ftpserver.Fault{Command: "PORT", Stall: true, Times: 1}, ends: "done", direct: true},
	{name: "the target stops reading", at: 1, fault: ftpserver.Fault{Command: "STOR", Path: temps, Data: ftpserver.StallAt(200_000), Times: 1}, ends: "done", direct: true},
	{name: "both restart when one is asked for", fault: ftpserver.Fault{Command: "RETR", Times: 1}, hook: restart, ends: "done"},
	{name: "both restart half-way", fault: ftpserver.Fault{Command: "RETR", Data: ftpserver.CutAt(200_000), Times: 1}, hook: restart, ends: "done"},
	{name: "the source is changed before it is sent", fault: ftpserver.Fault{Command: "RETR", Path: "1.bin", Times: 1}, hook: changeSource, later: true},
	{name: "the source is changed while it is sent", at: 1, fault: ftpserver.Fault{Command: "STOR", Path: temps, Skip: 1, Times: 1}, hook: changeSource, later: true},
}

// TestNothingIsLostBetweenHostileServers replaces files while a server misbehaves, directly and through this machine. No
// file at the target is ever anything but its old or its new version, the source is not written to, and a copy without
// faults then makes both equal, leaves nothing behind, and the one after it has nothing to do.
func TestNothingIsLostBetweenHostileServers(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for servers that say nothing")
	}
	for _, o := range []struct {
		name    string
		options ftpserver.Options
	}{{"directly", foreign}, {"directly, with hashes", ftpserver.Options{Foreign: true, Hash: true}}, {"through this machine", ftpserver.Options{}}} {
		for _, h := range hostiles {
			if o.options.Hash && !h.later || !o.options.Foreign && h.direct {
				continue // what breaks off has no hash
			}
			t.Run(o.name+"/"+h.name, func(t *testing.T) {
				t.Parallel()
				options := o.options
				options.DataTimeout = time.Second
				h.try(newWorld(t, options, options))
			})
		}
	}
}

func (h hostile) try(w *world) {
	known := map[string]bool{string(w.newest()): true}
	for version := range 2 {
		for i := range 3 {
			content := fmt.Appendf(varied(500_000-20*version), "version %d of %d", version, i)[:500_000-version]
			w.write(fmt.Sprintf("%d.bin", i), content)
			known[string(content)] = true
		}
		if version == 0 {
			if result, _ := w.run(context.Background(), nil); result.Error() != nil {
				w.Fatal(result.Error())
			}
		}
	}
	if h.hook != nil {
		h.fault.Hook = func() { h.hook(w) }
	}
	source, _ := w.tree(0)
	armed := w.servers[h.at].Faults().Add(h.fault)
	result, _ := w.run(context.Background(), nil)
	if armed.Fired() == 0 {
		w.Errorf("the fault did not strike: %q", w.servers[h.at].Transcript())
	}
	failed := result.Err != nil || result.Summary.Failed > 0
	if h.ends == "done" && failed || h.ends == "failed" && !failed {
		w.Errorf("it ended with %+v: %v", result.Summary, result.Err)
	}
	there, _ := w.tree(1)
	for name, content := range there {
		if !known[content] {
			w.Errorf("%s has %d bytes that nobody wrote", name, len(content))
		}
	}
	if here, _ := w.tree(0); !h.later {
		for name := range source {
			if here[name] != source[name] {
				w.Errorf("%s was changed at the source", name)
			}
		}
	}
	w.servers[h.at].Faults().Clear()
	if again, _ := w.run(context.Background(), nil); again.Error() != nil {
		w.Errorf("the next copy: %+v: %v", again.Summary, again.Error())
	}
	w.equal()
	for side := range 2 {
		if _, left := w.tree(side); len(left) > 0 {
			w.Errorf("left behind on side %d: %q", side, left)
		}
	}
	if third, _ := w.run(context.Background(), nil); third.Error() != nil || third.Summary.Uploaded != 0 {
		w.Errorf("a third copy: %+v: %v", third.Summary, third.Error())
	}
}

// tree returns the contents of a side, and ferry's temporaries.
func (w *world) tree(side int) (files map[string]string, temps []string) {
	w.Helper()
	files = make(map[string]string)
	root := filepath.Join(w.roots[side], []string{"from", "to"}[side])
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if err == nil && d.Name() == manifest.Own { // what ferry keeps
				return fs.SkipDir
			}
			return err
		}
		if _, temp := manifest.TempMark(d.Name()); temp {
			temps = append(temps, d.Name())
			return nil
		}
		content, err := os.ReadFile(path)
		files[strings.TrimPrefix(path, root)] = string(content)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return files, temps
}
