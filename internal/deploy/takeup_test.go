package deploy

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"ferry/internal/deploy/release"
	"ferry/manifest"
)

func staged(size int64, sec int64) manifest.Entry {
	return manifest.Entry{Kind: manifest.File, Size: size, Precision: manifest.Second, ModTime: sec * int64(time.Second)}
}

func TestStagedName(t *testing.T) {
	for _, e := range []manifest.Entry{
		staged(5, 1_700_000_000), staged(0, 0), staged(1<<40, -5),
		{Kind: manifest.File, Size: 7, Precision: manifest.NoTime},
		{Kind: manifest.File, Size: 7, Precision: manifest.Nanosecond, ModTime: 123},
	} {
		name := release.StagedName(7, sumOf("x"), e)
		if sum, got, ok := release.ParseStagedName(name); !ok || sum != sumOf("x") || got != e {
			t.Errorf("%q is %v, %+v, %v", name, sum, got, ok)
		}
	}
	for _, name := range []string{"", "x", "0-12-3-s4", fmt.Sprintf("0-%032x-05-s1s", 1), fmt.Sprintf("0-%032X-5-s1s", 171), fmt.Sprintf("0-%032x--5-s1s", 1), fmt.Sprintf("0-%032x-5-q1s", 1), fmt.Sprintf("%032x-5-s1s", 1), fmt.Sprintf("x-%032x-5-s1s", 1)} {
		if _, _, ok := release.ParseStagedName(name); ok {
			t.Errorf("%q is taken", name)
		}
	}
}

// A staged file is used again only where content, size and time are as its name says, and
// for as many local files as have it.
func TestReusable(t *testing.T) {
	local := files{"a": "12345", "b": "12345", "c": "other"}.local()
	name := release.StagedName(7, sumOf("12345"), staged(5, 100))
	for _, c := range []struct {
		what   string
		staged []WorkFile
		usable int
	}{
		{"whole", []WorkFile{{name, staged(5, 100)}}, 1},
		{"twice", []WorkFile{{"s/0/" + name, staged(5, 100)}, {"s/1/" + name, staged(5, 100)}}, 2},
		{"once too often", []WorkFile{{"s/0/" + name, staged(5, 100)}, {"s/1/" + name, staged(5, 100)}, {"s/2/" + name, staged(5, 100)}}, 2},
		{"cut", []WorkFile{{name, staged(4, 100)}}, 0},
		{"written again", []WorkFile{{name, staged(5, 101)}}, 0},
		{"a directory", []WorkFile{{name, manifest.Entry{Kind: manifest.Dir}}}, 0},
		{"a part", []WorkFile{{"0000001", staged(5, 100)}}, 0},
		{"of another release", []WorkFile{{release.StagedName(7, sumOf("old"), staged(5, 100)), staged(5, 100)}}, 0},
		{"another size of the sum", []WorkFile{{release.StagedName(7, sumOf("12345"), staged(6, 100)), staged(6, 100)}}, 0},
	} {
		usable, useless := Reusable(c.staged, local)
		if got := len(usable[sumOf("12345")]); got != c.usable || len(useless) != len(c.staged)-c.usable {
			t.Errorf("%s: %v, %v", c.what, usable, useless)
		}
	}
}

