package deploy

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"ferry/internal/deploy/pointer"
	"ferry/sync"
)

// tryPrefix begins the name of a directory with the slots in which a pointer is tried.
const tryPrefix = "try-"

// tryDir is where such a directory is made, in the work directory.
const tryDir = "try"

// A trial is a small site in a directory of the site: two slots with a page each, and a pointer to
// the first of them. Another pointer, to the second one, stands beside it.
type trial struct {
	dir   string // in the site
	file  *pointer.File
	page  string    // that is asked for
	texts [2]string // that it shows, one by one
}

// next is the name of the pointer to the second slot.
func (t *trial) next() string { return string(t.file.Path) + ".next" }

// files returns what the small site is made of, relative to it.
func (t *trial) files(was []byte) ([]workContent, error) {
	_, names := t.file.Probe()
	var files []workContent
	for i, name := range []string{string(t.file.Path), t.next()} {
		slot := pointer.Slot(i + 1)
		content, err := t.file.Write(was, slot)
		if err != nil {
			return nil, err
		}
		files = append(files, workContent{name, content})
		for _, page := range names {
			files = append(files, workContent{slot + "/" + page, []byte(t.texts[i] + "\n")})
		}
	}
	return files, nil
}

// tryPointer refuses to deploy where the web server does not show what a pointer names.
func (s *switching) tryPointer(ctx context.Context) error {
	if s.Pointer == nil {
		return nil
	}
	name := tryPrefix + newID()
	t := &trial{dir: pointer.Dir + "/" + name, texts: [2]string{"ferry-" + newID(), "ferry-" + newID()}}
	t.file = s.Pointer.File.In(t.dir)
	t.page, _ = t.file.Probe()
	files, err := t.files(s.pointed.content)
	if err != nil {
		return &sync.UnsafeError{What: fmt.Sprintf("%s cannot point to a release: %v", t.file.Path, err), Hint: "use another switch: for this site"}
	}
	for _, old := range s.pointed.tries { // of runs that were killed
		if err := s.removeTrial(ctx, pointer.Dir+"/"+old, files); err != nil {
			return err
		}
	}
	if err := s.makeTrial(ctx, t.dir, files); err != nil {
		return err
	}
	why := s.watchTrial(ctx, t)
	if err := s.removeTrial(context.WithoutCancel(ctx), t.dir, files); err != nil && why == nil {
		why = err
	}
	return why
}

// makeTrial brings the small site to its place.
func (s *switching) makeTrial(ctx context.Context, dir string, files []workContent) error {
	chain := Chain{{Op: MakeDir, To: Work(tryDir)}}
	for _, d := range dirsOf(files) {
		chain = append(chain, Step{Op: MakeDir, To: Work(tryDir + "/" + d)})
	}
	if !s.hasSlots {
		chain, s.hasSlots = append(chain, Step{Op: MakeDir, To: s.slotsPlace()}), true
	}
	if err := s.apply(ctx, "making directories to try the pointer in", chain); err != nil {
		return err
	}
	var stored []workContent
	for _, f := range files {
		stored = append(stored, workContent{tryDir + "/" + f.name, f.content})
	}
	work := run{Options: s.Options}
	work.Server = s.server
	if err := work.store(ctx, stored...); err != nil {
		return err
	}
	return s.apply(ctx, "moving what is tried into the site", Chain{{Op: Rename, From: Work(tryDir), To: Place{Path: dir}, Free: true}})
}

// watchTrial asks for the page, before and after the pointer is replaced.
func (s *switching) watchTrial(ctx context.Context, t *trial) error {
	at := func(name string) Place { return Place{Path: t.dir + "/" + name} }
	for i, text := range t.texts {
		if i > 0 {
			if err := s.apply(ctx, "replacing the pointer that is tried", Chain{{Op: Rename, From: at(t.next()), To: at(string(t.file.Path))}}); err != nil {
				return err
			}
		}
		if err := s.Pointer.Shows(ctx, t.dir+"/"+t.page, text); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return &sync.UnsafeError{What: fmt.Sprintf("the web server does not show what %s points to, so nothing was deployed: %v", t.file.Path, err), Hint: t.hint()}
		}
	}
	return nil
}

func (t *trial) hint() string {
	if t.file.Template == nil {
		return "this switch needs Apache with mod_rewrite and AllowOverride for this directory; rules in .htaccess that take all pages must come after the lines of ferry"
	}
	return "is check.url the address of this directory? The template must find the release by " + pointer.Mark + " relative to its own directory, as require __DIR__ . '/" + pointer.Mark + "/index.php';"
}

// removeTrial removes what [trial.files] has made, and nothing else.
func (s *switching) removeTrial(ctx context.Context, dir string, files []workContent) error {
	var chain Chain
	for _, f := range files {
		chain = append(chain, Step{Op: Delete, From: Place{Path: dir + "/" + f.name}})
	}
	dirs := dirsOf(files)
	for _, d := range slices.Backward(dirs) {
		chain = append(chain, Step{Op: RemoveDir, From: Place{Path: dir + "/" + d}})
	}
	_, err := s.server.Apply(ctx, [][]Chain{{append(chain, Step{Op: RemoveDir, From: Place{Path: dir}})}})
	return err
}

// dirsOf returns the directories that hold files, parents first.
func dirsOf(files []workContent) (dirs []string) {
	for _, f := range files {
		for dir := path.Dir(f.name); dir != "."; dir = path.Dir(dir) {
			if !slices.Contains(dirs, dir) {
				dirs = append(dirs, dir)
			}
		}
	}
	slices.SortFunc(dirs, func(a, b string) int { return strings.Count(a, "/") - strings.Count(b, "/") })
	return dirs
}
