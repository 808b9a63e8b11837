package remote

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
)

// A shop is a replica over the embedded server, with files that the test sees.
type shop struct {
	*testing.T
	root   string
	server *ftpserver.Server
	d      *Directory
}

func newShop(t *testing.T, o ftpserver.Options) *shop {
	t.Helper()
	h := &shop{T: t, root: t.TempDir()}
	o.Root = h.root
	var err error
	if h.server, err = ftpserver.Start(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.server.Close() })
	h.d = open(t, h.server.Addr(), "ferry", "secret", "", func(o *Options) { o.Retries, o.Pipeline = 2, pipelineOfTests })
	return h
}

// write writes files given as name and content.
func (h *shop) write(pairs ...string) {
	h.Helper()
	for i := 0; i < len(pairs); i += 2 {
		name := filepath.Join(h.root, pairs[i])
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(pairs[i+1]), 0o644)); err != nil {
			h.Fatal(err)
		}
	}
}

func (h *shop) touch(name string, at time.Time) {
	h.Helper()
	if err := os.Chtimes(filepath.Join(h.root, name), at, at); err != nil {
		h.Fatal(err)
	}
}

// holds fails the test unless the files on the server, but for those in the
// trash, are these, given as name and content in the order of names.
func (h *shop) holds(pairs ...string) {
	h.Helper()
	want := make(map[string]string)
	for i := 0; i < len(pairs); i += 2 {
		want[pairs[i]] = pairs[i+1]
	}
	if diff := cmp.Diff(want, h.files("")); diff != "" {
		h.Errorf("files on the server (-want +got):\n%s", diff)
	}
}

// keeps fails the test unless the trash holds these contents.
func (h *shop) keeps(want ...string) {
	h.Helper()
	var got []string
	for _, content := range h.files(".ferry/trash") {
		got = append(got, content)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		h.Errorf("contents in the trash (-want +got):\n%s", diff)
	}
}

func (h *shop) files(below string) map[string]string {
	h.Helper()
	all := make(map[string]string)
	top := filepath.Join(h.root, below)
	filepath.Walk(top, func(p string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			if err == nil && info.Name() == ".ferry" && below == "" {
				return filepath.SkipDir
			}
			return nil
		}
		b, err := os.ReadFile(p)
		if err != nil {
			h.Fatal(err)
		}
		name, _ := filepath.Rel(top, p)
		all[name] = string(b)
		return nil
	})
	return all
}

// A content is a source of a Put.
type content struct {
	io.Reader
	all []byte
}

func (c *content) Close() error { return nil }
func (c *content) Confirm(context.Context) (manifest.Entry, error) {
	return manifest.Entry{Kind: manifest.File, Size: int64(len(c.all))}, nil
}
func (c *content) Sum() string { s := sha256.Sum256(c.all); return string(s[:]) }

func (h *shop) put(p manifest.Path, text string, expect manifest.Entry) sync.Step {
	b := []byte(text)
	at := time.Date(2024, 3, 5, 10, 20, 30, 0, time.UTC)
	return sync.Step{Op: sync.Put, Path: p, Expect: expect,
		Want: manifest.Entry{Kind: manifest.File, Size: int64(len(b)), ModTime: at.UnixNano(), ID: uint64(len(b))},
		Open: func(_ context.Context, offset int64) (sync.Source, error) {
			return &content{bytes.NewReader(b[offset:]), b}, nil
		}}
}

func (h *shop) scan(look sync.Look) *manifest.Tree {
	h.Helper()
	tree, err := h.d.Scan(h.Context(), look)
	if err != nil {
		h.Fatal(err)
	}
	return tree
}

func (h *shop) apply(run ...sync.Step) []sync.Outcome {
	outs := make([]sync.Outcome, len(run))
	h.d.Apply(h.Context(), run, func(i int, out sync.Outcome) { outs[i] = out })
	return outs
}

// done fails the test unless all outcomes are good.
func (h *shop) done(outs []sync.Outcome) {
	h.Helper()
	for i, out := range outs {
		if out.Err != nil || out.Ambiguous {
			h.Errorf("step %d: ambiguous %v, %v", i, out.Ambiguous, out.Err)
		}
	}
}

