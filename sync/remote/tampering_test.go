package remote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/internal/test/realftp"
	"ferry/manifest"
	"ferry/sync"
)

// A meddler stands before a server and does one thing to the replies of one
// control connection, once it is told to.
type meddler struct {
	addr string

	mu     stdsync.Mutex
	armed  bool
	at     int // replies, or bytes, to let through
	deed   deed
	struck bool
	held   []byte // comes behind the next reply
}

// A deed is what is done to replies. It is given the reply whose turn it is, and
// the one before, and returns what is sent instead and whether the connection
// ends then.
type deed struct {
	name   string
	bytes  bool // the position counts bytes of replies
	late   bool // the final reply to a transfer comes behind the next one
	change func(before, reply []byte) (instead []byte, cut bool)
}

// stride is the distance between the positions at which it is done: every one with
// FERRY_MEDDLE_ALL=1, and fewer with -short.
func (d deed) stride() int {
	step := 1
	if d.bytes {
		step = 23
	}
	switch {
	case testing.Short():
		step = step*13 + 2
	case os.Getenv("FERRY_MEDDLE_ALL") == "":
		step = step*7 + 1
	}
	return step
}

var deeds = []deed{
	{name: "cut", bytes: true},
	{name: "doubled", change: func(_, r []byte) ([]byte, bool) { return append(bytes.Clone(r), r...), false }},
	{name: "the one before once more", change: func(b, r []byte) ([]byte, bool) { return append(bytes.Clone(b), r...), false }},
	{name: "421 instead", change: func(_, _ []byte) ([]byte, bool) { return []byte("421 Goodbye.\r\n"), true }},
	{name: "421 and then nothing", change: func(_, r []byte) ([]byte, bool) { return append(bytes.Clone(r), "421 Goodbye.\r\n"...), true }},
	{name: "refused", change: func(_, r []byte) ([]byte, bool) { return append([]byte("550 Not now.\r\n"), r...), false }},
	{name: "praised", change: func(_, r []byte) ([]byte, bool) { return append([]byte("250 Fine.\r\n"), r...), false }},
	{name: "no FTP", change: func(_, r []byte) ([]byte, bool) { return append([]byte("hello\r\n"), r...), false }},
}

func newMeddler(t *testing.T, addr string) *meddler {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &meddler{addr: ln.Addr().String()}
	var running stdsync.WaitGroup
	var open stdsync.Map
	running.Go(func() {
		for {
			client, err := ln.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", addr)
			if err != nil {
				client.Close()
				continue
			}
			open.Store(client, true)
			open.Store(server, true)
			running.Go(func() { io.Copy(server, client); server.Close() })
			running.Go(func() { m.replies(client, server); client.Close(); server.Close() })
		}
	})
	t.Cleanup(func() {
		ln.Close()
		open.Range(func(conn, _ any) bool { conn.(net.Conn).Close(); return true })
		running.Wait()
	})
	return m
}

// arm lets the deed be done after at more replies or bytes.
func (m *meddler) arm(d deed, at int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.armed, m.deed, m.at, m.struck = true, d, at, false
}

func (m *meddler) disarm() (struck bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.armed = false
	return m.struck
}

