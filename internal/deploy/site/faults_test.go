package site

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ferry/internal/deploy"
	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
)

func (f *fixture) fault(one ftpserver.Fault) *ftpserver.Armed { return f.ftp.Faults().Add(one) }

func (f *fixture) holds(at deploy.Place, want string) {
	f.Helper()
	if got, is := f.Content(at); !is || got != want {
		f.Errorf("%+v holds %q (a file: %v), want %q", at, got, is, want)
	}
}

func text(name, content string) deploy.Upload {
	return deploy.Upload{Name: name, Size: int64(len(content)), Open: func(offset int64) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(content[offset:])), nil
	}}
}

func (f *fixture) upload(files ...deploy.Upload) []deploy.Uploaded {
	f.Helper()
	all := make([]deploy.Uploaded, len(files))
	if err := f.server.Upload(f.Context(), files, func(i int, r deploy.Uploaded) { all[i] = r }); err != nil {
		f.Fatal(err)
	}
	return all
}

func rename(from, to deploy.Place) deploy.Step {
	return deploy.Step{Op: deploy.Rename, From: from, To: to}
}

// renames makes n files that are staged, and the chains that put each in the place of
// another. Each chain keeps the old version.
func (f *fixture) renames(n int) (chains []deploy.Chain) {
	f.Write(deploy.Work("b/x"), "")
	for i := range n {
		at, staged := live(fmt.Sprintf("dir/a page with a long name %03d.html", i)), deploy.Work(fmt.Sprintf("s/%03d", i))
		f.Write(at, "old")
		f.Write(staged, "new")
		chains = append(chains, deploy.Chain{rename(at, deploy.Work(fmt.Sprintf("b/%03d", i))), rename(staged, at)})
	}
	return chains
}

// TestApplyIsCut loses the connection after the server has carried out one of the renames,
// and before. What was answered is told as it was; of the rest that was sent it is not known
// what became of it; and a later group is not begun.
func TestApplyIsCut(t *testing.T) {
	for _, n := range []int{4, 120} {
		for _, skip := range []int{0, 3, 2*n - 1} {
			for how, fault := range map[string]ftpserver.Fault{"done": {Lose: true}, "not done": {Close: true}} {
				t.Run(fmt.Sprintf("%d of %d, %s", skip, n, how), func(t *testing.T) {
					f := newFixture(t, ftpserver.Options{}, nil)
					f.server.features.Observe(ftp.ForgetsRNFR, true)
					chains := f.renames(n)
					f.Write(deploy.Work("s/last"), "last")
					fault.Command, fault.Skip, fault.Times = "RNTO", skip, 1
					armed := f.fault(fault)
					groups := [][]deploy.Chain{chains, {{rename(deploy.Work("s/last"), live("last"))}}}
					errs, err := f.server.Apply(t.Context(), groups)
					if err == nil || armed.Fired() != 1 {
						t.Fatalf("%v, the fault struck %d times", err, armed.Fired())
					}
					done := 0
					for i, chain := range errs[0] {
						for k, err := range chain {
							_, stays := f.Content(chains[i][k].From)
							if k == 0 {
								_, kept := f.Content(chains[i][0].To)
								stays = !kept
							}
							switch {
							case err == nil && stays:
								t.Errorf("step %d of %d is told as done, and is not", k, i)
							case err == nil:
								done++
							case !errors.Is(err, deploy.ErrUnknown) && !stays:
								t.Errorf("step %d of %d is done, and told as not: %v", k, i, err)
							}
						}
					}
					if n == 4 && done != skip {
						t.Errorf("%d are told as done, want %d", done, skip)
					}
					if _, is := f.Content(live("last")); is || errs[1][0][0] == nil {
						t.Errorf("the next group was begun: %v", errs[1])
					}
				})
			}
		}
	}
}

// TestRenamesOverAreRefused has a server that does not rename over files. The one in the way
// goes aside first, and nothing is left of it.
func TestRenamesOverAreRefused(t *testing.T) {
	f := newFixture(t, ftpserver.Options{}, nil)
	f.fault(ftpserver.Fault{Command: "RNTO", IfExists: true, Refuse: "553 File exists."})
	for round := range 3 {
		chains := f.renames(6)
		for i := range chains {
			chains[i] = chains[i][1:]
		}
		chains = append(chains, deploy.Chain{rename(deploy.Work("s/nothing"), live("dir/a page with a long name 000.html"))})
		errs, err := f.server.Apply(t.Context(), [][]deploy.Chain{chains})
		if err != nil {
			t.Fatal(err)
		}
		for i, one := range errs[0] {
			if (one[0] != nil) != (i == 6) || i == 6 && !errors.Is(one[0], deploy.ErrMissing) {
				t.Errorf("round %d: %d: %v", round, i, one[0])
			}
			f.holds(chains[min(i, 5)][0].To, "new")
		}
		if f.server.renamesOver() {
			t.Error("it was not noted")
		}
	}
	files, err := f.server.ListWork(t.Context(), "")
	for _, one := range files {
		if !slices.Contains([]string{"lock", "b", "s", htaccess}, one.Name) {
			t.Errorf("%s is left", one.Name)
		}
	}
	if err != nil {
		t.Error(err)
	}
}

