package report

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ferry/internal/text"
	"ferry/sync"
)

// A failure is an action that failed.
type failure struct {
	action *sync.Action
	err    error
	cause  string // what err says without naming the file, see [Verdict]
}

// failures collects what failed for one cause: a thousand files that the server refuses in
// the same words are one message.
type failures struct {
	groups []*failureGroup // in the order in which they began
	byKey  map[string]*failureGroup
}

// A failureGroup holds what failed for one cause.
type failureGroup struct {
	first  failure
	detail string // the cause in words
	count  [len(undone)]int
	all    int
	names  map[string]bool
}

// A change is what actions of some kinds do.
type change struct {
	ops        []sync.Op
	noun, verb string
}

// undone holds what does not happen when an action fails.
var undone = [...]change{
	{[]sync.Op{sync.Upload}, "file", "sent"},
	{[]sync.Op{sync.Download}, "file", "fetched"},
	{[]sync.Op{sync.Chmod}, "mode", "set"},
	{[]sync.Op{sync.Link}, "link", "made"},
	{[]sync.Op{sync.Mkdir}, "directory", "made"},
	{[]sync.Op{sync.Delete}, "file", "deleted"},
	{[]sync.Op{sync.Rmdir}, "directory", "removed"},
	{[]sync.Op{sync.Rename, sync.SetAside}, "name", "changed"},
	{nil, "path", "recorded"}, // all others
}

// add puts a failure to those of its cause.
func (f *failures) add(one failure) {
	key, detail := one.key()
	g := f.byKey[key]
	if g == nil {
		g = &failureGroup{first: one, detail: detail}
		f.groups = append(f.groups, g)
		if f.byKey == nil {
			f.byKey = make(map[string]*failureGroup)
		}
		f.byKey[key] = g
	}
	g.add(one, detail)
}

func (g *failureGroup) add(one failure, detail string) {
	kind := slices.IndexFunc(undone[:], func(c change) bool { return slices.Contains(c.ops, one.action.Op) })
	if kind < 0 {
		kind = len(undone) - 1
	}
	g.count[kind]++
	g.all++
	if g.detail == "" {
		g.detail = detail
	}
	name := text.Clean(string(one.action.Path))
	if rests := new(sync.NotTriedError); errors.As(one.err, &rests) {
		name = text.Clean(string(rests.Path))
	}
	if g.names == nil {
		g.names = make(map[string]bool)
	}
	g.names[name] = true
}

// someNames returns the first few names, and how many more there are.
func (g *failureGroup) someNames() string {
	names := slices.Sorted(maps.Keys(g.names))
	if more := len(names) - worthNaming; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:worthNaming], ", "), more)
	}
	return strings.Join(names, ", ")
}

// message says what failed, and why.
func (one failure) message() string {
	return fmt.Sprintf("%s %s: %s", one.action.Op, text.Clean(string(one.action.Path)), text.Clean(reason(one.action, one.err)))
}

// message says what failed, in one line. ended is what ended the pass, "" where nothing
// did: what it says is not said again.
func (g *failureGroup) message(ended string) string {
	because := g.detail
	if because != "" && strings.Contains(ended, because) {
		because = ""
	}
	names := g.someNames()
	switch {
	case g.all == 1:
		return g.first.message()
	case errors.As(g.first.err, new(*sync.NotTriedError)):
		return fmt.Sprintf("%s, because what they need was not done: %s", g.counts("tried"), names)
	case errors.Is(g.first.err, sync.ErrFull):
		where := "the server is full"
		if g.first.action.Side == sync.Local {
			where = "the disk is full"
		}
		if because != "" {
			because = " (" + because + ")"
		}
		return fmt.Sprintf("%s: %s%s: %s", where, g.counts(""), because, names)
	case because == "":
		return fmt.Sprintf("%s: %s", g.counts(""), names)
	}
	return fmt.Sprintf("%s: %s: %s", g.counts(""), because, names)
}

// counts says how many actions did not happen: "3 files were not sent, 1 directory was not
// made". verb replaces the verbs; "": each has its own.
func (g *failureGroup) counts(verb string) string {
	var parts []string
	for i, u := range undone {
		if g.count[i] == 0 {
			continue
		}
		was, did := "were", u.verb
		if g.count[i] == 1 {
			was = "was"
		}
		if verb != "" {
			did = verb
		}
		parts = append(parts, fmt.Sprintf("%s %s not %s", text.Count(g.count[i], u.noun), was, did))
	}
	return strings.Join(parts, ", ")
}