func (h *shop) fault(f ftpserver.Fault) *ftpserver.Armed { return h.server.Faults().Add(f) }

func (h *shop) fired(a *ftpserver.Armed, want int) {
	h.Helper()
	if got := a.Fired(); got != want {
		h.Errorf("the fault struck %d times, want %d", got, want)
	}
}

// An upload that the server cuts and calls whole is sent again; one that is cut
// for ever fails, and what was there stays.
func TestPutCutUploads(t *testing.T) {
	for _, cut := range []ftpserver.Fault{
		{Command: "STOR", Data: ftpserver.ShortenTo(3)},
		{Command: "STOR", Data: ftpserver.CutAt(3), Reply: "226 Transfer complete."},
		{Command: "STOR", Data: ftpserver.CutAt(3)},
		{Command: "STOR", Data: ftpserver.ResetAt(3)},
		{Command: "STOR", Refuse: "450 later"},
		{Command: "STOR", Refuse: "425 no data connection"},
	} {
		h := newShop(t, ftpserver.Options{})
		h.write("f", "old")
		was := h.scan(sync.Look{}).At("f")
		cut.Times = 1
		once := h.fault(cut)
		h.done(h.apply(h.put("f", strings.Repeat("new", 1000), was)))
		h.fired(once, 1)
		h.holds("f", strings.Repeat("new", 1000))

		was = h.scan(sync.Look{}).At("f")
		cut.Times = 0
		h.fault(cut)
		out := h.apply(h.put("f", strings.Repeat("newer", 1000), was))[0]
		if out.Err == nil || out.Ambiguous {
			t.Errorf("%+v: outcome %+v", cut, out)
		}
		h.server.Faults().Clear()
		h.holds("f", strings.Repeat("new", 1000))
	}
}

// Whatever reply is lost: the outcome is what happened.
func TestLostReplies(t *testing.T) {
	for _, lost := range []struct {
		command string
		skip    int
	}{
		{"STOR", 0}, {"RNFR", 0}, {"RNTO", 0}, {"RNTO", 1}, {"RNTO", 3}, {"RNTO", 5}, {"MFMT", 1}, {"MLST", 0}, {"MLST", 3}, {"DELE", 0}, {"DELE", 1}, {"MKD", 0}, {"MKD", 1}, {"RMD", 0}, {"CWD", 0},
	} {
		for _, how := range []ftpserver.Fault{{Lose: true}, {Refuse: "421 going down", Close: true}, {Close: true}} {
			h := newShop(t, ftpserver.Options{})
			h.write("a", "old a", "b", "old b", "x", "gone", "y", "gone", "z", "gone, but kept", "dir/sub/f", "m")
			os.RemoveAll(filepath.Join(h.root, "dir/sub/f"))
			tree := h.scan(sync.Look{})
			how.Command, how.Skip, how.Times = lost.command, lost.skip, 1
			armed := h.fault(how)
			kept := h.put("b", "new b", tree.At("b"))
			kept.Trash = true
			thrown := sync.Step{Op: sync.Remove, Path: "z", Expect: tree.At("z"), Trash: true}
			h.done(h.apply(
				h.put("a", "new a", tree.At("a")), kept, h.put("c", "new c", manifest.Entry{}),
				sync.Step{Op: sync.MkDir, Path: "d"}, sync.Step{Op: sync.MkDir, Path: "d/e"},
				h.put("d/e/f", "new f", manifest.Entry{}),
				sync.Step{Op: sync.Remove, Path: "x", Expect: tree.At("x")}, sync.Step{Op: sync.Remove, Path: "y", Expect: tree.At("y")}, thrown,
				sync.Step{Op: sync.Move, From: "c", Path: "d/c", Expect: h.entry("c", 5)},
				sync.Step{Op: sync.RmDir, Path: "dir/sub", Expect: manifest.Entry{Kind: manifest.Dir}},
				sync.Step{Op: sync.RmDir, Path: "dir", Expect: manifest.Entry{Kind: manifest.Dir}},
			))
			if t.Failed() {
				t.Fatalf("%s after %d, %+v\n%s", lost.command, lost.skip, how, strings.Join(h.server.Transcript(), "\n"))
			}
			h.fired(armed, 1)
			h.holds("a", "new a", "b", "new b", "d/c", "new c", "d/e/f", "new f")
			if _, err := os.Stat(filepath.Join(h.root, "dir")); err == nil {
				t.Error("dir is still there")
			}
			if got := len(h.files(".ferry/trash")); got != 2 {
				t.Errorf("%d files in the trash, want 2", got)
			}
		}
	}
}