// TestEmptyPromises has a server that says yes to renames over files, or to deletions, and
// does nothing.
func TestEmptyPromises(t *testing.T) {
	for command, step := range map[string]deploy.Step{
		"RNTO": rename(deploy.Work("s/000"), live("dir/a page with a long name 000.html")),
		"DELE": {Op: deploy.Delete, From: live("dir/a page with a long name 000.html")},
	} {
		f := newFixture(t, ftpserver.Options{}, nil)
		f.renames(1)
		f.fault(ftpserver.Fault{Command: command, IfExists: true, Refuse: "250 Done."})
		errs, err := f.server.Apply(t.Context(), [][]deploy.Chain{{{step}}})
		if !errors.Is(err, ftp.ErrDidNothing) || !errors.Is(errs[0][0][0], ftp.ErrDidNothing) {
			t.Errorf("%s: %v, %v", command, errs, err)
		}
	}
}

// TestUploadsMeetTrouble has uploads cut, shortened and not answered. Each is whole in the
// end, under the name that it keeps.
func TestUploadsMeetTrouble(t *testing.T) {
	for name, fault := range map[string]ftpserver.Fault{
		"reply lost":        {Command: "STOR", Lose: true, Times: 1},
		"cut":               {Command: "STOR", Data: ftpserver.CutAt(40), Times: 2},
		"reset":             {Command: "STOR", Data: ftpserver.ResetAt(40), Times: 2},
		"shortened":         {Command: "STOR", Data: ftpserver.ShortenTo(40), Times: 2},
		"closed":            {Command: "STOR", Close: true, Times: 2},
		"rename lost":       {Command: "RNTO", Path: "/site/.ferry/s/*", Lose: true, Times: 1},
		"rename cut":        {Command: "RNTO", Path: "/site/.ferry/s/*", Close: true, Times: 1},
		"look refused":      {Command: "MLST", Path: "/site/.ferry/s/*", Refuse: "550 no"},
		"look cut":          {Command: "MLST", Path: "/site/.ferry/s/*", Close: true, Times: 1},
		"busy":              {Command: "STOR", Refuse: "450 busy", Times: 2},
		"ended":             {Command: "STOR", Refuse: "421 bye", Close: true, Times: 2},
		"extra reply":       {Command: "RNFR", Path: "/site/.ferry/s/*", Reply: "350 go on\r\n350 go on", Times: 1},
		"shows later":       {Command: "STOR", Path: "/site/.ferry/s/*", Later: 30_000_000, Empty: true, Times: 2},
		"the file is taken": {Command: "STOR", Refuse: "550 in use", Times: 0, Path: "/site/.ferry/s/7.part"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, ftpserver.Options{}, func(o *Options) { o.Retries = 3 })
			f.Write(deploy.Work("s/x"), "")
			f.server.protected = true
			armed := f.fault(fault)
			var files []deploy.Upload
			for i := range 12 {
				one := text(fmt.Sprintf("s/%d.part", i), strings.Repeat(fmt.Sprint(i%10), 100))
				one.Keep = func(seen manifest.Entry) string { return fmt.Sprintf("s/%d-%d", i, seen.Size) }
				files = append(files, one)
			}
			for i, r := range f.upload(files...) {
				want := fmt.Sprintf("s/%d-100", i)
				if name == "the file is taken" && i == 7 {
					if r.Err == nil {
						t.Errorf("%d: %+v", i, r)
					}
					continue
				}
				if r.Err != nil || r.Name != want || r.Seen.Size != 100 {
					t.Errorf("%d: %+v", i, r)
					continue
				}
				f.holds(deploy.Work(want), strings.Repeat(fmt.Sprint(i%10), 100))
			}
			if armed.Fired() == 0 {
				t.Error("the fault did not strike")
			}
		})
	}
}

