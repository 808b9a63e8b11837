package remote

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/manifest/manifesttest"
	"ferry/sync"
	"ferry/sync/remote/blind"
	"ferry/sync/replicatest"
)

// A killedRecord is a record of which a kill loses what was recorded since the last flush.
type killedRecord struct {
	stdsync.Mutex
	manifesttest.Memory
	flushed manifesttest.Memory
	roots   [2]string
}

func (r *killedRecord) At(p manifest.Path) (manifest.Pair, bool) {
	r.Lock()
	defer r.Unlock()
	return r.Memory.At(p)
}

func (r *killedRecord) Set(p manifest.Path, pair manifest.Pair) error {
	r.Lock()
	defer r.Unlock()
	return r.Memory.Set(p, pair)
}

func (r *killedRecord) Forget(p manifest.Path) error {
	r.Lock()
	defer r.Unlock()
	return r.Memory.Forget(p)
}

func (r *killedRecord) Flush() error {
	r.Lock()
	defer r.Unlock()
	r.flushed = maps.Clone(r.Memory)
	return nil
}

func (r *killedRecord) Roots() (local, remote string) { return r.roots[0], r.roots[1] }
func (r *killedRecord) Part() bool                    { return false }
func (r *killedRecord) SetPart() error                { return nil }
func (r *killedRecord) SetRoots(local, remote string) error {
	r.roots = [2]string{local, remote}
	return nil
}

// TestDropBoxHistories makes edits and blind passes at random, of which some are killed between two commands, and lose
// what was not flushed. Each pass that comes to its end leaves on the server what is here, and nothing else but what was
// never ferry's. Then a pass that looks finds everything in step.
func TestDropBoxHistories(t *testing.T) {
	histories := dropBoxHistories(t)
	for seed := range uint64(8) {
		h := histories(seed)
		h.run()
		if t.Failed() {
			t.Fatalf("seed %d:\n%s", seed, strings.Join(h.log, "\n"))
		}
	}
}

// TestDropBoxKilled kills blind passes at each command. What was sent and is removed here meanwhile goes there as well, and
// what was deleted there and is back here is sent again.
func TestDropBoxKilled(t *testing.T) {
	histories := dropBoxHistories(t)
	for skip := range 6 {
		h := histories(uint64(skip))
		h.do("write", "was")
		h.pass(context.Background())
		was := h.here.Entry("was")
		h.do("remove", "was")
		h.do("write", "a")
		h.do("write", "d/b")
		h.killedPass(skip)
		h.do("remove", "a")
		h.do("remove", "d")
		h.here.Write("was", h.written["was"], was.Time())
		h.pass(context.Background())
		h.wantSent()
		if t.Failed() {
			t.Fatalf("killed after %d commands:\n%s", skip, strings.Join(h.log, "\n"))
		}
	}
}

