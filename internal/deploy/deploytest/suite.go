package deploytest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"ferry/internal/deploy"
	"ferry/manifest"
	"ferry/sync"
)

// Hands see and change a site past the server that is tested.
type Hands interface {
	// Write writes a file with all directories above it.
	Write(at deploy.Place, content string)
	// Remove removes a file or directory with all that is in it.
	Remove(at deploy.Place)
	// Content returns the content of a file.
	Content(at deploy.Place) (content string, isFile bool)
	// BreakLock takes the lock away from whoever has it.
	BreakLock()
}

// A scene is a server with hands.
type scene struct {
	*testing.T
	Hands
	server deploy.Server
}

// names are names that servers and their commands may take for something else.
var names = []string{"a", "with space", "ä", "名", "-x", "#?&", "[x]", "'q'", `"dq"`, "%41", "a;b", ".dot", "x..", "~tilde"}

// Run runs the suite. open returns a server of an empty site whose lock is taken, and hands,
// anew for each test. With only, just the tests of these names run.
func Run(t *testing.T, open func(t *testing.T) (deploy.Server, Hands), only ...string) {
	for _, tt := range []struct {
		name string
		test func(s *scene)
	}{
		{"begin", testBegin},
		{"read", testRead},
		{"upload", testUpload},
		{"upload many", testUploadMany},
		{"upload goes on", testUploadGoesOn},
		{"upload a plan", testUploadPlan},
		{"look", testLook},
		{"lock lost", testLockLost},
		{"apply", testApply},
		{"apply refusals", testRefusals},
		{"apply many", testApplyMany},
		{"rename directories", testDirectories},
		{"list", testList},
		{"list all", testListAll},
		{"odd names", testNames},
		{"cancelled", testCancelled},
	} {
		if len(only) > 0 && !slices.Contains(only, tt.name) {
			continue
		}
		t.Run(tt.name, func(t *testing.T) {
			server, hands := open(t)
			tt.test(&scene{T: t, Hands: hands, server: server})
		})
	}
}

func live(p string) deploy.Place { return deploy.Place{Path: p} }

// holds fails the test unless a file holds this.
func (s *scene) holds(at deploy.Place, want string) {
	s.Helper()
	if got, is := s.Content(at); !is || got != want {
		s.Errorf("%+v holds %q (a file: %v), want %q", at, got, is, want)
	}
}

// lacks fails the test where a file is at a place.
func (s *scene) lacks(places ...deploy.Place) {
	s.Helper()
	for _, at := range places {
		if got, is := s.Content(at); is {
			s.Errorf("%+v is there: %q", at, got)
		}
	}
}

// apply carries out groups and fails the test where the errors are not as wanted: in their
// order, one word a step, "ok", "missing" or "refused".
func (s *scene) apply(want string, groups ...[]deploy.Chain) {
	s.Helper()
	errs, err := s.server.Apply(s.Context(), groups)
	if err != nil {
		s.Fatal(err)
	}
	var got []string
	var all []error
	for g := range groups {
		for k := range groups[g] {
			for i := range groups[g][k] {
				err := errs[g][k][i]
				all = append(all, err)
				switch {
				case err == nil:
					got = append(got, "ok")
				case errors.Is(err, deploy.ErrMissing):
					got = append(got, "missing")
				case errors.Is(err, deploy.ErrUnknown):
					got = append(got, "unknown")
				default:
					got = append(got, "refused")
				}
			}
		}
	}
	if want == "" {
		want = strings.TrimSuffix(strings.Repeat("ok ", len(got)), " ")
	}
	if strings.Join(got, " ") != want {
		s.Errorf("got %s, want %s: %v", strings.Join(got, " "), want, errors.Join(all...))
	}
}

// makeDirs makes directories in the work directory.
func (s *scene) makeDirs(dirs ...string) {
	s.Helper()
	var chain deploy.Chain
	for _, dir := range dirs {
		chain = append(chain, deploy.Step{Op: deploy.MakeDir, To: deploy.Work(dir)})
	}
	s.apply("", []deploy.Chain{chain})
}

