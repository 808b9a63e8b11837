package deploy_test

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ferry/internal/deploy"
	"ferry/internal/deploy/deploytest"
	"ferry/internal/deploy/pointer"
	"ferry/manifest"
	"ferry/sync"
)

// A pointed site has a file that names the release which is live, and a web server that follows it.
type pointedSite struct {
	*switched
	file *pointer.File
	deaf bool // the web server does not follow it
}

const theirRules = "# theirs\r\nOptions -Indexes"

// newPointed makes a site with a .htaccess, or with a pointer made of a template.
func newPointed(t *testing.T, template string) *pointedSite {
	p := &pointedSite{switched: newSwitched(t)}
	p.m.Beside = false
	p.file = &pointer.File{Path: pointer.Htaccess, Base: "/", Shared: uploads}
	if template != "" {
		p.file = &pointer.File{Path: "index.php", Base: "/", Template: []byte(template)}
		p.shared = nil
	} else {
		p.m.Write(deploy.Place{Path: pointer.Htaccess}, theirRules)
	}
	p.pointer = &deploy.Pointer{File: p.file, Shows: func(_ context.Context, page, text string) error {
		if got := p.show(page); !strings.Contains(got, text) {
			return fmt.Errorf("it shows %q", got)
		}
		return nil
	}}
	return p
}

// show returns what the web server shows at a path: what the pointer nearest to it leads to.
func (p *pointedSite) show(page string) string {
	dir, name := path.Split(page)
	content, _ := p.m.Content(deploy.Place{Path: dir + string(p.file.Path)})
	slot, err := p.file.Slot([]byte(content))
	if err != nil || slot == "" || p.deaf {
		return ""
	}
	if p.file.Template != nil {
		name = "index.html"
	}
	text, _ := p.m.Content(deploy.Place{Path: dir + slot + "/" + name})
	return text
}

// slot returns the slot that is live, "" for none.
func (p *pointedSite) slot() string {
	content, _ := p.m.Content(deploy.Place{Path: string(p.file.Path)})
	slot, err := p.file.Slot([]byte(content))
	if err != nil {
		p.Error(err)
	}
	return slot
}

// shown returns what visitors see.
func (p *pointedSite) shown() texts {
	all, slot := siteOf(p.m), p.slot()
	shown := texts{}
	for name, text := range all {
		if below, ok := strings.CutPrefix(string(name), slot+"/"); slot != "" && ok && !strings.HasPrefix(below, ".ferry") {
			shown[manifest.Path(below)] = text
		}
	}
	if slot != "" && len(shown) == 0 {
		p.Errorf("%s is live, and is not there", slot)
	}
	return shown
}

func (p *pointedSite) wantShown(what string, files texts) {
	p.Helper()
	if diff := cmp.Diff(files, p.shown()); diff != "" {
		p.Errorf("%s: another site is shown (-want +got):\n%s", what, diff)
	}
	if text, _ := p.m.Content(deploy.Place{Path: theirs}); text != "theirs" {
		p.Errorf("%s: what is shared is gone", what)
	}
	if text, _ := p.m.Content(deploy.Place{Path: pointer.Htaccess}); p.file.Template == nil && !strings.HasPrefix(text, theirRules+"\n# BEGIN") {
		p.Errorf("%s: the other rules have changed: %q", what, text)
	}
}

func (p *pointedSite) put(files texts) deploy.Result {
	p.Helper()
	result, err := p.on(p.m.Open(), files)
	if err != nil {
		p.Fatal(err)
	}
	p.wantShown("deployed", files)
	return result
}

// slots returns what is in the directory of the slots.
func (p *pointedSite) slots() (names []string) {
	for _, name := range p.m.Names(false) {
		if rest, ok := strings.CutPrefix(name, pointer.Dir+"/"); ok && strings.Count(rest, "/") == 1 && strings.HasSuffix(rest, "/") {
			names = append(names, strings.TrimSuffix(rest, "/"))
		}
	}
	return names
}

const template = "<?php require __DIR__ . '/{slot}/index.html';"

