package deploy

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"ferry/internal/text"
	"ferry/manifest"
	"ferry/sync"
)

// namesDir is the directory of the work directory in which names are tried.
const namesDir = "names"

// checkNames stops a deploy of a new name that the server does not store as it is sent: it would
// go live under another one, perhaps that of another file. Such names are tried in the work
// directory, as a deploy brings them there: those of directories are made, those of files are
// renamed to. Names that are not listed afterwards are not kept.
func (r *run) checkNames(ctx context.Context) error {
	paths, ofDirs := r.namesToTry()
	if len(paths) == 0 {
		return nil
	}
	var tried, remove []Chain
	for name := range paths {
		at := Work(namesDir + "/" + name)
		if ofDirs[name] {
			tried = append(tried, Chain{{Op: MakeDir, To: at}})
			continue
		}
		plain := Work(fmt.Sprintf("%s/%d", namesDir, len(tried))) // some servers make no directory with a "*" in its name
		tried = append(tried, Chain{{Op: MakeDir, To: plain}, {Op: Rename, From: plain, To: at}})
	}
	errs, err := r.Server.Apply(ctx, [][]Chain{{{{Op: MakeDir, To: Work(namesDir)}}}, tried})
	if err == nil {
		err = errs[0][0][0]
	}
	if err != nil {
		return fmt.Errorf("trying names in the work directory: %w", err)
	}
	var why error
	for _, chain := range errs[1] {
		err := errors.Join(chain...)
		if errors.Is(err, ErrUnknown) {
			return fmt.Errorf("trying names in the work directory: %w", err)
		}
		why = errors.Join(why, err)
	}
	listed, err := r.Server.ListWork(ctx, namesDir)
	if err != nil {
		return err
	}
	kept := make(map[string]bool)
	for _, f := range listed {
		if p, err := manifest.Root.Child(f.Name); err == nil {
			kept[manifest.Fold(p.Base())] = true // names that differ in case may be one there
		}
		remove = append(remove, Chain{{Op: RemoveDir, From: Work(namesDir + "/" + f.Name)}})
	}
	maps.DeleteFunc(paths, func(name string, _ []manifest.Path) bool { return kept[manifest.Fold(name)] })
	if _, err := r.Server.Apply(ctx, [][]Chain{remove, {{{Op: RemoveDir, From: Work(namesDir)}}}}); err != nil {
		return err
	}
	return namesNotKept(paths, why)
}

// mostNamed is how many paths an error names.
const mostNamed = 10

// namesNotKept returns the error for names that the server changes or refuses, with the paths
// that have them; why says what was refused.
func namesNotKept(paths map[string][]manifest.Path, why error) error {
	var all []manifest.Path
	for _, of := range paths {
		all = append(all, of...)
	}
	if len(all) == 0 {
		return nil
	}
	slices.SortFunc(all, manifest.Path.Compare)
	var quoted []string
	for _, p := range slices.Compact(all) {
		quoted = append(quoted, fmt.Sprintf("%q", p))
	}
	what := "the server does not keep these names as they are: " + text.Some(quoted, mostNamed)
	if why != nil {
		first, _, _ := strings.Cut(why.Error(), "\n")
		what += fmt.Sprintf(" (%s)", text.Clean(first))
	}
	return &sync.UnsafeError{What: what, Hint: "rename these files or directories, or leave them out with ignore:"}
}

// namesToTry returns the unusual names that a release brings, with the paths that have them. Names
// that the server lists already, and directories of managed files, are not among them. It also
// returns which of the names are those of directories.
func (r *run) namesToTry() (paths map[string][]manifest.Path, ofDirs map[string]bool) {
	had := map[manifest.Path]bool{}
	if r.state != nil {
		had = holds(r.state.Files)
	}
	paths, ofDirs = map[string][]manifest.Path{}, map[string]bool{}
	for _, c := range r.plan.Release.Changes {
		if c.Kind != Put || c.Was.Exists() {
			continue
		}
		for p := c.Path; p != manifest.Root && !had[p]; p = p.Parent() {
			if isUnusual(p.Base()) {
				paths[p.Base()] = append(paths[p.Base()], c.Path)
				ofDirs[p.Base()] = ofDirs[p.Base()] || p != c.Path
			}
		}
	}
	return paths, ofDirs
}

// longName is from how many bytes on a name may be too long for a server.
const longName = 100

// isUnusual reports whether there are servers that store a name as another one, or refuse it:
// with control characters, with characters that mean something else on Windows, with others than
// those of ASCII, with a space or dot at an end, and long ones.
func isUnusual(name string) bool {
	odd := func(c rune) bool {
		return c < ' ' || c == 0x7f || c >= utf8.RuneSelf || strings.ContainsRune(`\:*?"<>|`, c)
	}
	return len(name) >= longName || strings.ContainsFunc(name, odd) || strings.Trim(name, " ") != name || strings.HasSuffix(name, ".")
}