// content is an upload of a text.
func content(name, text string) deploy.Upload {
	return deploy.Upload{Name: name, Size: int64(len(text)), Open: func(offset int64) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(text[offset:])), nil
	}}
}

// upload stores files and returns what came of them.
func (s *scene) upload(files ...deploy.Upload) []deploy.Uploaded {
	s.Helper()
	all, calls := make([]deploy.Uploaded, len(files)), make([]int, len(files))
	if err := s.server.Upload(s.Context(), files, func(i int, r deploy.Uploaded) { all[i] = r; calls[i]++ }); err != nil {
		s.Fatal(err)
	}
	for i, n := range calls {
		if n != 1 {
			s.Errorf("%s was done %d times", files[i].Name, n)
		}
	}
	return all
}

// stores stores files, all of which must succeed.
func (s *scene) stores(files ...deploy.Upload) []deploy.Uploaded {
	s.Helper()
	all := s.upload(files...)
	for i, r := range all {
		if r.Err != nil || r.Seen.Kind != manifest.File || r.Seen.Size != files[i].Size {
			s.Errorf("%s: %+v", files[i].Name, r)
		}
	}
	return all
}

func (s *scene) begin() deploy.Found {
	s.Helper()
	found, err := s.server.Begin(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	return found
}

func testBegin(s *scene) {
	if f := s.begin(); f.State != nil || f.StateErr != nil || f.Stage || f.Commit || f.Kept || f.Any {
		s.Errorf("nothing was deployed: %+v", f)
	}
	s.makeDirs("d")
	if f := s.begin(); f.State != nil || !f.Kept || !f.Any {
		s.Errorf("something is kept: %+v", f)
	}
	s.apply("", []deploy.Chain{{{Op: deploy.RemoveDir, From: deploy.Work("d")}}})
	s.makeDirs("stage", "stage/s")
	if f := s.begin(); f.State != nil || f.StateErr != nil || !f.Stage || f.Commit || !f.Any {
		s.Errorf("something is staged: %+v", f)
	}
	s.Write(deploy.Work("state"), "what is live\x00\xff\r\n")
	if f := s.begin(); string(f.State) != "what is live\x00\xff\r\n" || f.StateErr != nil || !f.Stage || f.Commit || !f.Any {
		s.Errorf("a state: %+v", f)
	}
	s.Write(deploy.Work("stage/commit"), "the next")
	if f := s.begin(); !f.Commit || !f.Stage || f.State == nil || f.Kept {
		s.Errorf("a commit: %+v", f)
	}
	s.Write(deploy.Work("d/3/release"), "the third")
	if f := s.begin(); !f.Kept {
		s.Errorf("a release that is kept: %+v", f)
	}
	s.Write(deploy.Work("state"), "")
	if f := s.begin(); f.State == nil || len(f.State) != 0 || f.StateErr != nil {
		s.Errorf("an empty state is one: %+v", f)
	}
}

func testRead(s *scene) {
	if _, err := s.server.Read(s.Context(), "plan", 10); !errors.Is(err, deploy.ErrMissing) {
		s.Errorf("reading nothing: %v", err)
	}
	if _, err := s.server.Read(s.Context(), "no/plan", 10); !errors.Is(err, deploy.ErrMissing) {
		s.Errorf("reading in no directory: %v", err)
	}
	s.Write(deploy.Work("d/1/plan"), "0123456789")
	if data, err := s.server.Read(s.Context(), "d/1/plan", 10); err != nil || string(data) != "0123456789" {
		s.Errorf("%q, %v", data, err)
	}
	if _, err := s.server.Read(s.Context(), "d/1/plan", 9); err == nil || errors.Is(err, deploy.ErrMissing) {
		s.Errorf("more than is allowed: %v", err)
	}
	if files, err := s.server.ListWork(s.Context(), "d/1"); err != nil || len(files) != 1 || files[0].Name != "plan" || files[0].Entry.Size != 10 {
		s.Errorf("%+v, %v", files, err)
	}
	if files, err := s.server.ListWork(s.Context(), "d"); err != nil || len(files) != 1 || files[0].Name != "1" || !files[0].Entry.IsDir() {
		s.Errorf("%+v, %v", files, err)
	}
	for _, dir := range []string{"d/2", "d/2/3", "d/1/plan"} {
		if _, err := s.server.ListWork(s.Context(), dir); !errors.Is(err, deploy.ErrMissing) && dir != "d/1/plan" || err == nil {
			s.Errorf("listing %s: %v", dir, err)
		}
	}
	in, err := s.server.Download(s.Context(), deploy.Work("d/1/plan"))
	if err != nil {
		s.Fatal(err)
	}
	data, err := io.ReadAll(in)
	if err := errors.Join(err, in.Close()); err != nil || string(data) != "0123456789" {
		s.Errorf("%q, %v", data, err)
	}
	if in, err := s.server.Download(s.Context(), live("nothing")); !errors.Is(err, deploy.ErrMissing) {
		s.Errorf("downloading nothing: %v, %v", in, err)
	}
	sum, err := s.server.Hash(s.Context(), deploy.Work("d/1/plan"))
	if want := sha256.Sum256([]byte("0123456789")); !errors.Is(err, deploy.ErrUnsupported) && (err != nil || sum != string(want[:])) {
		s.Errorf("hash %x, %v", sum, err)
	}
}

func testUpload(s *scene) {
	s.makeDirs("stage", "stage/s", "stage/s/0")
	one := content("stage/s/0/a.part", "some content")
	one.Keep = func(seen manifest.Entry) string { return fmt.Sprintf("stage/s/0/a-%d-%d", seen.Size, seen.ModTime) }
	got := s.stores(one, content("stage/plan", ""), content("stage/s/0/b", "b"))
	if want := one.Keep(got[0].Seen); got[0].Name != want || got[1].Name != "stage/plan" {
		s.Errorf("%+v, want %s", got, want)
	}
	s.holds(deploy.Work(got[0].Name), "some content")
	s.holds(deploy.Work("stage/plan"), "")
	s.holds(deploy.Work("stage/s/0/b"), "b")
	s.lacks(deploy.Work("stage/s/0/a.part"))
	s.stores(content("stage/plan", "another, and a longer one"))
	s.holds(deploy.Work("stage/plan"), "another, and a longer one")
	got = s.upload(content("no/dir/x", "x"), content("stage/y", "y"))
	if got[0].Err == nil || got[1].Err != nil {
		s.Errorf("a file without a directory, and one with: %+v", got)
	}
	s.holds(deploy.Work("stage/y"), "y")
	short := content("stage/short", "short")
	short.Size++
	broken := content("stage/broken", "broken")
	broken.Open = func(int64) (io.ReadCloser, error) { return nil, errors.New("gone") }
	for i, r := range s.upload(short, broken) {
		if !errors.Is(r.Err, sync.ErrSource) {
			s.Errorf("source %d: %+v", i, r)
		}
	}
}

func testUploadMany(s *scene) {
	const n = 120
	s.makeDirs("s")
	var files []deploy.Upload
	for i := range n {
		f := content(fmt.Sprintf("s/%03d.part", i), strings.Repeat("x", i))
		f.Keep = func(seen manifest.Entry) string { return fmt.Sprintf("s/%03d-%d", i, seen.Size) }
		files = append(files, f)
	}
	for i, r := range s.stores(files...) {
		if want := fmt.Sprintf("s/%03d-%d", i, i); r.Name != want {
			s.Errorf("%s, want %s", r.Name, want)
		}
		s.holds(deploy.Work(r.Name), strings.Repeat("x", i))
	}
	if left, err := s.server.ListWork(s.Context(), "s"); err != nil || len(left) != n {
		s.Errorf("%d files, %v", len(left), err)
	}
}

// testUploadPlan stores files with their directories, and a plan that says where they are.
func testUploadPlan(s *scene) {
	for _, n := range []int{0, 1, 25} {
		dir := fmt.Sprint("stage/", n)
		done := 0
		plan := deploy.Upload{Name: dir + ".plan", Dirs: []string{"stage"}, Unseen: true,
			Late: func() ([]byte, error) { return []byte(strings.Repeat("p", done)), nil }}
		files := []deploy.Upload{plan}
		for i := range n {
			f := content(fmt.Sprintf("%s/%d.part", dir, i), strings.Repeat("x", i))
			f.Dirs, f.KeepIfFree = []string{"stage", dir}, true
			f.Keep = func(seen manifest.Entry) string { return fmt.Sprintf("%s/%d-%d", dir, i, seen.Size) }
			files = append(files, f)
		}
		err := s.server.Upload(s.Context(), files, func(i int, r deploy.Uploaded) {
			done++
			if r.Err != nil || i > 0 && (r.Seen.Size != int64(i-1) || r.Name != files[i].Name && r.Name != files[i].Keep(r.Seen)) {
				s.Errorf("%d of %d: %+v", i, n, r)
			}
			s.holds(deploy.Work(r.Name), strings.Repeat(map[bool]string{true: "p", false: "x"}[i == 0], max(i-1, n*(1-min(i, 1)))))
		})
		if err != nil || done != n+1 {
			s.Errorf("%d of %d were done: %v", done, n+1, err)
		}
	}
}

func testUploadGoesOn(s *scene) {
	text := string(bytes.Repeat([]byte("0123456789abcdef"), 20_000))
	s.Write(deploy.Work("part"), text[:100_000])
	from := int64(-1)
	f := content("part", text)
	f.Resume = 100_000
	open := f.Open
	f.Open = func(offset int64) (io.ReadCloser, error) {
		from = offset
		return open(offset)
	}
	s.stores(f)
	s.holds(deploy.Work("part"), text)
	if from != 100_000 {
		s.Errorf("it went on at %d", from)
	}
}

func testLook(s *scene) {
	s.Write(live("dir/file"), "12345")
	places := []deploy.Place{live("dir/file"), live("dir"), live("nothing"), live("no/dir/at all"), deploy.Work("state"), live("")}
	looks, err := s.server.Look(s.Context(), places, true)
	if err != nil {
		s.Fatal(err)
	}
	for i, want := range []manifest.Kind{manifest.File, manifest.Dir, manifest.None, manifest.None, manifest.None, manifest.Dir} {
		if looks[i].Err != nil || looks[i].Entry.Kind != want {
			s.Errorf("%+v: %+v", places[i], looks[i])
		}
	}
	if looks[0].Entry.Size != 5 {
		s.Errorf("%+v", looks[0])
	}
	if looks, err := s.server.Look(s.Context(), nil, true); err != nil || len(looks) != 0 {
		s.Errorf("%v, %v", looks, err)
	}
	var many []deploy.Place
	for i := range 400 {
		if i%40 == 0 {
			s.Write(live(fmt.Sprintf("many/%d", i)), "there")
		}
		many = append(many, live(fmt.Sprintf("many/%d", i)))
	}
	looks, err = s.server.Look(s.Context(), many, true)
	for i, l := range looks {
		if l.Err != nil || l.Entry.IsFile() != (i%40 == 0) {
			s.Errorf("%d: %+v", i, l)
		}
	}
	if err != nil {
		s.Error(err)
	}
}

func testLockLost(s *scene) {
	if _, err := s.server.Look(s.Context(), []deploy.Place{live("x")}, true); err != nil {
		s.Error(err)
	}
	s.BreakLock()
	if _, err := s.server.Look(s.Context(), []deploy.Place{live("x")}, true); !errors.Is(err, sync.ErrHeld) {
		s.Errorf("the lock is gone: %v", err)
	}
	if _, err := s.server.Look(s.Context(), []deploy.Place{live("x")}, false); err != nil {
		s.Error(err)
	}
}

func testApply(s *scene) {
	s.Write(live("page"), "old page")
	s.Write(live("style"), "old style")
	s.Write(live("gone"), "gone")
	s.Write(live("full/file"), "kept")
	s.Write(live("empty/file"), "deleted")
	s.Write(deploy.Work("stage/s/page"), "new page")
	s.Write(deploy.Work("stage/s/style"), "new style")
	s.Write(deploy.Work("stage/s/script"), "new script")
	s.Write(deploy.Work("stage/plan"), "plan")
	s.Write(deploy.Work("state"), "state")
	s.Write(deploy.Work("stage/b/x"), "x")
	s.apply("",
		[]deploy.Chain{{{Op: deploy.Rename, From: deploy.Work("stage/plan"), To: deploy.Work("stage/commit")}}},
		[]deploy.Chain{{{Op: deploy.MakeDir, To: live("new")}, {Op: deploy.MakeDir, To: live("new/dir")}, {Op: deploy.MakeDir, To: live("full")}}},
		[]deploy.Chain{
			{{Op: deploy.Rename, From: deploy.Work("stage/s/script"), To: live("new/dir/script")}, {Op: deploy.SetMode, To: live("new/dir/script"), Mode: 0o755}},
			{{Op: deploy.Rename, From: live("style"), To: deploy.Work("stage/b/0")}, {Op: deploy.Rename, From: deploy.Work("stage/s/style"), To: live("style")}},
		},
		[]deploy.Chain{{{Op: deploy.Rename, From: deploy.Work("stage/s/page"), To: live("page")}}},
		[]deploy.Chain{{{Op: deploy.Delete, From: live("gone")}}, {{Op: deploy.Delete, From: live("empty/file")}}},
		[]deploy.Chain{{{Op: deploy.RemoveDir, From: live("full")}, {Op: deploy.RemoveDir, From: live("empty")}, {Op: deploy.RemoveDir, From: live("nothing")}}},
		[]deploy.Chain{{{Op: deploy.Rename, From: deploy.Work("state"), To: deploy.Work("state.old")}, {Op: deploy.Rename, From: deploy.Work("stage/commit"), To: deploy.Work("state")}}},
	)
	s.holds(live("page"), "new page")
	s.holds(live("style"), "new style")
	s.holds(live("new/dir/script"), "new script")
	s.holds(live("full/file"), "kept")
	s.holds(deploy.Work("stage/b/0"), "old style")
	s.holds(deploy.Work("state"), "plan")
	s.holds(deploy.Work("state.old"), "state")
	s.lacks(live("gone"), live("empty/file"), deploy.Work("stage/s/page"), deploy.Work("stage/plan"), deploy.Work("stage/commit"))
	lists, err := s.server.List(s.Context(), []manifest.Path{"", "empty"})
	if err != nil || !lists["empty"].Missing || lists[""].Entries["empty"].Entry.Exists() || !lists[""].Entries["full"].Entry.IsDir() {
		s.Errorf("%+v, %v", lists[""], err)
	}
}

func testRefusals(s *scene) {
	s.Write(live("there"), "there")
	s.Write(live("dir/file"), "in dir")
	s.Write(deploy.Work("new"), "new")
	s.Write(deploy.Work("other"), "other")
	s.apply("missing ok missing",
		[]deploy.Chain{
			{{Op: deploy.Rename, From: live("missing"), To: deploy.Work("aside")}, {Op: deploy.Rename, From: deploy.Work("new"), To: live("missing")}},
			{{Op: deploy.Delete, From: live("not there")}},
		})
	s.holds(live("missing"), "new")
	s.lacks(deploy.Work("aside"))
	s.apply("refused ok", []deploy.Chain{
		{{Op: deploy.Rename, From: deploy.Work("other"), To: live("no/dir/x")}},
		{{Op: deploy.Rename, From: live("there"), To: live("there now")}},
	})
	s.holds(deploy.Work("other"), "other")
	s.holds(live("there now"), "there")
	s.apply("refused refused ok", []deploy.Chain{
		{{Op: deploy.Rename, From: deploy.Work("other"), To: live("dir")}},
		{{Op: deploy.MakeDir, To: live("there now")}},
		{{Op: deploy.MakeDir, To: live("dir")}},
	})
	s.holds(live("dir/file"), "in dir")
	s.holds(deploy.Work("other"), "other")
	// A name that cannot be sent keeps the whole chain back.
	s.apply("refused refused ok", []deploy.Chain{
		{{Op: deploy.Rename, From: live("dir/file"), To: deploy.Work("a\nb")}, {Op: deploy.Rename, From: deploy.Work("other"), To: live("dir/file")}},
		{{Op: deploy.MakeDir, To: live("another")}},
	})
	s.holds(live("dir/file"), "in dir")
	s.apply("", nil, []deploy.Chain{}, []deploy.Chain{{}})
}

func testApplyMany(s *scene) {
	const n = 300
	var assets, pages []deploy.Chain
	for i := range n {
		name := fmt.Sprintf("a rather long name of a file/%03d.html", i)
		s.Write(live(name), fmt.Sprint("old ", i))
		s.Write(deploy.Work(fmt.Sprintf("stage/s/%03d", i)), fmt.Sprint("new ", i))
		one := deploy.Chain{{Op: deploy.Rename, From: deploy.Work(fmt.Sprintf("stage/s/%03d", i)), To: live(name)}}
		if i%3 == 0 {
			s.Write(deploy.Work("stage/b/x"), "makes the directory")
			one = append(deploy.Chain{{Op: deploy.Rename, From: live(name), To: deploy.Work(fmt.Sprintf("stage/b/%03d", i))}}, one...)
			assets = append(assets, one)
		} else {
			pages = append(pages, one)
		}
	}
	s.apply("", assets, pages)
	for i := range n {
		s.holds(live(fmt.Sprintf("a rather long name of a file/%03d.html", i)), fmt.Sprint("new ", i))
		if i%3 == 0 {
			s.holds(deploy.Work(fmt.Sprintf("stage/b/%03d", i)), fmt.Sprint("old ", i))
		}
	}
	var deletions []deploy.Chain
	for i := range n {
		deletions = append(deletions, deploy.Chain{{Op: deploy.Delete, From: live(fmt.Sprintf("a rather long name of a file/%03d.html", i))}})
	}
	s.apply("", deletions, []deploy.Chain{{{Op: deploy.RemoveDir, From: live("a rather long name of a file")}}})
	if lists, err := s.server.List(s.Context(), []manifest.Path{""}); err != nil || len(lists[""].Entries) != 0 {
		s.Errorf("%+v, %v", lists[""], err)
	}
}

func testDirectories(s *scene) {
	s.Write(deploy.Work("stage/b/0"), "old")
	s.Write(deploy.Work("stage/state"), "the state before")
	s.Write(deploy.Work("d/1/state"), "older")
	s.apply("ok refused",
		[]deploy.Chain{{{Op: deploy.Rename, From: deploy.Work("stage"), To: deploy.Work("d/2")}}},
		[]deploy.Chain{{{Op: deploy.Rename, From: deploy.Work("d/2"), To: deploy.Work("d/1")}}})
	s.holds(deploy.Work("d/2/b/0"), "old")
	s.holds(deploy.Work("d/2/state"), "the state before")
	s.holds(deploy.Work("d/1/state"), "older")
	if f := s.begin(); f.Stage {
		s.Errorf("%+v", f)
	}
}

func testList(s *scene) {
	s.Write(live("dir/a"), "a")
	s.Write(live("dir/inner/b"), "bb")
	s.Write(live("file"), "ccc")
	dirs := []manifest.Path{"", "dir", "dir/inner", "no", "no/such", "dir/a"}
	lists, err := s.server.List(s.Context(), dirs)
	if err != nil {
		s.Fatal(err)
	}
	for _, dir := range dirs[3:] {
		if l := lists[dir]; l == nil || !l.Missing || l.Err != nil {
			s.Errorf("%q: %+v", dir, l)
		}
	}
	for dir, want := range map[manifest.Path]map[string]int64{"": {"dir": -1, "file": 3}, "dir": {"a": 1, "inner": -1}, "dir/inner": {"b": 2}} {
		l := lists[dir]
		if l == nil || l.Missing || l.Err != nil || len(l.Entries) != len(want) {
			s.Errorf("%q: %+v", dir, l)
			continue
		}
		for name, size := range want {
			look := l.Entries[name]
			if look.Err != nil || look.Entry.IsDir() != (size < 0) || size >= 0 && look.Entry.Size != size {
				s.Errorf("%q/%s: %+v", dir, name, look)
			}
		}
	}
	if lists, err := s.server.List(s.Context(), nil); err != nil || len(lists) != 0 {
		s.Errorf("%v, %v", lists, err)
	}
}

func testListAll(s *scene) {
	for _, p := range []string{"a", "dir/b", "dir/in/c", "skipped/d", "dir/skipped too"} {
		s.Write(live(p), p)
	}
	s.Write(deploy.Work("state"), "state")
	lists, err := s.server.ListAll(s.Context(), func(p manifest.Path, dir bool) bool {
		if dir == (strings.HasSuffix(string(p), "too")) && strings.Contains(string(p), "skipped") {
			s.Errorf("%s: a directory: %v", p, dir)
		}
		return strings.Contains(string(p), "skipped")
	})
	if err != nil {
		s.Fatal(err)
	}
	found := make(map[string]bool)
	for dir, l := range lists {
		if l.Err != nil || l.Missing {
			s.Errorf("%q: %+v", dir, l)
		}
		for name := range l.Entries {
			found[string(dir.Join(name))] = true
		}
	}
	for _, p := range []string{"a", "dir", "dir/b", "dir/in", "dir/in/c"} {
		if !found[p] {
			s.Errorf("%s was not found", p)
		}
	}
	if len(found) != 5 || len(lists) != 3 {
		s.Errorf("found %v in %d directories", found, len(lists))
	}
}

func testNames(s *scene) {
	s.makeDirs("stage", "stage/s")
	var files []deploy.Upload
	for i := range names {
		files = append(files, content(fmt.Sprintf("stage/s/%d", i), fmt.Sprint("content ", i)))
	}
	s.stores(files...)
	var dirs, chains, back []deploy.Chain
	for i, name := range names {
		dirs = append(dirs, deploy.Chain{{Op: deploy.MakeDir, To: live(name)}})
		at := live(name + "/" + name)
		chains = append(chains, deploy.Chain{{Op: deploy.Rename, From: deploy.Work(fmt.Sprintf("stage/s/%d", i)), To: at}})
		if i%2 == 1 {
			back = append(back, deploy.Chain{{Op: deploy.Delete, From: at}, {Op: deploy.RemoveDir, From: live(name)}})
		}
	}
	s.apply("", dirs, chains)
	for i, name := range names {
		s.holds(live(name+"/"+name), fmt.Sprint("content ", i))
	}
	var paths []manifest.Path
	var places []deploy.Place
	for _, name := range names {
		paths, places = append(paths, manifest.Path(name)), append(places, live(name+"/"+name))
	}
	lists, err := s.server.List(s.Context(), paths)
	if err != nil {
		s.Fatal(err)
	}
	looks, err := s.server.Look(s.Context(), places, false)
	if err != nil {
		s.Fatal(err)
	}
	for i, name := range names {
		look := lists[paths[i]].Entries[name]
		if !look.Entry.IsFile() || !manifest.Unchanged(look.Entry, looks[i].Entry) {
			s.Errorf("%q: listed as %+v, told as %+v", name, look, looks[i])
		}
	}
	s.apply("", back)
	lists, err = s.server.List(s.Context(), []manifest.Path{""})
	if want := (len(names) + 1) / 2; err != nil || len(lists[""].Entries) != want {
		s.Errorf("%d names left, want %d, %v", len(lists[""].Entries), want, err)
	}
}

func testCancelled(s *scene) {
	ctx, cancel := context.WithCancel(s.Context())
	cancel()
	s.Write(live("x"), "x")
	if _, err := s.server.Apply(ctx, [][]deploy.Chain{{{{Op: deploy.Delete, From: live("x")}}}}); err == nil {
		s.Error("a cancelled Apply has no error")
	}
	if err := s.server.Upload(ctx, []deploy.Upload{content("y", "y")}, func(int, deploy.Uploaded) {}); err == nil {
		s.Error("a cancelled Upload has no error")
	}
	if _, err := s.server.Look(ctx, []deploy.Place{live("x")}, true); err == nil {
		s.Error("a cancelled Look has no error")
	}
	s.holds(live("x"), "x")
}
