package deploy

import (
	"context"
	"errors"
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

// tryPointer refuses to deploy where the web server does not show what a pointer names.
func (s *switching) tryPointer(ctx context.Context) error {
	if s.Pointer == nil {
		return nil
	}
	name := tryPrefix + newID()
	t := s.Pointer.File.Trial(pointer.Dir+"/"+name, "ferry-"+newID(), "ferry-"+newID())
	contents, err := t.Files(s.pointed.content)
	if err != nil {
		return s.cannotPoint(err)
	}
	var files []workContent
	for name, content := range contents {
		files = append(files, workContent{name, content})
	}
	for _, old := range s.pointed.tries { // of runs that were killed
		if err := s.removeTrial(ctx, pointer.Dir+"/"+old, files); err != nil {
			return err
		}
	}
	hadSlots := s.hasSlots
	if err := s.makeTrial(ctx, t.Dir, files); err != nil {
		return err
	}
	why := s.watchTrial(ctx, t)
	if why == nil { // the second pointer has taken the place of the first
		files = slices.DeleteFunc(files, func(f workContent) bool { return f.name == t.Next() })
	}
	if err := s.removeTrial(context.WithoutCancel(ctx), t.Dir, files); err != nil && why == nil {
		why = err
	}
	if why != nil && !hadSlots {
		_, err := s.server.Apply(context.WithoutCancel(ctx), [][]Chain{{{{Op: RemoveDir, From: s.slotsPlace()}}}})
		return errors.Join(why, err)
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
func (s *switching) watchTrial(ctx context.Context, t *pointer.Trial) error {
	at := func(name string) Place { return Place{Path: t.Dir + "/" + name} }
	for i, text := range t.Texts {
		if i > 0 {
			if err := s.apply(ctx, "replacing the pointer that is tried", Chain{{Op: Rename, From: at(t.Next()), To: at(string(t.Path))}}); err != nil {
				return err
			}
		}
		if err := s.Pointer.Shows(ctx, t.Dir+"/"+t.Page, text); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if errors.Is(err, ErrNotAsked) {
				return fmt.Errorf("nothing was deployed: %w", err)
			}
			return &sync.UnsafeError{What: fmt.Sprintf("the web server does not show what %s points to, so nothing was deployed: %v", t.Path, err), Hint: t.Hint()}
		}
	}
	return nil
}

// removeTrial removes what [pointer.Trial.Files] has made, and nothing else.
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
