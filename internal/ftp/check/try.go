package check

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"ferry/internal/ftp"
	"ferry/internal/ftp/listing"
)

// A Trial says whether one operation works on the server.
type Trial struct {
	Operation string `json:"operation"`
	Works     string `json:"works"`            // "yes", "no" or "unknown"
	Needed    bool   `json:"needed,omitempty"` // ferry cannot do without it
	Detail    string `json:"detail,omitempty"` // what the server said, or did; see [Report.Anonymous]
}

// A trial is one operation and how it is tried. It returns what the server did, and
// whether the operation works; an error means that this cannot be told.
type trial struct {
	operation string
	needed    bool
	try       func(t *trier, ctx context.Context) (works bool, detail string, err error)
}

// A trier tries operations in a directory of its own.
type trier struct {
	*checker
	dir string // absolute, without a slash at the end
}

// oddNames holds the names that files get, by what is special about them.
var oddNames = []struct{ what, name string }{
	{"a name with a space", "with space.txt"},
	{"a name with a leading dot", ".dot.txt"},
	{"a name with an umlaut", "\u00fcmlaut.txt"},
	{"a name with a space at its end", "space at end "},
	{"a name with brackets", "[a] {b}*.txt"},
}

// tryOperations makes a directory below the root, tries in it what ferry does with a server,
// and removes it again, also when ctx is cancelled.
func (k *checker) tryOperations(ctx context.Context) error {
	if !k.target.Try || k.report.Mode == "" {
		return nil
	}
	if !k.report.RootThere {
		k.report.Trials = []Trial{{"find the directory", "no", true, "it does not exist"}}
		return nil
	}
	mark := make([]byte, 8)
	rand.Read(mark)
	t := &trier{checker: k}
	for _, plain := range []bool{false, true} {
		if err := k.connect(ctx); err != nil {
			return err
		}
		t.dir = strings.TrimSuffix(k.report.Root, "/") + "/" + k.target.TempName(hex.EncodeToString(mark), plain)
		r, err := k.session.Command(ctx, "MKD "+t.dir)
		if err != nil || r.OK() {
			defer t.cleanUp()
		}
		if err != nil {
			return err
		}
		entered, err := k.session.Command(ctx, "CWD "+t.dir)
		if err != nil {
			return err
		}
		if r.OK() && entered.OK() {
			k.report.Trials = append(k.report.Trials, Trial{"make a directory", "yes", true, ""})
			t.run(ctx)
			return nil
		}
		if plain {
			k.report.Trials = append(k.report.Trials, Trial{"make a directory", "no", true, k.report.Anonymous(r.String())})
		}
	}
	return nil
}

// run tries all operations, one after another.
func (t *trier) run(ctx context.Context) {
	for _, one := range trials() {
		result := Trial{Operation: one.operation, Works: "unknown", Needed: one.needed}
		err := t.connect(ctx)
		if err == nil {
			var works bool
			if works, result.Detail, err = one.try(t, ctx); err == nil {
				result.Works = map[bool]string{true: "yes", false: "no"}[works]
			}
		}
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			result.Detail = err.Error()
			if refused := new(ftp.Error); errors.As(err, &refused) && refused.Code != 0 {
				result.Detail = fmt.Sprintf("%d %s", refused.Code, refused.Reply)
			}
			if class, ok := ftp.ClassOf(err); ok && (class == ftp.File || class == ftp.Server) {
				result.Works = "no"
			}
		}
		result.Detail = t.report.Anonymous(result.Detail)
		t.report.Trials = append(t.report.Trials, result)
	}
}

// at returns the path of a name in the directory.
func (t *trier) at(name string) string { return t.dir + "/" + name }

// store writes a file.
func (t *trier) store(ctx context.Context, name, content string) error {
	_, _, err := t.session.Store(ctx, t.at(name), 0, strings.NewReader(content))
	return err
}