// TestUploadsFail has uploads that cannot be whole.
func TestUploadsFail(t *testing.T) {
	for name, fault := range map[string]ftpserver.Fault{
		"shortened": {Command: "STOR", Data: ftpserver.ShortenTo(40)},
		"refused":   {Command: "STOR", Refuse: "553 not allowed"},
		"full":      {Command: "STOR", Refuse: "452 no space left"},
		"no rename": {Command: "RNTO", Refuse: "550 not allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, ftpserver.Options{}, nil)
			f.Write(deploy.Work("s/x"), "")
			f.server.protected = true
			f.fault(fault)
			one, two := text("s/1", strings.Repeat("x", 100)), text("s/2", strings.Repeat("y", 100))
			two.Keep = func(manifest.Entry) string { return "s/3" }
			one.Keep = func(manifest.Entry) string { return "s/4" }
			for i, r := range f.upload(one, two) {
				if r.Err == nil || errors.Is(r.Err, sync.ErrFull) != (name == "full") {
					t.Errorf("%d: %+v", i, r)
				}
			}
		})
	}
}

// TestLargeUploadGoesOn cuts a large upload. It goes on behind the part that is there, unless
// that is another one.
func TestLargeUploadGoesOn(t *testing.T) {
	content := strings.Repeat("0123456789abcdef", 100_000)
	for what, resume := range map[string]int64{"": 0, "the same": 70_000, "another": 70_000} {
		f := newFixture(t, ftpserver.Options{}, nil)
		f.server.protected = true
		part := content[:70_000]
		if what == "another" {
			part = part[:69_999] + "?"
		}
		f.Write(deploy.Work("big"), part)
		f.fault(ftpserver.Fault{Command: "STOR", Data: ftpserver.CutAt(1_200_000), Times: 1})
		var offsets []int64
		one := text("big", content)
		one.Resume = resume
		open := one.Open
		one.Open = func(offset int64) (io.ReadCloser, error) {
			offsets = append(offsets, offset)
			return open(offset)
		}
		if r := f.upload(one)[0]; r.Err != nil {
			t.Errorf("%q: %v", what, r.Err)
		}
		f.holds(deploy.Work("big"), content)
		if last := offsets[len(offsets)-1]; last < 1_000_000 {
			t.Errorf("%q: opened at %v: the last attempt did not go on", what, offsets)
		}
		if what == "another" && !slices.Contains(offsets, 0) {
			t.Errorf("opened at %v: it went on behind another content", offsets)
		}
	}
}

// TestStateIsUnknown has a state that cannot be read. It is never taken for none.
func TestStateIsUnknown(t *testing.T) {
	for name, fault := range map[string]ftpserver.Fault{
		"denied":      {Command: "RETR", Refuse: "550 Permission denied"},
		"not found":   {Command: "RETR", Refuse: "550 No such file"},
		"hidden":      {Command: "RETR|LISTING", Refuse: "550 Permission denied"},
		"not allowed": {Command: "RETR|MLST", Refuse: "553 no"},
		"not listed":  {Command: "LISTING", Refuse: "550 no"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, ftpserver.Options{}, nil)
			f.Write(deploy.Work("state"), "what is live")
			f.fault(fault)
			found, err := f.server.Begin(t.Context())
			if err == nil && found.StateErr == nil && string(found.State) != "what is live" {
				t.Errorf("%+v", found)
			}
			if (found.State != nil) != (name == "not listed") {
				t.Errorf("%+v, %v", found, err)
			}
		})
	}
}

// TestDotNamesAreRefused has a server that refuses names with a leading dot.
func TestDotNamesAreRefused(t *testing.T) {
	root := t.TempDir()
	server := embedded(t, ftpserver.Options{Root: root})
	server.Faults().Add(ftpserver.Fault{Path: ".*", Refuse: "550 Permission denied"})
	srv := locked(t, connect(t, server.Addr(), "", nil))
	f := &fixture{disk: &disk{t, root, filepath.Join(root, manifest.OwnPlain)}, ftp: server, server: srv}
	if r := f.upload(text("plan", "plan"))[0]; r.Err != nil {
		t.Error(r.Err)
	}
	f.holds(deploy.Work("plan"), "plan")
	if errs, err := srv.Apply(t.Context(), [][]deploy.Chain{{{rename(deploy.Work("plan"), deploy.Work("state"))}}}); err != nil || errs[0][0][0] != nil {
		t.Errorf("%v, %v", errs, err)
	}
	if found, err := srv.Begin(t.Context()); err != nil || string(found.State) != "plan" {
		t.Errorf("%+v, %v", found, err)
	}
	if lists, err := srv.ListAll(t.Context(), nil); err != nil || len(lists) != 1 || len(lists[""].Entries) != 0 {
		t.Errorf("%+v, %v", lists, err)
	}
}