// Each release is made in a directory of its own, and goes live when the pointer names it.
func TestPointer(t *testing.T) {
	for _, template := range []string{"", template} {
		p := newPointed(t, template)
		for i, files := range releases {
			if r := p.put(files); !r.Committed || r.Release != i+1 || i > 0 && r.Previous != i {
				t.Errorf("release %d: %+v", i+1, r)
			}
			if again := p.put(files); again.Committed || !again.Plan.Empty() || again.Release != i+1 {
				t.Errorf("again: %+v", again)
			}
		}
		if r := p.put(releases[2]); r.Uploaded > 0 {
			t.Errorf("%d files were uploaded, and all of them were there", r.Uploaded)
		}
		if got := p.slots(); !slices.Equal(got, []string{"0000004", "0000005"}) {
			t.Errorf("%q", got)
		}
		if got := p.directories(); len(got) > 0 {
			t.Errorf("in the work directory: %q", got)
		}
	}
}

// A machine is killed at any step, and another one goes on. Until the pointer is renamed, visitors
// see the release before, byte for byte.
func TestPointerKilled(t *testing.T) {
	for _, c := range []struct {
		template     string
		before, step int
	}{{"", 2, 1}, {"", 0, 4}, {template, 2, 4}} {
		before, killed := c.before, 0
		for n := 0; ; n += c.step {
			p := newPointed(t, c.template)
			for _, files := range releases[:before] {
				p.put(files)
			}
			was, next := p.shown(), releases[before]
			machine := p.m.Open()
			machine.KillAfter(n)
			_, err := p.on(machine, next)
			if !machine.Killed() {
				if err != nil {
					t.Fatal(err)
				}
				break
			}
			killed++
			what := fmt.Sprintf("%d releases before, killed after %d steps", before, n)
			if got := p.shown(); !cmp.Equal(got, was) && !cmp.Equal(got, next) {
				t.Errorf("%s: a mixture is live: %v", what, got)
			}
			if r := p.put(next); r.Committed && r.Release != before+1 && r.Release != before+2 {
				t.Errorf("%s: release %d", what, r.Release)
			}
			if before > 0 {
				p.put(releases[before-1])
			}
			if got := p.slots(); len(got) > before+2 || strings.Contains(strings.Join(got, " "), "try") {
				t.Errorf("%s: %q", what, got)
			}
			if t.Failed() {
				t.Fatalf("%q", p.m.Names(false))
			}
		}
		if killed < 10 {
			t.Errorf("only killed %d times", killed)
		}
	}
}

// The connection is cut in a write: the run knows which release is live.
func TestPointerCut(t *testing.T) {
	for n := range 60 {
		done := n%2 == 0
		p := newPointed(t, "")
		p.put(releases[0])
		machine := p.m.Open()
		machine.CutAfter(n, done)
		r, err := p.on(machine, releases[1])
		want := releases[0]
		if r.Committed {
			want = releases[1]
		}
		if r.Committed != (err == nil) {
			t.Errorf("cut after %d steps: %+v, %v", n, r, err)
		}
		p.wantShown(fmt.Sprintf("cut after %d steps", n), want)
		p.put(releases[1])
	}
}

// Going back is the same switch, and can be taken back.
func TestPointerBack(t *testing.T) {
	for _, template := range []string{"", template} {
		p := newPointed(t, template)
		p.policy.Keep = 2
		for _, files := range releases[:3] {
			p.put(files)
		}
		for _, c := range []struct{ to, want int }{{0, 2}, {0, 1}, {3, 3}, {1, 1}, {2, 2}} {
			if _, err := p.back(c.to); err != nil {
				t.Fatal(c, err)
			}
			p.wantShown(fmt.Sprintf("back to %d", c.to), releases[c.want-1])
		}
		if _, err := p.back(9); !errors.Is(err, deploy.ErrNotKept) {
			t.Error(err)
		}
		for n := 0; ; n++ {
			machine := p.m.Open()
			machine.KillAfter(n)
			_, err := deploy.Rollback(context.Background(), p.options(machine, nil), 1)
			if !machine.Killed() {
				if err != nil {
					t.Error(err)
				}
				break
			}
			p.put(releases[1])
		}
		told, err := deploy.Releases(context.Background(), p.options(p.m.Open(), nil))
		if err != nil || !told[0].Live || !told[1].Kept {
			t.Errorf("%+v, %v", told, err)
		}
	}
}