// read returns the content of a file.
func (t *trier) read(ctx context.Context, name string) (string, error) {
	d, err := t.session.Retrieve(ctx, t.at(name), 0)
	if err != nil {
		return "", err
	}
	defer d.Abort()
	content, err := io.ReadAll(io.LimitReader(d, 1<<10))
	if err == nil {
		_, err = d.Finish()
	}
	return string(content), err
}

// find returns what is in a directory below that of t, "" for that itself.
func (t *trier) find(ctx context.Context, below string) (found map[string]listing.Entry, err error) {
	found = make(map[string]listing.Entry)
	list, err := t.list(ctx, strings.TrimSuffix(t.at(below), "/"), t.features.ListForm(), func(e listing.Entry) { found[e.Name] = e })
	if err == nil {
		err = list.Check()
	}
	return found, err
}

// command sends a command and says whether the server took it.
func (t *trier) command(ctx context.Context, line string) (ok bool, reply string, err error) {
	r, err := t.session.Command(ctx, line)
	return r.OK(), r.String(), err
}

// rename renames, and looks whether that was done.
func (t *trier) rename(ctx context.Context, from, to string) (bool, string, error) {
	r, err := t.session.Command(ctx, "RNFR "+t.at(from))
	if err != nil || r.Code != 350 {
		return false, r.String(), err
	}
	if r, err = t.session.Command(ctx, "RNTO "+t.at(to)); err != nil || !r.OK() {
		t.session.GiveUp() // the server may still have the RNFR
		return false, r.String(), err
	}
	found, err := t.find(ctx, "")
	if err != nil {
		return false, "", err
	}
	_, old := found[from]
	_, moved := found[to]
	if old || !moved {
		return false, "it says " + r.String() + ", and does nothing", nil
	}
	return true, "", nil
}

// removed says whether name is gone after a command that was to remove it.
func (t *trier) removed(ctx context.Context, command, name string) (bool, string, error) {
	ok, reply, err := t.command(ctx, command+" "+t.at(name))
	if err != nil || !ok {
		return false, reply, err
	}
	found, err := t.find(ctx, "")
	if _, there := found[name]; there && err == nil {
		return false, "it says " + reply + ", and does nothing", nil
	}
	return err == nil, "", err
}

// cleanUp removes the directory with everything in it, on a new session if need be, even
// when the check was cancelled. All of it is ours: the directory was made by this check.
func (t *trier) cleanUp() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*t.opts.Timeout)
	defer cancel()
	dirs := []string{"sub", "moved", ""}
	for range 2 { // once more where the session was lost
		if t.connect(ctx) != nil {
			break
		}
		for _, dir := range dirs {
			found, err := t.find(ctx, dir)
			if err != nil {
				continue
			}
			for _, name := range slices.Sorted(maps.Keys(found)) {
				if found[name].Kind != listing.Dir {
					_, _, _ = t.command(ctx, "DELE "+strings.TrimSuffix(t.at(dir), "/")+"/"+name)
				}
			}
		}
		for _, name := range written {
			if !t.session.Dead() {
				_, _, _ = t.command(ctx, "DELE "+t.at(name))
			}
		}
		for _, dir := range dirs {
			if !t.session.Dead() {
				_, _, _ = t.command(ctx, "RMD "+strings.TrimSuffix(t.at(dir), "/"))
			}
		}
		if !t.session.Dead() {
			if there, _, err := t.command(ctx, "CWD "+t.dir); err == nil && !there {
				return
			}
		}
	}
	t.report.Left = t.dir
	t.note("the directory %q could not be removed", t.dir)
}

// holds says whether a file has the content that it should have.
func (t *trier) holds(ctx context.Context, name, want string) (bool, string, error) {
	switch got, err := t.read(ctx, name); {
	case err != nil:
		return false, "", err
	case got != want:
		return false, fmt.Sprintf("the file holds %.40q, not %.40q", got, want), nil
	}
	return true, "", nil
}
