package report

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"ferry/internal/text"
	"ferry/manifest"
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

// key returns what failures of one cause have in common, and that cause in words; "": the
// failure knows no more than its kind.
func (one failure) key() (key, detail string) {
	switch detail = causeIn(one.cause, one.action.Path); {
	case errors.As(one.err, new(*sync.NotTriedError)):
		return "not tried", ""
	case errors.Is(one.err, sync.ErrFull):
		detail = strings.TrimPrefix(strings.TrimPrefix(detail, sync.ErrFull.Error()), ": ")
		return fmt.Sprint("full ", one.action.Side), detail
	}
	return fmt.Sprint(one.action.Side, " ", numbers.ReplaceAllStringFunc(detail, func(n string) string {
		if len(n) == len("550") {
			return n // most likely the code of a reply
		}
		return "0"
	})), detail
}

// numbers matches what may differ in two messages that mean the same.
var numbers = regexp.MustCompile(`\d+`)

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

// causeIn returns a message about path with "…" where it names the path or its last
// component, with whatever stands before it in one word.
func causeIn(message string, path manifest.Path) string {
	message = text.Clean(message)
	for _, op := range []sync.StepOp{sync.Put, sync.MkDir, sync.Move, sync.Remove, sync.RmDir} {
		message = strings.TrimPrefix(message, text.Clean(fmt.Sprintf("%s %s: ", op, path)))
	}
	for _, name := range []string{text.Clean(string(path)), text.Clean(path.Base())} {
		message = withoutName(message, name)
	}
	return message
}

// withoutName puts "…" in place of each name that stands in message by itself.
func withoutName(message, name string) string {
	if name == "" {
		return message
	}
	var b strings.Builder
	for {
		i := strings.Index(message, name)
		if i < 0 {
			return b.String() + message
		}
		before, _ := utf8.DecodeLastRuneInString(message[:i])
		after, _ := utf8.DecodeRuneInString(message[i+len(name):])
		if isWord(before) || isWord(after) {
			b.WriteString(message[:i+len(name)])
		} else {
			start := i
			if before == '/' || before == '\\' {
				start = strings.LastIndexAny(message[:i], " \"'(<[") + 1
			}
			b.WriteString(message[:start] + "…")
		}
		message = message[i+len(name):]
	}
}

func isWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_')
}
