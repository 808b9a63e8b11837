package deploy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/namecase"
)

// base is a site that a deploy made.
func base(t *testing.T, policy Policy) (*world, files) {
	w := newWorld()
	f := files{"index.html": "page 1", "css/a.css": "style 1", "d/x.html": "x1", "d/y.html": "y1"}
	w.deploy(t, f, policy)
	return w, f
}

// TestDriftTable is the table of what is done about files that somebody else changed.
func TestDriftTable(t *testing.T) {
	const path = "index.html"
	server := map[string]func(w *world){
		"changed": func(w *world) { w.write(path, "hotfix") },
		"deleted": func(w *world) { delete(w.live, path) },
	}
	source := map[string]func(f files){
		"same":    func(files) {},
		"changed": func(f files) { f[path] = "page 2" },
		"deleted": func(f files) { delete(f, path) },
	}
	for _, c := range []struct {
		server, source string
		drift          DriftRule
		live           string // afterwards; "": nothing
		saved          bool
		told           string
	}{
		{"changed", "same", SaveDrift, "hotfix", false, "index.html changed left"},
		{"changed", "changed", SaveDrift, "page 2", true, "index.html changed saved"},
		{"changed", "deleted", SaveDrift, "", true, "index.html changed saved"},
		{"changed", "same", StopAtDrift, "stop", false, ""},
		{"changed", "changed", StopAtDrift, "stop", false, ""},
		{"changed", "deleted", StopAtDrift, "stop", false, ""},
		{"changed", "same", KeepDrift, "hotfix", false, "index.html changed left"},
		{"changed", "changed", KeepDrift, "hotfix", false, "index.html changed left"},
		{"changed", "deleted", KeepDrift, "hotfix", false, "index.html changed left"},
		{"changed", "same", RestoreDrift, "page 1", true, "index.html changed saved"},
		{"changed", "changed", RestoreDrift, "page 2", true, "index.html changed saved"},
		{"changed", "deleted", RestoreDrift, "", true, "index.html changed saved"},
		{"deleted", "same", SaveDrift, "", false, "index.html deleted left"},
		{"deleted", "changed", SaveDrift, "page 2", false, "index.html deleted"},
		{"deleted", "deleted", SaveDrift, "", false, ""},
		{"deleted", "same", StopAtDrift, "stop", false, ""},
		{"deleted", "changed", StopAtDrift, "stop", false, ""},
		{"deleted", "deleted", StopAtDrift, "", false, ""},
		{"deleted", "same", KeepDrift, "", false, "index.html deleted left"},
		{"deleted", "changed", KeepDrift, "", false, "index.html deleted left"},
		{"deleted", "same", RestoreDrift, "page 1", false, "index.html deleted"},
		{"deleted", "changed", RestoreDrift, "page 2", false, "index.html deleted"},
	} {
		t.Run(fmt.Sprint(c.server, "-", c.source, "-", c.drift), func(t *testing.T) {
			w, f := base(t, Policy{})
			server[c.server](w)
			source[c.source](f)
			plan, err := w.plan(f, Policy{Drift: c.drift, Audit: true})
			if c.live == "stop" {
				wantUnsafe(t, err, path)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			w.carryOut(t, plan, f, Policy{})
			got := ""
			if n := w.live[path]; n != nil {
				got = n.text
			}
			if got != c.live || w.saved("hotfix") != c.saved {
				t.Errorf("the site has %q, saved %v, want %q, %v", got, w.saved("hotfix"), c.live, c.saved)
			}
			if got := told(plan); got != c.told {
				t.Errorf("told %q, want %q", got, c.told)
			}
			// What is left is told again by each deploy that sees it.
			again, err := w.plan(f, Policy{Drift: c.drift, Audit: true})
			if err != nil || len(again.Release.Changes) > 0 || told(again) != strings.Join(onlyLeft(c.told), "") {
				t.Errorf("again: %+v, %v", again, err)
			}
		})
	}
}

func onlyLeft(told string) []string {
	if strings.HasSuffix(told, "left") {
		return []string{told}
	}
	return nil
}

// told is the drift of a plan as text.
func told(p *Plan) string {
	var lines []string
	for _, d := range p.Drift {
		line := string(d.Path) + " " + d.What
		if d.Saved {
			line += " saved"
		}
		if d.Left {
			line += " left"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, ", ")
}

func wantUnsafe(t *testing.T, err error, says ...string) {
	t.Helper()
	var unsafe *sync.UnsafeError
	if !errors.As(err, &unsafe) || unsafe.Hint == "" {
		t.Fatalf("%v, want an UnsafeError", err)
	}
	for _, s := range says {
		if !strings.Contains(unsafe.What, s) {
			t.Errorf("%q does not say %q", unsafe.What, s)
		}
	}
}

// TestFirstDeploy: onto a site that is there already.
func TestFirstDeploy(t *testing.T) {
	f := files{"same.html": "same", "size.html": "1234", "other.html": "longer", "new/n.html": "new"}
	for _, c := range []struct {
		first FirstRule
		put   []manifest.Path
		told  string
	}{
		{CompareFirst, []manifest.Path{"new/n.html", "other.html", "size.html"}, "other.html in the way saved, size.html in the way saved"},
		{TrustFirst, []manifest.Path{"new/n.html", "other.html"}, "other.html in the way saved"},
		{OverwriteFirst, []manifest.Path{"new/n.html", "other.html", "same.html", "size.html"}, "other.html in the way saved, same.html in the way saved, size.html in the way saved"},
	} {
		w := newWorld()
		w.write("same.html", "same")
		w.write("size.html", "4321")
		w.write("other.html", "short")
		w.write("uploads/pic.jpg", "pic")
		w.write("config.php", "secret")
		plan := w.deploy(t, f, Policy{First: c.first})
		var put []manifest.Path
		for _, i := range plan.Stage {
			put = append(put, plan.Release.Changes[i].Path)
		}
		slices.SortFunc(put, manifest.Path.Compare)
		if diff := cmp.Diff(c.put, put); diff != "" || told(plan) != c.told || plan.Extras != 2 || !plan.Record {
			t.Errorf("%d: told %q, %d extras\n%s", c.first, told(plan), plan.Extras, diff)
		}
		if w.live["uploads/pic.jpg"] == nil || w.live["config.php"] == nil || len(w.state.Files) != 4 {
			t.Errorf("%d: %v, %d files", c.first, w.texts(), len(w.state.Files))
		}
		if again, err := w.plan(f, Policy{Audit: true}); err != nil || !again.Empty() {
			t.Errorf("%d: again %+v, %v", c.first, again, err)
		}
	}
}

// Rails stop a deploy before anything changes.
func TestRails(t *testing.T) {
	many := files{}
	for i := range 30 {
		many[manifest.Path(fmt.Sprintf("d%d/f%d", i%3, i))] = fmt.Sprint("text ", i)
	}
	few := files{"d0/f0": "text 0"}
	moved := files{}
	for p, text := range many {
		moved["moved/"+p] = text
	}
	for _, c := range []struct {
		name   string
		before files
		server func(w *world)
		after  files
		policy Policy
		says   string // "": no rail
	}{
		{name: "empty, first", after: files{}, says: "holds no file"},
		{name: "empty", before: few, after: files{}, says: "holds no file"},
		{name: "empty, accepted", before: few, after: files{}, policy: Policy{AcceptEmpty: true}},
		{name: "too many", before: many, after: few, says: "29 files of 30"},
		{name: "too many to keep for a while", before: many, after: few, policy: Policy{DeleteAfter: time.Hour}, says: "29 files of 30"},
		{name: "as many as said", before: many, after: few, policy: Policy{MostDeletions: func(int) int { return 29 }}},
		{name: "any number", before: many, after: few, policy: Policy{MostDeletions: func(int) int { return -1 }}},
		{name: "moved", before: many, after: moved},
		{name: "full directory", before: few, server: func(w *world) { w.write("a/upload", "u") }, after: files{"d0/f0": "text 0", "a": "file"}, says: "a"},
		{name: "full directory where managed files were", before: files{"a/x": "x", "k": "k"}, server: func(w *world) { w.write("a/b/upload", "u") }, after: files{"a": "file", "k": "k"}, says: "files in them that no deploy put there"},
		{name: "empty directory that somebody made", before: few, server: func(w *world) { w.mkdir("a") }, after: files{"d0/f0": "text 0", "a": "file"}},
		{name: "link", before: few, server: func(w *world) { w.link("a") }, after: files{"d0/f0": "text 0", "a": "file"}, says: "links or special files"},
		{name: "link in place of a directory", before: few, server: func(w *world) { w.link("a") }, after: files{"d0/f0": "text 0", "a/b/c": "file"}, says: "links or special files"},
		{name: "link, first", server: func(w *world) { w.link("a") }, after: files{"a": "file"}, says: "links or special files"},
		{name: "link elsewhere", before: few, server: func(w *world) { w.link("a") }, after: files{"d0/f0": "text 0", "b": "file"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld()
			if c.before != nil {
				w.deploy(t, c.before, Policy{})
			}
			if c.server != nil {
				c.server(w)
			}
			plan, err := w.plan(c.after, c.policy)
			if c.says != "" {
				wantUnsafe(t, err, c.says)
			} else if err != nil {
				t.Fatal(err)
			} else {
				w.carryOut(t, plan, c.after, c.policy)
			}
		})
	}
}

// A file takes the place of a directory, and the other way round, in one go.
func TestFilesAndDirectories(t *testing.T) {
	for _, c := range []struct {
		name          string
		before, after files
		server        func(w *world)
		told          string
	}{
		{name: "directory to file", before: files{"a/x": "x", "a/b/y": "y"}, after: files{"a": "file"}},
		{name: "file to directory", before: files{"a": "file"}, after: files{"a/x": "x", "a/b/index.html": "y"}},
		{name: "file of somebody else to directory", before: files{"k": "k"}, after: files{"k": "k", "a/b/x": "x"}, server: func(w *world) { w.write("a", "alien") }, told: "a in the way saved"},
		{name: "file of somebody else", before: files{"k": "k"}, after: files{"k": "k", "a": "x"}, server: func(w *world) { w.write("a", "alien") }, told: "a in the way saved"},
		{name: "the same file of somebody else", before: files{"k": "k"}, after: files{"k": "k", "a": "x"}, server: func(w *world) { w.write("a", "x") }},
		{name: "deep, new", before: files{"k": "k"}, after: files{"k": "k", "a/b/c/d": "x"}},
		{name: "into a directory of somebody else", before: files{"k": "k"}, after: files{"k": "k", "a/b/c/d": "x"}, server: func(w *world) { w.write("a/b/z", "z") }},
		{name: "a directory that was deleted by hand", before: files{"k": "k", "a/b/c": "1"}, after: files{"k": "k", "a/b/c": "2"}, server: func(w *world) {
			delete(w.live, "a/b/c")
			delete(w.dirs, "a/b")
			delete(w.dirs, "a")
		}, told: "a/b/c deleted"},
	} {
		for _, keep := range []int{0, 1} {
			for kill := range 12 {
				t.Run(fmt.Sprintf("%s keep %d kill %d", c.name, keep, kill), func(t *testing.T) {
					policy := Policy{Keep: keep, DeleteAfter: time.Hour, MostDeletions: func(int) int { return -1 }}
					w := newWorld()
					w.encode = kill == 0
					w.deploy(t, c.before, policy)
					if c.server != nil {
						c.server(w)
					}
					want := w.texts()
					for p := range c.before {
						delete(want, p)
					}
					delete(want, "a")
					for p, text := range c.after {
						want[p] = text
					}
					w.kill = kill
					plan := w.deploy(t, c.after, policy)
					if diff := cmp.Diff(want, w.texts()); diff != "" || told(plan) != c.told {
						t.Errorf("told %q\n%s", told(plan), diff)
					}
					if again, err := w.plan(c.after, Policy{Audit: true}); err != nil || !again.Empty() {
						t.Errorf("again: %+v, %v", again, err)
					}
				})
			}
		}
	}
}

// What the release lacks stays for a while, and comes back without being sent.
func TestDeleteAfter(t *testing.T) {
	policy := Policy{DeleteAfter: time.Hour}
	w, f := base(t, policy)
	delete(f, "d/x.html")
	plan := w.deploy(t, f, policy)
	if len(plan.Release.Changes) > 0 || !plan.Record || w.live["d/x.html"] == nil {
		t.Fatalf("%+v", plan)
	}
	if plan, err := w.plan(f, policy); err != nil || !plan.Empty() {
		t.Fatalf("%+v, %v", plan, err)
	}
	gone := *w.state
	f["d/x.html"] = "x1"
	if plan := w.deploy(t, f, policy); len(plan.Release.Changes) > 0 || !w.state.File("d/x.html").Gone.IsZero() {
		t.Errorf("%+v", plan)
	}
	w.state = &gone
	w.clock += 3600
	delete(f, "d/x.html")
	w.deploy(t, f, policy)
	if w.live["d/x.html"] != nil || w.state.File("d/x.html") != nil || w.live["d/y.html"] == nil {
		t.Errorf("%v", w.texts())
	}
}

func TestModes(t *testing.T) {
	policy := Policy{KeepModes: true}
	w, f := base(t, policy)
	w.live["index.html"].mode, w.live["css/a.css"].mode = 0o600, 0o664
	f["index.html"], f["new.cgi"], f["new.txt"], f["css/a.css"] = "page 2", "x:cgi", "text", "x:style"
	w.deploy(t, f, policy)
	for p, want := range map[manifest.Path]uint16{"index.html": 0o600, "new.cgi": 0o755, "new.txt": 0o644, "css/a.css": 0o775} {
		if got := w.live[p].mode; got != want {
			t.Errorf("%s has %o, want %o", p, got, want)
		}
	}
	// Another mode in the profile changes files that stay, without sending them.
	policy.Mode = func(p manifest.Path) uint16 {
		if p.Base() == "x.html" || p.Base() == "new.cgi" {
			return 0o640
		}
		return 0
	}
	plan := w.deploy(t, f, policy)
	if len(plan.Stage) > 0 || w.live["d/x.html"].mode != 0o640 || w.live["new.cgi"].mode != 0o640 {
		t.Errorf("%+v", plan)
	}
	if plan, err := w.plan(f, policy); err != nil || !plan.Empty() {
		t.Errorf("again: %+v, %v", plan, err)
	}
	// The x bit alone is a change, but not on a disk that has none.
	local := f.local()
	for i := range local {
		local[i].Exec = local[i].Path == "d/y.html"
	}
	policy.IgnoreExec = true
	if plan, err := Decide(w.look(local, policy), local, policy, w.now()); err != nil || !plan.Empty() {
		t.Errorf("no x bits: %+v, %v", plan, err)
	}
	policy.IgnoreExec = false
	plan, err := Decide(w.look(local, policy), local, policy, w.now())
	if err != nil || len(plan.Stage) > 0 {
		t.Fatalf("%+v, %v", plan, err)
	}
	w.carryOut(t, plan, f, policy)
	if w.live["d/y.html"].mode != 0o755 {
		t.Errorf("%o", w.live["d/y.html"].mode)
	}
}

// Where a directory cannot be listed, nothing in it is touched, and the rest is deployed.
func TestUnknown(t *testing.T) {
	w, f := base(t, Policy{})
	w.errs["d"] = errors.New("broken")
	delete(f, "d/x.html")
	f["d/y.html"], f["d/z.html"], f["index.html"], f["d/e/f.html"] = "y2", "z2", "page 2", "f"
	plan := w.deploy(t, f, Policy{})
	if plan.Unknown["d"] == nil || len(plan.Unknown) != 2 || w.live["index.html"].text != "page 2" {
		t.Errorf("%+v", plan.Unknown)
	}
	if w.live["d/x.html"] == nil || w.live["d/y.html"].text != "y1" || w.live["d/z.html"] != nil {
		t.Errorf("%v", w.texts())
	}
	delete(w.errs, "d")
	w.deploy(t, f, Policy{})
	if diff := cmp.Diff(map[manifest.Path]string(f), w.texts()); diff != "" {
		t.Error(diff)
	}
}

// Touched asks for no more than what changes.
func TestTouched(t *testing.T) {
	w, f := base(t, Policy{})
	touched := func(change func(f files), policy Policy) []manifest.Path {
		g := files{}
		for p, text := range f {
			g[p] = text
		}
		change(g)
		return Touched(Site{State: w.state}, g.local(), policy, w.now())
	}
	for _, c := range []struct {
		name   string
		change func(f files)
		policy Policy
		want   []manifest.Path
	}{
		{"nothing", func(files) {}, Policy{}, nil},
		{"audit", func(files) {}, Policy{Audit: true}, []manifest.Path{"", "css", "d"}},
		{"one file", func(f files) { f["d/x.html"] = "x2" }, Policy{}, []manifest.Path{"d"}},
		{"new file in new directories", func(f files) { f["n/m/x.html"] = "x2" }, Policy{}, []manifest.Path{""}},
		{"new directory in one that is there", func(f files) { f["d/m/x.html"] = "x2" }, Policy{}, []manifest.Path{"d"}},
		{"one deleted", func(f files) { delete(f, "d/x.html") }, Policy{}, []manifest.Path{"d"}},
		{"kept for a while", func(f files) { delete(f, "d/x.html") }, Policy{DeleteAfter: time.Hour}, nil},
		{"the last one deleted", func(f files) { delete(f, "css/a.css") }, Policy{}, []manifest.Path{"css"}},
	} {
		if diff := cmp.Diff(c.want, touched(c.change, c.policy)); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
}

// On a server that does not tell upper from lower case, no file takes the place of another.
func TestCase(t *testing.T) {
	w := newWorld()
	w.deploy(t, files{"k": "k", "Old.html": "o"}, Policy{})
	w.write("Alien.html", "alien")
	plan := func(f files, folding namecase.Folding) (*Plan, error) {
		local := f.local()
		site := w.look(local, Policy{})
		if twins := CaseTwins(site, local); len(twins) == 0 {
			t.Errorf("%v: no twins", f)
		}
		site.Folding = folding
		return Decide(site, local, Policy{}, w.now())
	}
	for _, c := range []struct {
		f    files
		says string
	}{
		{files{"k": "k", "Old.html": "o", "a": "1", "A": "2"}, "A, a"},
		{files{"k": "k", "Old.html": "o", "a": "1", "A/b": "2"}, "a"},
		{files{"k": "k", "Old.html": "o", "alien.html": "1"}, "Alien.html, alien.html"},
		{files{"k": "k", "Old.html": "o", "alien.HTML/b": "1"}, "Alien.html, alien.HTML"},
	} {
		_, err := plan(c.f, namecase.FoldsCase)
		wantUnsafe(t, err, c.says)
		if _, err := plan(c.f, namecase.TellsCaseApart); err != nil {
			t.Errorf("%v: %v", c.f, err)
		}
	}
	p, err := plan(files{"k": "k", "old.html": "o"}, namecase.FoldsCase)
	if err != nil || len(p.Release.Changes) != 2 || p.Release.Changes[0].Kind != Remove || p.Release.Changes[1].Path != "old.html" {
		t.Errorf("another case: %+v, %v", p, err)
	}
}