// replies copies what the server says.
func (m *meddler) replies(client, server net.Conn) {
	var half, before []byte
	buf := make([]byte, 32<<10)
	for {
		n, err := server.Read(buf)
		half = append(half, buf[:n]...)
		for {
			whole := oneReply(half)
			if whole == 0 {
				break
			}
			out, cut := m.meddle(before, half[:whole])
			before, half = bytes.Clone(half[:whole]), half[whole:]
			if _, werr := client.Write(out); werr != nil || cut {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (m *meddler) meddle(before, reply []byte) (out []byte, cut bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if held := m.held; held != nil {
		m.held = nil
		return append(bytes.Clone(reply), held...), false
	}
	if !m.armed || m.struck {
		return reply, false
	}
	if m.deed.bytes {
		if m.at -= len(reply); m.at >= 0 {
			return reply, false
		}
		m.struck = true
		return reply[:len(reply)+m.at], true
	}
	if m.at--; m.at >= 0 {
		return reply, false
	}
	m.struck = true
	if m.deed.late {
		if !bytes.HasPrefix(reply, []byte("226")) {
			return reply, false
		}
		m.held = bytes.Clone(reply)
		return nil, false
	}
	return m.deed.change(before, reply)
}

// oneReply returns the length of the first reply in b, 0 where it is not whole.
func oneReply(b []byte) int {
	code, at := "", 0
	for {
		end := bytes.IndexByte(b[at:], '\n')
		if end < 0 {
			return 0
		}
		line := string(b[at : at+end+1])
		at += end + 1
		switch {
		case code == "" && len(line) > 3 && line[3] == '-':
			code = line[:3]
		case code == "" || strings.HasPrefix(line, code+" "):
			return at
		}
	}
}

// TestMeddledReplies does every deed at every reply of a group of uploads and
// removals, and cuts the connection in the midst of replies: what is reported of
// each file is what became of it, no file has the content of another, and no old
// version that is to be kept is lost.
func TestMeddledReplies(t *testing.T) {
	servers := []string{"embedded"}
	if os.Getenv("FERRY_MEDDLE_ALL") != "" {
		servers = append(servers, "proftpd", "vsftpd", "pureftpd")
	}
	for _, name := range servers {
		for _, pipeline := range []ftp.Pipeline{ftp.PipelineOn, ftp.PipelineOff} {
			t.Run(name+"/"+pipeline.String(), func(t *testing.T) {
				t.Parallel()
				b := newVictim(t, name, pipeline)
				for _, deed := range deeds {
					step := deed.stride()
					for at := 0; ; at += step {
						if !b.try(t, deed, at) {
							break
						}
						if t.Failed() {
							t.Fatalf("after: %s at %d", deed.name, at)
						}
					}
				}
			})
		}
	}
}

// A victim is a server behind a meddler.
type victim struct {
	root, below string
	own         func() error
	m           *meddler
	pipeline    ftp.Pipeline
	state       string
	n           int
}

func newVictim(t *testing.T, name string, pipeline ftp.Pipeline) *victim {
	v := &victim{pipeline: pipeline, own: func() error { return nil }, state: t.TempDir()}
	if name == "embedded" {
		v.root = t.TempDir()
		server, err := ftpserver.Start(ftpserver.Options{Root: v.root, User: realftp.User, Password: realftp.Password, CdirInMLSD: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { server.Close() })
		v.m = newMeddler(t, server.Addr())
		return v
	}
	server := realftp.Start(t, name, realftp.Options{})
	v.root, v.own = server.Root, server.Own
	v.m = newMeddler(t, server.Addr)
	return v
}

// A fate is what a step of the test starts from and leads to. "" is no file.
type fate struct {
	name, old, new string
	trash          bool
}

var fates = []fate{
	{"new", "", "the new one", false},
	{"changed", "what was there", "what comes new", false}, // of equal length
	{"kept", "what was kept", "what comes now", true},
	{"also kept", "what was there", "what is there", true},
	{"also new", "", "another one", false},
	{"removed", "to be removed", "", false},
	{"put away", "to be put away", "", true},
	{"also put away", "to be put away", "", true},
}

// moved are files that get another name, emptied directories that go.
var moved, emptied = []string{"one", "two", "six"}, []string{"empty dir", "other dir"}

// try carries the steps out with one deed, and reports whether it was done.
func (v *victim) try(t *testing.T, do deed, at int) bool {
	t.Helper()
	v.n++
	v.below = fmt.Sprintf("try %d", v.n)
	dir := filepath.Join(v.root, v.below)
	then := time.Date(2021, 2, 3, 4, 5, 6, 0, time.UTC)
	err := os.MkdirAll(dir, 0o755)
	for _, f := range fates {
		if f.old != "" {
			file := filepath.Join(dir, f.name)
			err = errors.Join(err, os.WriteFile(file, []byte(f.old), 0o644), os.Chtimes(file, then, then))
		}
	}
	for _, name := range moved {
		err = errors.Join(err, os.WriteFile(filepath.Join(dir, name), []byte(name), 0o644), os.Chtimes(filepath.Join(dir, name), then, then))
	}
	for _, name := range emptied {
		err = errors.Join(err, os.Mkdir(filepath.Join(dir, name), 0o755))
	}
	if err = errors.Join(err, v.own()); err != nil {
		t.Fatal(err)
	}
	// What was learnt of the server in the try before would change this one.
	os.RemoveAll(v.state)
	d := open(t, v.m.addr, realftp.User, realftp.Password, v.below, func(o *Options) {
		o.Connections, o.Timeout, o.Retries, o.Pipeline, o.StateDir = 1, 2*time.Second, 2, v.pipeline, v.state
	})
	tree, err := d.Scan(t.Context(), sync.Look{})
	if err != nil {
		t.Fatal(err)
	}
	var steps []sync.Step
	for _, f := range fates {
		p := manifest.Path(f.name)
		step := sync.Step{Op: sync.Remove, Path: p, Expect: tree.At(p), Trash: f.trash}
		if f.new != "" {
			want := manifest.Entry{Kind: manifest.File, Size: int64(len(f.new)), ModTime: then.UnixNano(), Precision: manifest.Second}
			step.Op, step.Want = sync.Put, want
			step.Open = func(context.Context, int64) (sync.Source, error) {
				return &textSource{*bytes.NewReader([]byte(f.new)), want}, nil
			}
		}
		steps = append(steps, step)
	}
	for _, name := range moved {
		p := manifest.Path(name)
		steps = append(steps, sync.Step{Op: sync.Move, From: p, Path: "new " + p, Expect: tree.At(p)})
	}
	for _, name := range emptied {
		p := manifest.Path(name)
		steps = append(steps, sync.Step{Op: sync.RmDir, Path: p, Expect: tree.At(p)})
	}
	outs := make([]sync.Outcome, len(steps))
	told := make([]int, len(steps))
	v.m.arm(do, at)
	d.Apply(t.Context(), steps, func(i int, out sync.Outcome) { outs[i], told[i] = out, told[i]+1 })
	struck := v.m.disarm()
	for i, step := range steps {
		if told[i] != 1 {
			t.Errorf("%s: told %d times", step.Path, told[i])
		}
		switch {
		case i < len(fates):
			v.check(t, dir, fates[i], outs[i])
		case step.Op == sync.Move:
			checkMoved(t, dir, step, outs[i])
		default:
			_, err := os.Stat(filepath.Join(dir, string(step.Path)))
			if gone := err != nil; !outs[i].Ambiguous && gone != (outs[i].Err == nil) {
				t.Errorf("%s: %v, it is said, and gone: %v", step.Path, outs[i].Err, gone)
			}
		}
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	os.RemoveAll(dir)
	return struck
}

// checkMoved holds what was told of a renaming against what is there.
func checkMoved(t *testing.T, dir string, step sync.Step, out sync.Outcome) {
	t.Helper()
	from, _ := os.ReadFile(filepath.Join(dir, string(step.From)))
	to, _ := os.ReadFile(filepath.Join(dir, string(step.Path)))
	before := string(from) == string(step.From) && len(to) == 0
	after := string(to) == string(step.From) && len(from) == 0
	if !before && !after || !out.Ambiguous && after != (out.Err == nil) {
		t.Errorf("%s: %v, it is said; %q and %q are there", step.From, out.Err, from, to)
	}
}

// check holds what was told of one file against what is there.
func (v *victim) check(t *testing.T, dir string, f fate, out sync.Outcome) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, f.name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	got := string(data)
	kept, _ := filepath.Glob(filepath.Join(dir, ".ferry/trash/*", f.name))
	inTrash := false
	for _, file := range kept {
		if data, err := os.ReadFile(file); err == nil && string(data) == f.old {
			inTrash = true
		}
	}
	switch {
	case out.Err == nil && got != f.new:
		t.Errorf("%s: done, it is said, and it holds %q", f.name, got)
	case out.Err != nil && !out.Ambiguous && got != f.old:
		t.Errorf("%s: %v, it is said, and it holds %q", f.name, out.Err, got)
	case got != f.old && got != f.new && got != "":
		t.Errorf("%s holds %q", f.name, got)
	case got == "" && f.new != "" && f.old != "" && !inTrash:
		t.Errorf("%s: %v; it is gone, and not in the trash", f.name, out.Err)
	}
	if f.trash && got != f.old && !inTrash {
		t.Errorf("%s: the old version is neither there nor in the trash (%v)", f.name, out.Err)
	}
}