// Nothing is done where the pointer would not lead to the release, or hide what others have made.
func TestPointerRefused(t *testing.T) {
	for _, c := range []struct {
		name, want string
		first      bool
		do         func(p *pointedSite)
	}{
		{"nobody follows it", "does not show", false, func(p *pointedSite) { p.deaf = true }},
		{"nobody follows the first", "does not show", true, func(p *pointedSite) { p.deaf = true }},
		{"a page of somebody else", "theirs.css", true, func(p *pointedSite) { p.m.Write(deploy.Place{Path: "css/theirs.css"}, "!") }},
		{"a file of somebody else where slots are", "slots/theirs", true, func(p *pointedSite) { p.m.Write(deploy.Place{Path: "slots/theirs/x"}, "!") }},
		{"in the live release", "css/theirs.css", false, func(p *pointedSite) { p.m.Write(deploy.Place{Path: p.slot() + "/css/theirs.css"}, "!") }},
		{"no end of the block", "# END ferry", false, func(p *pointedSite) { p.m.Write(deploy.Place{Path: pointer.Htaccess}, "# BEGIN ferry\n") }},
		{"a directory", "not a file", true, func(p *pointedSite) {
			p.m.Remove(deploy.Place{Path: pointer.Htaccess})
			p.m.MakeDir(deploy.Place{Path: pointer.Htaccess})
		}},
		{"no uploads", "data/uploads", false, func(p *pointedSite) { p.m.Remove(deploy.Place{Path: "data/uploads"}) }},
		{"changed meanwhile", "has changed", false, func(p *pointedSite) {
			p.pointer.Shows = func(context.Context, string, string) error {
				text, _ := p.m.Content(deploy.Place{Path: pointer.Htaccess})
				p.m.Write(deploy.Place{Path: pointer.Htaccess}, strings.Replace(text, "Options", "# more\nOptions", 1))
				return nil
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPointed(t, "")
			if !c.first {
				p.put(releases[0])
			}
			c.do(p)
			before := siteOf(p.m)
			slot := ""
			if c.want != "# END ferry" {
				slot = p.slot()
			}
			_, err := p.on(p.m.Open(), releases[1])
			var unsafe *sync.UnsafeError
			if !errors.As(err, &unsafe) || !strings.Contains(unsafe.What, c.want) {
				t.Errorf("%v", err)
			}
			if unsafe != nil && strings.Contains(unsafe.Hint, "move it away") { // which takes the site away, too
				t.Errorf("hint: %s", unsafe.Hint)
			}
			after := siteOf(p.m)
			for name, text := range before {
				if slot != "" && name.Within(manifest.Path(slot)) && after[name] != text {
					t.Errorf("%q has changed", name)
				}
			}
			if got := p.slots(); strings.Contains(strings.Join(got, " "), "try") {
				t.Errorf("left: %q", got)
			}
		})
	}
	p := newPointed(t, "")
	var unsafe *sync.UnsafeError
	if _, err := p.on(p.m.Open(), texts{"index.html": "1", "slots/x": "2"}); !errors.As(err, &unsafe) || !strings.Contains(unsafe.What, "slots/x") {
		t.Error(err)
	}
}

// A first deploy leaves the site as it was where it is, and keeps what the pointer replaces.
func TestPointerFirst(t *testing.T) {
	p := newPointed(t, "")
	p.m.Write(deploy.Place{Path: "index.html"}, "their page")
	p.put(releases[0])
	if text, _ := p.m.Content(deploy.Place{Path: "index.html"}); text != "their page" {
		t.Errorf("%q", text)
	}
	p = newPointed(t, template)
	p.m.Write(deploy.Place{Path: "index.php"}, "<?php their_page();")
	p.put(releases[0])
	kept := slices.ContainsFunc(p.m.Names(true), func(name string) bool {
		text, _ := p.m.Content(deploy.Work(name))
		return text == "<?php their_page();"
	})
	if !kept {
		t.Errorf("%q", p.m.Names(true))
	}
	for _, template := range []string{"", template} { // no site at all
		p = newPointed(t, template)
		p.m = deploytest.NewMemory()
		p.m.RemoveRoot()
		if _, err := p.on(p.m.Open(), releases[0]); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(releases[0], p.shown()); diff != "" {
			t.Error(diff)
		}
		if names := p.m.Names(false); slices.Contains(names, theirs[:len("data/uploads/")]) != (template == "") {
			t.Errorf("%q", names)
		}
	}
}

// A site that was deployed file by file can be pointed to, and the releases count on.
func TestPointerAfterFiles(t *testing.T) {
	p := newPointed(t, "")
	o := p.options(p.m.Open(), releases[0])
	o.Pointer, o.Shared = nil, nil
	run(t, o)
	run(t, deploy.Options{Server: p.m.Open(), Source: releases[1], Policy: p.policy, Now: o.Now})
	if r := p.put(releases[1]); r.Release != 3 || r.Previous != 2 {
		t.Errorf("%+v", r)
	}
	p.put(releases[2])
	told, err := deploy.Releases(context.Background(), p.options(p.m.Open(), nil))
	if err != nil || len(told) != 4 {
		t.Errorf("%+v, %v", told, err)
	}
}

// Where something else is shared, or the template has changed, the pointer is written anew
// although the files are the same.
func TestPointerStale(t *testing.T) {
	p := newPointed(t, "")
	p.put(releases[0])
	p.m.MakeDir(deploy.Place{Path: "more"})
	p.shared = append(slices.Clone(uploads), "more")
	p.file.Shared = p.shared
	if r := p.put(releases[0]); !r.Committed || r.Uploaded > 10 {
		t.Errorf("%+v", r)
	}
	if text, _ := p.m.Content(deploy.Place{Path: pointer.Htaccess}); !strings.Contains(text, "|more)") {
		t.Errorf("%q", text)
	}
	if r := p.put(releases[0]); r.Committed {
		t.Errorf("%+v", r)
	}
	q := newPointed(t, template)
	q.put(releases[0])
	q.file.Template = append(q.file.Template, "\n// more"...)
	if r := q.put(releases[0]); !r.Committed {
		t.Errorf("%+v", r)
	}
}

// The slot that is live is gone: the release is sent as a whole.
func TestPointerSlotGone(t *testing.T) {
	p := newPointed(t, "")
	p.put(releases[0])
	p.m.Remove(deploy.Place{Path: p.slot()})
	p.put(releases[1])
}

// What is shared is gone: releases can be looked at and gone back to all the same.
func TestPointerSharedGone(t *testing.T) {
	p := newPointed(t, "")
	p.put(releases[0])
	p.put(releases[1])
	p.m.Remove(deploy.Place{Path: "data/uploads"})
	if told, err := deploy.Releases(context.Background(), p.options(p.m.Open(), nil)); err != nil || len(told) != 2 {
		t.Errorf("%+v, %v", told, err)
	}
	if _, err := p.back(0); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(releases[0], p.shown()); diff != "" {
		t.Error(diff)
	}
}

// A dry run changes nothing, and asks nothing.
func TestPointerDryRun(t *testing.T) {
	p := newPointed(t, "")
	p.put(releases[0])
	p.dryRun, p.deaf = true, true
	before := siteOf(p.m)
	if r, err := p.on(p.m.Open(), releases[1]); err != nil || r.Plan.Empty() {
		t.Errorf("%+v, %v", r, err)
	}
	if diff := cmp.Diff(before, siteOf(p.m)); diff != "" {
		t.Error(diff)
	}
}