// entry is what a Put of h.put leaves.
func (h *shop) entry(name string, size int64) manifest.Entry {
	at := time.Date(2024, 3, 5, 10, 20, 30, 0, time.UTC)
	return manifest.Entry{Kind: manifest.File, Size: size, ModTime: at.UnixNano(), Precision: manifest.Second}
}

// A server that does not rename over files: the old version goes aside first,
// and comes back when the new one cannot take its place.
func TestPutWithoutRenamingOver(t *testing.T) {
	h := newShop(t, ftpserver.Options{NoOverwrite: true})
	h.write("a", "old a", "b", "old b", "c", "old c")
	tree := h.scan(sync.Look{})
	h.done(h.apply(h.put("a", "new a", tree.At("a")), h.put("b", "new b", tree.At("b")), h.put("c", "new c", tree.At("c"))))
	h.holds("a", "new a", "b", "new b", "c", "new c")
	h.keeps()

	armed := h.fault(ftpserver.Fault{Command: "RNTO", Path: "/a", Refuse: "550 no", Times: 1})
	tree = h.scan(sync.Look{})
	outs := h.apply(h.put("a", "newer a", tree.At("a")), h.put("b", "newer b", tree.At("b")))
	h.fired(armed, 1)
	if outs[0].Err == nil || outs[0].Ambiguous || outs[1].Err != nil {
		t.Errorf("outcomes: %+v", outs)
	}
	h.holds("a", "new a", "b", "newer b", "c", "new c")

	h.fault(ftpserver.Fault{Command: "RNTO", Path: "/c", Refuse: "550 no"})
	out := h.apply(h.put("c", "newer c", tree.At("c")))[0]
	if out.Err == nil || !strings.Contains(out.Err.Error(), ".ferry/trash/") {
		t.Errorf("an old version that does not come back: %v, want to be told where it is", out.Err)
	}
	h.keeps("new c")
}