// dropBoxHistories starts a server, and returns a function that makes histories with a directory of their own on it.
func dropBoxHistories(t *testing.T) func(seed uint64) *dropBoxHistory {
	root := t.TempDir()
	server, err := ftpserver.Start(ftpserver.Options{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return func(seed uint64) *dropBoxHistory {
		h := &dropBoxHistory{T: t, random: rand.New(rand.NewPCG(seed, 1)), server: server, name: fmt.Sprint(seed), written: make(map[string]string),
			root: filepath.Join(root, fmt.Sprint(seed)), here: replicatest.NewMemory(), record: &killedRecord{Memory: manifesttest.Memory{}}}
		h.here.Mkdir("")
		if err := errors.Join(os.MkdirAll(h.root, 0o755), os.WriteFile(filepath.Join(h.root, "theirs"), []byte("theirs"), 0o644)); err != nil {
			t.Fatal(err)
		}
		return h
	}
}

type dropBoxHistory struct {
	*testing.T
	random  *rand.Rand
	server  *ftpserver.Server
	name    string
	root    string
	here    *replicatest.Memory
	record  *killedRecord
	log     []string
	written map[string]string // the last content of each path
}

func (h *dropBoxHistory) run() {
	for range 4 {
		h.edit()
		if h.random.IntN(2) == 0 {
			h.killedPass(h.random.IntN(8))
			if h.random.IntN(2) == 0 {
				h.edit()
			}
		}
		h.pass(context.Background())
		h.wantSent()
	}
	h.look()
}

// edit makes a few changes here. Names are few, so that files come back, and directories and files change places.
func (h *dropBoxHistory) edit() {
	for range 1 + h.random.IntN(5) {
		dir, name := fmt.Sprint("d", h.random.IntN(3)), fmt.Sprint("f", h.random.IntN(3))
		switch h.random.IntN(6) {
		case 0:
			h.do("remove", dir)
		case 1:
			h.do("remove", dir+"/"+name)
		case 2:
			h.do("remove", dir)
			h.do("write", dir)
		case 3:
			h.do("write", name)
		default:
			if e := h.here.Entry(dir); e.IsFile() {
				h.do("remove", dir)
			}
			h.do("write", dir+"/"+name)
		}
	}
}

func (h *dropBoxHistory) do(what, path string) {
	h.log = append(h.log, what+" "+path)
	switch {
	case what == "write":
		h.written[path] = fmt.Sprint("content ", h.random.IntN(1000))
		h.here.Write(path, h.written[path], time.Time{})
	case h.here.Entry(path).Exists():
		h.here.Remove(path)
	}
}

// pass makes a blind pass.
func (h *dropBoxHistory) pass(ctx context.Context) {
	record := blind.NewRecord(h.record)
	far, err := OpenBlind(ctx, h.options(), record)
	if err != nil {
		h.Fatal(err)
	}
	defer far.Close()
	o := sync.Options{Policy: sync.Policy{Direction: sync.Push, NoMoves: true}, Limits: sync.Limits{AllowDeletes: true, AcceptEmpty: true}, Blind: true, Workers: 2}
	o.Observer = func(ev sync.Event) {
		if done, ok := ev.(sync.Finished); ok {
			h.log = append(h.log, fmt.Sprintf("  %s %s: %v", done.Action.Op, done.Action.Path, done.Err))
		}
	}
	h.log = append(h.log, "blind pass")
	sum, err := sync.New(h.here, far, record, o).Sync(ctx)
	if ctx.Err() == nil && (err != nil || sum.Failed > 0) {
		h.Errorf("a blind pass: %v, %+v", err, sum)
	}
}

// killedPass makes a blind pass that ends after so many commands, and loses what was not flushed.
func (h *dropBoxHistory) killedPass(skip int) {
	ctx, cancel := context.WithCancelCause(context.Background())
	var flushed manifesttest.Memory
	armed := h.server.Faults().Add(ftpserver.Fault{Command: "STOR|DELE|MKD|RMD", Skip: skip, Refuse: "421 Killed.", Hook: func() {
		h.record.Lock()
		defer h.record.Unlock()
		if flushed == nil {
			flushed = maps.Clone(h.record.flushed)
			cancel(errors.New("killed"))
		}
	}})
	h.pass(ctx)
	armed.Remove()
	if h.log = append(h.log, "  killed"); flushed != nil {
		h.record.Memory = flushed
	}
	cancel(nil)
}

func (h *dropBoxHistory) options() Options {
	o := Options{Path: h.name}
	o.Host, o.Port, o.User, o.Retries = "127.0.0.1", h.server.Port(), "ferry", -1
	o.Password = func() (string, error) { return "secret", nil }
	o.Notice = func(string) {}
	return o
}

// wantSent checks that the server holds the files that are here, and what was there before.
func (h *dropBoxHistory) wantSent() {
	there := make(map[string]string)
	err := filepath.WalkDir(h.root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		name, _ := filepath.Rel(h.root, path)
		there[filepath.ToSlash(name)] = string(content)
		return err
	})
	here := map[string]string{"theirs": "theirs"}
	for _, path := range h.here.List() {
		if content, ok := h.here.Read(path); ok {
			here[path] = content
		}
	}
	if !maps.Equal(here, there) || err != nil {
		h.Errorf("here %v\nthere %v, %v", here, there, err)
	}
}

// look makes a pass that looks at the server. Nothing may go either way but what was never ferry's.
func (h *dropBoxHistory) look() {
	ctx := context.Background()
	far, err := Open(ctx, h.options())
	if err != nil {
		h.Fatal(err)
	}
	defer far.Close()
	o := sync.Options{Limits: sync.NewLimits()}
	sum, err := sync.New(h.here, far, blind.SeenOnly(h.record), o).Sync(ctx)
	if err != nil || sum.Uploaded+sum.DeletedLocal+sum.DeletedRemote+sum.Conflicts+sum.Failed != 0 || sum.Downloaded != 1 {
		h.Errorf("a pass that looks: %v, %+v", err, sum)
	}
}