// TestSameFileSystem finds out whether directories can be renamed out of the work directory.
func TestSameFileSystem(t *testing.T) {
	f := newFixture(t, ftpserver.Options{}, nil)
	if same, err := f.server.SameFileSystem(t.Context()); !same || err != nil {
		t.Error(same, err)
	}
	if names := f.names(); len(names) > 0 {
		t.Errorf("left in the site: %v", names)
	}
	for _, refuse := range []string{"550 Invalid cross-device link", "451 Rename/move failure: Invalid cross-device link"} {
		f = newFixture(t, ftpserver.Options{}, nil)
		f.fault(ftpserver.Fault{Command: "RNTO", Path: "/site/.ferry-*", Refuse: refuse})
		if same, err := f.server.SameFileSystem(t.Context()); same || err != nil {
			t.Error(refuse, same, err)
		}
	}
	for what, fault := range map[string]ftpserver.Fault{
		"nothing is made":         {Command: "MKD", Refuse: "550 no"},
		"nothing is made there":   {Command: "MKD", Path: "/site/.ferry-*", Refuse: "550 no"},
		"no directory is renamed": {Command: "RNTO", Refuse: "550 no"},
	} {
		f = newFixture(t, ftpserver.Options{}, nil)
		f.fault(ftpserver.Fault{Command: "RNTO", Path: "/site/.ferry-*", Refuse: "550 no"})
		f.fault(fault)
		if same, err := f.server.SameFileSystem(t.Context()); same || err == nil {
			t.Error(what, same, err)
		}
	}
}

// TestWorkIsProtected holds that nobody else sees the work directory, unless others keep
// something in it.
func TestWorkIsProtected(t *testing.T) {
	for _, shared := range []bool{false, true} {
		f := newFixture(t, ftpserver.Options{}, nil)
		if shared {
			f.Write(deploy.Work("trash/x"), "x")
		}
		if r := f.upload(text("plan", "plan"))[0]; r.Err != nil {
			t.Error(r.Err)
		}
		f.holds(deploy.Work(htaccess), denyAll)
		info, err := os.Stat(f.work)
		if err != nil || (info.Mode().Perm() == 0o700) == shared {
			t.Errorf("shared: %v, mode %v, %v", shared, info.Mode(), err)
		}
	}
}

// TestSpelledNames has directories that the server spells in another normal form than a path.
func TestSpelledNames(t *testing.T) {
	const nfc, nfd = "caf\u00e9", "cafe\u0301"
	f := newFixture(t, ftpserver.Options{}, nil)
	f.Write(live(nfd+"/"+nfd+"/page"), "old")
	f.Write(deploy.Work("new"), "new")
	dir := manifest.Path(nfc + "/" + nfc)
	lists, err := f.server.List(t.Context(), []manifest.Path{dir})
	if err != nil || !lists[dir].Entries["page"].Entry.IsFile() {
		t.Fatalf("%+v, %v", lists[dir], err)
	}
	if errs, err := f.server.Apply(t.Context(), [][]deploy.Chain{{{rename(deploy.Work("new"), live(string(dir)+"/page"))}}}); err != nil || errs[0][0][0] != nil {
		t.Errorf("%v, %v", errs, err)
	}
	f.holds(live(nfd+"/"+nfd+"/page"), "new")
	if names := f.names(); len(names) != 3 {
		t.Errorf("%q", names)
	}
}

// TestLockOfAnother has a second machine at the same site.
func TestLockOfAnother(t *testing.T) {
	for _, work := range []string{"", "../work"} {
		f := newFixture(t, ftpserver.Options{}, func(o *Options) { o.Work = work })
		other := connect(t, f.ftp.Addr(), "site", func(o *Options) { o.Work, o.Owner = work, "other" })
		if _, err := other.Look(t.Context(), nil, true); !errors.Is(err, sync.ErrHeld) {
			t.Errorf("the lock of another is not ours: %v", err)
		}
		if _, err := f.server.Look(t.Context(), nil, true); err != nil {
			t.Error(err)
		}
	}
}

// TestWorkOption holds which directories a profile may name.
func TestWorkOption(t *testing.T) {
	for _, tt := range []struct{ root, work, want string }{
		{"/a/site", "", ""},
		{"/a/site", "../.ferry-site", "/a/.ferry-site"},
		{"/a/site", "in/work", "/a/site/in/work"},
		{"/a/site", "/srv/work", "/srv/work"},
		{"", "work", "/work"},
		{"/a/site", "..", "bad"},
		{"/a/site", ".", "bad"},
		{"/a/site", "../../..", "bad"},
		{"/a/site", "/", "bad"},
		{"/a/site", "../site", "bad"},
		{"/a/site", "x\ny", "bad"},
	} {
		got, err := findWork(tt.root, tt.work)
		if err != nil {
			got = "bad"
		}
		if got != tt.want {
			t.Errorf("%s and %q: %q, %v, want %q", tt.root, tt.work, got, err, tt.want)
		}
	}
}