// A server that refuses what is asked: nothing changes, and it is said so.
func TestRefusals(t *testing.T) {
	h := newShop(t, ftpserver.Options{})
	h.write("a", "old a", "d/f", "old f")
	if err := os.Mkdir(filepath.Join(h.root, "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	tree := h.scan(sync.Look{})
	for _, tt := range []struct {
		fault ftpserver.Fault
		step  sync.Step
		want  error
	}{
		{ftpserver.Fault{Command: "DELE", Refuse: "550 no"}, sync.Step{Op: sync.Remove, Path: "a", Expect: tree.At("a")}, nil},
		{ftpserver.Fault{Command: "DELE", Refuse: "450 busy"}, sync.Step{Op: sync.Remove, Path: "a", Expect: tree.At("a")}, nil},
		{ftpserver.Fault{Command: "RNFR", Refuse: "550 no"}, sync.Step{Op: sync.Remove, Path: "a", Expect: tree.At("a"), Trash: true}, nil},
		{ftpserver.Fault{Command: "MKD", Refuse: "550 no"}, sync.Step{Op: sync.Remove, Path: "a", Expect: tree.At("a"), Trash: true}, nil},
		{ftpserver.Fault{Command: "MKD", Refuse: "550 no"}, sync.Step{Op: sync.MkDir, Path: "new"}, nil},
		{ftpserver.Fault{Command: "STOR", Refuse: "452 no"}, h.put("a", "new", tree.At("a")), sync.ErrFull},
		{ftpserver.Fault{Command: "STOR", Reply: "552 Quota exceeded"}, h.put("a", "new", tree.At("a")), sync.ErrFull},
		{ftpserver.Fault{Command: "STOR", Refuse: "553 no"}, h.put("a", "new", tree.At("a")), nil},
		{ftpserver.Fault{Command: "RNFR", Refuse: "550 no"}, h.put("a", "new", tree.At("a")), nil},
		{ftpserver.Fault{Command: "RNTO", Refuse: "550 no"}, h.put("a", "new", tree.At("a")), nil},
		{ftpserver.Fault{Command: "RNTO", Refuse: "451 no"}, h.put("new", "new", manifest.Entry{}), nil},
		{ftpserver.Fault{Command: "RNTO", Refuse: "550 no"}, sync.Step{Op: sync.Move, From: "a", Path: "b", Expect: tree.At("a")}, nil},
		{ftpserver.Fault{Command: "MLST", Refuse: "451 later"}, h.put("a", "new", tree.At("a")), nil},
		{ftpserver.Fault{Command: "RMD", Path: "/empty", Refuse: "550 no"}, sync.Step{Op: sync.RmDir, Path: "empty", Expect: manifest.Entry{Kind: manifest.Dir}}, nil},
		{ftpserver.Fault{Command: "LISTING", Listing: ftpserver.GarbleLine("f")}, sync.Step{Op: sync.RmDir, Path: "d", Expect: manifest.Entry{Kind: manifest.Dir}}, nil},
		{ftpserver.Fault{Command: "LISTING", Listing: ftpserver.EmptyListing}, sync.Step{Op: sync.RmDir, Path: "d", Expect: manifest.Entry{Kind: manifest.Dir}}, nil},
	} {
		h.server.Faults().Clear()
		armed := h.fault(tt.fault)
		out := h.apply(tt.step)[0]
		if out.Err == nil || out.Ambiguous || tt.want != nil && !errors.Is(out.Err, tt.want) {
			t.Errorf("%s with %q: %+v", tt.step.Op, tt.fault.Refuse, out)
		}
		if armed.Fired() == 0 {
			t.Errorf("%s with %+v: the fault never struck", tt.step.Op, tt.fault)
		}
		h.holds("a", "old a", "d/f", "old f")
	}
	if _, err := os.Stat(filepath.Join(h.root, "empty")); err != nil {
		t.Error(err)
	}
}

// One directory whose listing does not count is unknown, and only that one.
func TestScanUnknownDirectories(t *testing.T) {
	for _, fault := range []ftpserver.Fault{
		{Command: "LISTING", Listing: ftpserver.GarbleLine("g")},
		{Command: "LISTING", Listing: ftpserver.InsertLine(0, "Type=file;Size=1; f")},
		{Command: "LISTING", Listing: ftpserver.AppendLines("Type=file;Size=1; ../../etc/passwd")},
		{Command: "LISTING", Reply: "226 Transfer done (but failed to open directory)."},
		{Command: "LISTING", Reply: "226 Output truncated to 10000 matches"},
		{Command: "LISTING", Reply: "226 7 matches total"},
		{Command: "LISTING", Reply: "450 later"},
		{Command: "LISTING", Refuse: "550 no"},
		{Command: "LISTING", Data: ftpserver.CutAt(60), Reply: "226 Transfer complete"},
		{Command: "LISTING", Data: ftpserver.CutAt(60)},
		{Command: "CWD", Refuse: "550 no"},
	} {
		h := newShop(t, ftpserver.Options{})
		h.write("a/f", "x", "b/f", "x", "b/g", "y", "b/c/h", "z")
		fault.Path = "/b"
		armed := h.fault(fault)
		tree := h.scan(sync.Look{})
		if armed.Fired() == 0 {
			t.Errorf("%+v never struck", fault)
		}
		if tree.Known("b/f") || !tree.Known("a/f") || !tree.At("a/f").IsFile() || !tree.At("b").IsDir() || len(tree.Problems()) != 1 {
			t.Errorf("%+v: known: b/f %v, a/f %v; problems %v", fault, tree.Known("b/f"), tree.Known("a/f"), tree.Problems())
		}
		some := h.scan(sync.Look{Dirs: []manifest.Path{"a", "b"}})
		if some.Known("b/f") || !some.At("a/f").IsFile() {
			t.Errorf("%+v: of some directories: b/f known %v", fault, some.Known("b/f"))
		}
	}
}

// Where the root's listing shows the directory itself, all must.
func TestScanWithoutItself(t *testing.T) {
	h := newShop(t, ftpserver.Options{CdirInMLSD: true})
	h.write("a/f", "x", "b/f", "x")
	h.fault(ftpserver.Fault{Command: "LISTING", Path: "/b", Listing: func(lines []string) []string { return lines[2:] }})
	if tree := h.scan(sync.Look{}); tree.Known("b/f") || !tree.At("a/f").IsFile() {
		t.Errorf("problems: %v", tree.Problems())
	}
}

// A link to a directory above, which the server shows as a directory, is not
// followed.
func TestScanLoops(t *testing.T) {
	h := newShop(t, ftpserver.Options{})
	h.write("a/f", "x", "a/b/f", "x", "a/b/up/f", "x")
	unique := func(id map[string]string) func([]string) []string {
		return func(lines []string) []string {
			for i, line := range lines {
				lines[i] = "Unique=" + id[line[strings.Index(line, "; ")+2:]] + ";" + line
			}
			return lines
		}
	}
	h.fault(ftpserver.Fault{Command: "LISTING", Path: "/", Listing: unique(map[string]string{"a": "1"})})
	h.fault(ftpserver.Fault{Command: "LISTING", Path: "/a", Listing: unique(map[string]string{"b": "2", "f": "3"})})
	h.fault(ftpserver.Fault{Command: "LISTING", Path: "/a/b", Listing: unique(map[string]string{"up": "1", "f": "1"})})
	tree := h.scan(sync.Look{})
	if up := tree.At("a/b/up"); up.Kind != manifest.Other || tree.At("a/b/up/f").Exists() || !tree.At("a/b/f").IsFile() {
		t.Errorf("a/b/up is a %v", up.Kind)
	}
}

// Names that the server shows as question marks and does not know: nothing in
// that directory is called gone.
func TestScanMaskedNames(t *testing.T) {
	h := newShop(t, ftpserver.Options{Latin1: true, NoUTF8: true})
	h.write("d/\u65e5\u672c", "x", "d/plain", "x", "e/what?", "x")
	tree := h.scan(sync.Look{})
	if tree.At("d/??").Exists() || !tree.At("d").Holds || !tree.At("d/plain").IsFile() || !tree.At("e/what?").IsFile() {
		t.Errorf("problems: %v", tree.Problems())
	}
	errs := h.d.Gone(t.Context(), []manifest.Path{"d/gone", "e/gone"}, make([]manifest.Entry, 2))
	if errs[0] == nil || errors.Is(errs[0], sync.ErrPresent) || errs[1] != nil {
		t.Errorf("Gone: %v", errs)
	}
}

// A directory that had something and shows nothing is listed again on another
// session.
func TestScanEmptyTwice(t *testing.T) {
	h := newShop(t, ftpserver.Options{})
	h.write("d/f", "x")
	had := sync.Look{HadChildren: func(p manifest.Path) bool { return p == "d" }}
	once := h.fault(ftpserver.Fault{Command: "LISTING", Path: "/d", Listing: ftpserver.EmptyListing, Times: 1})
	if !h.scan(had).At("d/f").IsFile() {
		t.Error("a listing that was empty once is believed")
	}
	h.fired(once, 1)
	always := h.fault(ftpserver.Fault{Command: "LISTING", Path: "/d", Listing: ftpserver.EmptyListing})
	if tree := h.scan(had); tree.At("d/f").Exists() || !tree.Known("d/f") {
		t.Error("a listing that is empty twice is not believed")
	}
	h.fired(always, 2)
}

// A name that the listing leaves out is there when asked for.
func TestGoneAsksByName(t *testing.T) {
	for _, o := range []ftpserver.Options{{}, {NoMLSD: true, NoMFMT: true}} {
		h := newShop(t, o)
		h.write("d/f", "x", "d/g", "y", "d/e/h", "z")
		h.fault(ftpserver.Fault{Command: "LISTING", Path: "/d", Listing: ftpserver.HideNames("[ef]")})
		tree := h.scan(sync.Look{})
		if tree.At("d/f").Exists() || tree.At("d/e").Exists() {
			t.Fatal("the listing hides nothing")
		}
		was := []manifest.Entry{{Kind: manifest.File}, {Kind: manifest.Dir}, {Kind: manifest.File}, {Kind: manifest.File}}
		errs := h.d.Gone(t.Context(), []manifest.Path{"d/f", "d/e", "d/e/h", "d/no"}, was)
		for i, err := range errs {
			if i < 3 && !errors.Is(err, sync.ErrPresent) || i == 3 && err != nil {
				t.Errorf("Gone %d: %v", i, err)
			}
		}
		for _, refuse := range []string{"450 busy", "550 Permission denied", "421 bye", "530 who are you?"} {
			h.server.Faults().Clear()
			h.fault(ftpserver.Fault{Command: "MLST|SIZE|CWD", Path: "/d/no", Refuse: refuse})
			if err := h.d.Gone(t.Context(), []manifest.Path{"d/no"}, was[:1])[0]; err == nil || errors.Is(err, sync.ErrPresent) {
				t.Errorf("with %q: %v, want an error that tells nothing", refuse, err)
			}
		}
	}
}

// A download that breaks off goes on where it was; so does one that the server calls
// complete although bytes are missing, but not again and again. One that grew is
// refused.
func TestReadBrokenTransfers(t *testing.T) {
	text := strings.Repeat("0123456789", 50_000)
	for _, tt := range []struct {
		fault ftpserver.Fault
		good  bool
	}{
		{ftpserver.Fault{Data: ftpserver.CutAt(200_000), Times: 1}, true},
		{ftpserver.Fault{Data: ftpserver.ResetAt(200_000), Times: 2}, true},
		{ftpserver.Fault{Refuse: "450 busy", Times: 1}, true},
		{ftpserver.Fault{Refuse: "550 no"}, false},
		{ftpserver.Fault{Data: ftpserver.ShortenTo(200_000), Times: 1}, true},
		{ftpserver.Fault{Data: ftpserver.ShortenTo(50_000)}, false},
		{ftpserver.Fault{Data: ftpserver.CutAt(200_000), Reply: "226 done", Times: 2}, true},
		{ftpserver.Fault{Data: ftpserver.CutAt(50_000), Reply: "226 done"}, false},
		{ftpserver.Fault{Reply: "426 broken", Times: 1}, true},
		{ftpserver.Fault{Lose: true, Times: 1}, true},
		{ftpserver.Fault{Reply: "550 it was not good"}, false},
	} {
		h := newShop(t, ftpserver.Options{})
		h.write("f", text)
		w := sync.Wanted{Path: "f", Entry: h.scan(sync.Look{}).At("f")}
		tt.fault.Command = "RETR"
		armed := h.fault(tt.fault)
		got, sum, err := h.read(w)
		if armed.Fired() == 0 {
			t.Errorf("%+v never struck", tt.fault)
		}
		if (err == nil) != tt.good {
			t.Errorf("%+v: %v", tt.fault, err)
		}
		want := sha256.Sum256([]byte(text))
		if tt.good && (got != text || sum != "" && sum != string(want[:])) {
			t.Errorf("%+v: read %d bytes of %d", tt.fault, len(got), len(text))
		}
	}
}

func (h *shop) read(w sync.Wanted) (text, sum string, err error) {
	r := h.d.Reader(h.Context(), []sync.Wanted{w})
	defer r.Close()
	src, err := r.Open(h.Context(), 0, 0)
	if err != nil {
		return "", "", err
	}
	defer src.Close()
	b, err := io.ReadAll(src)
	if err == nil {
		_, err = src.Confirm(h.Context())
	}
	return string(b), src.Sum(), err
}

// A file of size 0 is never asked for: it may be a pipe, which stops the server.
func TestReadNothing(t *testing.T) {
	h := newShop(t, ftpserver.Options{})
	h.write("f", "")
	armed := h.fault(ftpserver.Fault{Command: "RETR", Stall: true})
	text, _, err := h.read(sync.Wanted{Path: "f", Entry: h.scan(sync.Look{}).At("f")})
	if text != "" || err != nil {
		t.Errorf("read %q, %v", text, err)
	}
	h.fired(armed, 0)
}

// A large upload that breaks off goes on behind what is there, also in a later
// process.
func TestPutResumes(t *testing.T) {
	text := strings.Repeat("0123456789", 200_000)
	for _, o := range []ftpserver.Options{{}, {NoMLSD: true, NoMFMT: true}} {
		h := newShop(t, o)
		h.fault(ftpserver.Fault{Command: "STOR", Data: ftpserver.ResetAt(1_500_000), Times: 1})
		out := h.apply(h.put("f", text, manifest.Entry{}))[0]
		h.holds("f", text)
		if out.Err != nil || out.Bytes >= 2*int64(len(text)) {
			t.Errorf("outcome %+v", out)
		}

		text := text + text + text
		h = newShop(t, o)
		h.fault(ftpserver.Fault{Command: "STOR", Data: ftpserver.ResetAt(1_500_000)})
		if out := h.apply(h.put("f", text, manifest.Entry{}))[0]; out.Err == nil {
			t.Fatal("the fault did not strike")
		}
		h.server.Faults().Clear()
		later := open(t, h.server.Addr(), "ferry", "secret", "", nil)
		if _, err := later.Scan(t.Context(), sync.Look{}); err != nil {
			t.Fatal(err)
		}
		later.Apply(t.Context(), []sync.Step{h.put("f", text, manifest.Entry{})}, func(_ int, o sync.Outcome) { out = o })
		h.holds("f", text)
		if out.Err != nil || out.Bytes >= int64(len(text)) {
			t.Errorf("a later process: %d bytes, %v", out.Bytes, out.Err)
		}
	}
}

// Names that FTP cannot carry never reach the server.
func TestUnsendableNames(t *testing.T) {
	h := newShop(t, ftpserver.Options{})
	h.write("f", "x")
	was := h.scan(sync.Look{}).At("f")
	for _, name := range []string{"a\xff", "a\r\nDELE f", "a\x00b", "a\nb"} {
		bad := manifest.Entry{Kind: manifest.File, Name: name}
		h.server.ClearTranscript()
		wanted := h.put("p", "x", manifest.Entry{})
		wanted.Want.Name = name
		for i, out := range h.apply(wanted, sync.Step{Op: sync.Remove, Path: "p", Expect: bad}, sync.Step{Op: sync.MkDir, Path: "p", Want: bad},
			sync.Step{Op: sync.Move, From: "f", Path: "p", Expect: was, Want: bad}, sync.Step{Op: sync.RmDir, Path: manifest.Path(name)}) {
			if out.Err == nil {
				t.Errorf("%q: step %d succeeded", name, i)
			}
		}
		if err := h.d.Gone(t.Context(), []manifest.Path{"p"}, []manifest.Entry{bad})[0]; err == nil {
			t.Errorf("%q is gone", name)
		}
		if _, _, err := h.read(sync.Wanted{Path: "p", Entry: bad}); err == nil {
			t.Errorf("%q was read", name)
		}
		for _, line := range h.server.Transcript() {
			if strings.Contains(fmt.Sprint(line), "a\xff") || strings.Contains(fmt.Sprint(line), "DELE f") {
				t.Errorf("sent: %q", line)
			}
		}
	}
	h.holds("f", "x")
}

// pipelineOfTests is how the tests above send commands.
var pipelineOfTests = ftp.PipelineOn

// TestFaultsOneCommandAtATime makes the tests above once more.
func TestFaultsOneCommandAtATime(t *testing.T) {
	pipelineOfTests = ftp.PipelineOff
	defer func() { pipelineOfTests = ftp.PipelineOn }()
	for name, test := range map[string]func(*testing.T){
		"PutCutUploads": TestPutCutUploads, "LostReplies": TestLostReplies, "PutWithoutRenamingOver": TestPutWithoutRenamingOver,
		"Refusals": TestRefusals, "ScanUnknownDirectories": TestScanUnknownDirectories, "GoneAsksByName": TestGoneAsksByName,
		"ReadBrokenTransfers": TestReadBrokenTransfers, "PutResumes": TestPutResumes, "UnsendableNames": TestUnsendableNames,
	} {
		t.Run(name, test)
	}
}