// TestRemaining: what one change of a commit needs that broke off.
func TestRemaining(t *testing.T) {
	was, is, alien := staged(3, 100), staged(4, 200), staged(5, 300)
	put := Change{Kind: Put, Path: "d/page.html", From: "stage/s/0/x", Aside: "stage/b/0000001", Was: was, Is: is}
	over := put
	over.Aside = ""
	fresh := over
	fresh.Was = manifest.Entry{}
	remove := Change{Kind: Remove, Path: "d/page.html", Aside: "stage/b/0000001", Was: was}
	const live, from, aside = "d/page.html", "stage/s/0/x", "stage/b/0000001"
	type looks map[string]manifest.Entry
	for _, c := range []struct {
		name   string
		change Change
		at     looks
		tls    bool
		todo   string // the aside of what is to be done; "none": nothing
		stray  string
		lost   bool
		// changed says that it is left alone, overwritten that the version before is lost.
		changed, overwritten bool
	}{
		{name: "not begun", change: put, at: looks{live: was, from: is}, todo: aside},
		{name: "the old one went aside", change: put, at: looks{aside: was, from: is}, todo: ""},
		{name: "done", change: put, at: looks{aside: was, live: is}, todo: "none"},
		{name: "done, and nothing aside", change: put, at: looks{live: is}, todo: "none", overwritten: true},
		{name: "the old one went aside, and is there again", change: put, at: looks{live: was, aside: was, from: is}, todo: "none", changed: true},
		{name: "a new one where one was deleted", change: remove, at: looks{live: alien, aside: was}, todo: "none", changed: true},
		{name: "done, and changed since", change: put, at: looks{aside: was, live: alien}, todo: "none"},
		{name: "somebody wrote in between", change: put, at: looks{aside: was, live: alien, from: is}, todo: "none", changed: true},
		{name: "somebody wrote before", change: over, at: looks{live: alien, from: is}, todo: "none", changed: true},
		{name: "somebody wrote a new one", change: fresh, at: looks{live: alien, from: is}, todo: "none", changed: true},
		{name: "not begun, over", change: over, at: looks{live: was, from: is}, todo: ""},
		{name: "cut", change: over, at: looks{live: was, "d/page.ht": is}, todo: "none", stray: "d/page.ht"},
		{name: "cut early", change: over, at: looks{live: was, "d/p": is}, todo: "none", stray: "d/p"},
		{name: "cut, another directory", change: over, at: looks{live: was, "d": {Kind: manifest.Dir}, "dir": is}, todo: "none", lost: true},
		{name: "cut, other stamp", change: over, at: looks{live: was, "d/page.ht": alien}, todo: "none", lost: true},
		{name: "cannot be cut", change: over, at: looks{live: was, "d/page.ht": is}, tls: true, todo: "none", lost: true},
		{name: "cut going aside", change: put, at: looks{"stage/b/00000": was, from: is}, todo: "", stray: "stage/b/00000"},
		{name: "lost", change: fresh, at: looks{}, todo: "none", lost: true},
		{name: "deletion not begun", change: remove, at: looks{live: was}, todo: aside},
		{name: "deletion done", change: remove, at: looks{aside: was}, todo: "none"},
		{name: "deletion cut", change: remove, at: looks{"stage/b/000": was}, todo: "none", stray: "stage/b/000"},
		{name: "deletion of what somebody wrote", change: remove, at: looks{live: alien}, todo: "none", changed: true},
		{name: "a directory in its place", change: remove, at: looks{aside: was, live: {Kind: manifest.Dir}}, todo: "none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rest, err := Remaining(&Release{Changes: []Change{c.change}}, func(p Place) Look { return Look{Entry: c.at[p.Path]} }, !c.tls)
			if err != nil {
				t.Fatal(err)
			}
			todo := "none"
			if len(rest.Todo) > 0 {
				todo = rest.Todo[0].Aside
			}
			stray := ""
			if len(rest.Strays) > 0 {
				stray = rest.Strays[0].At.Path
			}
			if todo != c.todo || stray != c.stray || len(rest.Lost) > 0 != c.lost || len(rest.Changed) > 0 != c.changed || len(rest.Overwritten) > 0 != c.overwritten {
				t.Errorf("%+v", rest)
			}
		})
	}
	_, err := Remaining(&Release{Changes: []Change{put}}, func(Place) Look { return Look{Err: errors.New("broken")} }, true)
	if err == nil {
		t.Error("what cannot be looked at is taken as known")
	}
}

// TestRemainingOfARenameInCaseOnly holds that the new file is not taken for the old one, where
// the server takes both names for one and the rename was done.
func TestRemainingOfARenameInCaseOnly(t *testing.T) {
	old := manifest.Entry{Kind: manifest.File, Size: 1, Precision: manifest.Second, ModTime: 1e9}
	put := manifest.Entry{Kind: manifest.File, Size: 1, Precision: manifest.Second, ModTime: 2e9}
	r := &Release{Number: 2, Changes: []Change{
		{Kind: Remove, Path: "a.html", Was: old},
		{Kind: Put, Path: "A.html", From: "stage/s/0/x", Is: put},
	}}
	for _, done := range []bool{false, true} {
		rest, err := Remaining(r, func(p Place) Look {
			switch {
			case p.Work && !done:
				return Look{Entry: put}
			case p.Work:
				return Look{}
			case done:
				return Look{Entry: put}
			}
			return Look{Entry: old}
		}, false)
		if err != nil || (len(rest.Todo) == 0) != done || len(rest.Lost) > 0 {
			t.Errorf("done: %v: %+v, %v", done, rest, err)
		}
	}
}
