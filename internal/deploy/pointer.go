package deploy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"ferry/internal/deploy/pointer"
	"ferry/manifest"
	"ferry/sync"
)

// A Pointer is how the web server is told which release to show.
type Pointer struct {
	File *pointer.File
	// Shows asks the web server for a page of the site. The error says why the page does not
	// show text. It wraps [ErrNotAsked] where the web server did not answer.
	Shows func(ctx context.Context, page, text string) error
}

// ErrNotAsked is wrapped by errors of [Pointer.Shows]: the web server was not reached, so it is not
// known what it shows.
var ErrNotAsked = errors.New("the web server was not reached")

// mostPointer is how many bytes the pointer may have.
const mostPointer = 1 << 20

// stagedPointer is where the pointer to the next release waits, in the work directory.
const stagedPointer = "pointer"

// oldPointer is the pointer that is being replaced, in the work directory: some servers do not
// rename over files, so a cut may leave the site without any.
const oldPointer = "pointer.old"

// pointed is what the pointer says.
type pointed struct {
	look    Look
	content []byte   // nil: there is none
	number  int      // of the slot that it names; 0: none
	tries   []string // directories with the slots in which a pointer was tried
}

// LivePlace returns the directory of the site that visitors see, as far as ferry knows: the site
// itself, or a slot. Nothing is locked or changed.
func LivePlace(ctx context.Context, o Options) (Place, error) {
	if o.Pointer == nil {
		return Place{}, nil
	}
	o.DryRun = true
	s := newSwitching(o)
	err := s.readPointer(ctx)
	return s.place, err
}

// pointerPlace is where the pointer is in the site.
func (s *switching) pointerPlace() Place { return Place{Path: string(s.Pointer.File.Path)} }

// readPointer finds the live directory: the slot that the pointer names. Where it names none, all
// of the site is live as Apache shows it, and nothing is where the pointer is a file of its own.
func (s *switching) readPointer(ctx context.Context) error {
	if s.Pointer == nil {
		return nil
	}
	at := s.pointerPlace()
	looks, err := s.lookAt(ctx, []Place{at, Work(oldPointer)}, false)
	if err != nil {
		return err
	}
	if !looks[0].Entry.Exists() && looks[1].Entry.IsFile() {
		if looks[0] = looks[1]; s.DryRun {
			at = Work(oldPointer)
		} else if err := s.putPointerBack(ctx); err != nil {
			return err
		}
	}
	s.pointed = pointed{look: looks[0]}
	unsafe := func(why string) error {
		return &sync.UnsafeError{What: fmt.Sprintf("%s on the server cannot be the pointer: %s", s.Pointer.File.Path, why),
			Hint: "put it right by hand"}
	}
	if there := looks[0].Entry; there.Exists() && !there.IsFile() {
		return unsafe("it is not a file")
	} else if there.Exists() {
		if s.pointed.content, err = s.downloadPointer(ctx, at); err != nil {
			return err
		}
	}
	slot, err := s.Pointer.File.Slot(s.pointed.content)
	if err != nil {
		return unsafe(err.Error())
	}
	s.pointed.number, _ = strconv.Atoi(strings.TrimPrefix(slot, pointer.Dir+"/"))
	if slot != "" || s.Pointer.File.Template != nil {
		s.place = s.slot(s.pointed.number)
	}
	s.live.Server = s.at(s.place)
	return nil
}

// putPointerBack puts the pointer back that a switch took away and did not replace.
func (s *switching) putPointerBack(ctx context.Context) error {
	s.Observer(Noticed{Text: fmt.Sprintf("a switch broke off: %s is put back", s.Pointer.File.Path)})
	return s.apply(ctx, "putting the pointer back", Chain{{Op: Rename, From: Work(oldPointer), To: s.pointerPlace(), Free: true}})
}

func (s *switching) downloadPointer(ctx context.Context, at Place) ([]byte, error) {
	in, err := s.server.Download(ctx, at)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(io.LimitReader(in, mostPointer+1))
	if err == nil && len(content) > mostPointer {
		err = fmt.Errorf("it has more than %d bytes", mostPointer)
	}
	if err = errors.Join(err, in.Close()); err != nil {
		return nil, fmt.Errorf("reading %s: %w", s.Pointer.File.Path, err)
	}
	return append([]byte{}, content...), nil
}

// writePointer returns the pointer to a slot.
func (s *switching) writePointer(slot Place) ([]byte, error) {
	content, err := s.Pointer.File.Write(s.pointed.content, slot.Path)
	if err != nil {
		return nil, s.cannotPoint(err)
	}
	return content, nil
}

func (s *switching) cannotPoint(why error) error {
	return &sync.UnsafeError{What: fmt.Sprintf("%s cannot point to a release: %v", s.Pointer.File.Path, why), Hint: "use another switch: for this site"}
}

// isStale reports whether there is no pointer yet, or that to the live slot would be written
// otherwise now, as where something else is shared.
func (s *switching) isStale() (bool, error) {
	if s.Pointer == nil || s.pointed.number == 0 {
		return s.Pointer != nil, nil
	}
	content, err := s.writePointer(s.place)
	return err == nil && !bytes.Equal(content, s.pointed.content), err
}

// isOwn reports whether p is of the switch itself, where the site is the live directory.
func (s *switching) isOwn(p manifest.Path) bool {
	if s.Pointer == nil || s.place != (Place{}) {
		return false
	}
	below, inside := strings.CutPrefix(string(p), pointer.Dir+"/")
	name, _, _ := strings.Cut(below, "/")
	return p == s.Pointer.File.Path || p == pointer.Dir || inside && (pointer.IsSlot(name) || strings.HasPrefix(name, tryPrefix))
}

// checkSource refuses files that nobody could ask for.
func (s *switching) checkSource() error {
	if s.Pointer == nil {
		return nil
	}
	unshown := 0
	for _, f := range s.live.local {
		if f.Path.Within(pointer.Dir) {
			return &sync.UnsafeError{What: fmt.Sprintf("%q is deployed into a directory of the site that holds the releases", f.Path), Hint: "give the local directory " + pointer.Dir + " another name, or use another switch:"}
		}
		if s.Pointer.File.Template == nil && !pointer.Shown(f.Path) {
			unshown++
		}
	}
	if unshown > 0 {
		s.Observer(Warned{Text: fmt.Sprintf("%d files have a \"?\" in their name: the web server refuses them with switch: pointer", unshown)})
	}
	return nil
}

// point makes the directory of the next release a slot and has the pointer name it: one rename
// over the file that is there, so that a visitor gets the one or the other release.
func (s *switching) point(ctx context.Context, number int) error {
	to := s.slot(number)
	content, err := s.writePointer(to)
	if err != nil {
		return err
	}
	work := run{Options: s.Options}
	work.Server = s.server
	files := []workContent{{stagedPointer, content}}
	replaced, err := s.isStale() // by somebody, or it was to be written otherwise
	if err != nil {
		return err
	}
	if s.pointed.content != nil && replaced && (s.pointed.number != 0 || s.Pointer.File.Template != nil) {
		name := leftDir + "/" + newID() + "-" + s.Pointer.File.Path.Base()
		s.Observer(Noticed{Text: fmt.Sprintf("%s on the server is replaced by the pointer; it is kept as %s in the work directory", s.Pointer.File.Path, name)})
		if err := s.apply(ctx, "making a directory", Chain{{Op: MakeDir, To: Work(leftDir)}}); err != nil {
			return err
		}
		files = append(files, workContent{name, s.pointed.content})
	}
	modes := Chain{{Op: SetMode, To: Work(stagedPointer), Mode: s.pointed.look.Mode}}
	if s.pointed.content != nil {
		files = append(files, workContent{oldPointer, s.pointed.content})
		modes = append(modes, Step{Op: SetMode, To: Work(oldPointer), Mode: s.pointed.look.Mode})
	}
	if above := s.abovePointer(); len(above) > 0 {
		if err := s.apply(ctx, "making the directories above the pointer", above); err != nil {
			return err
		}
	}
	if err := work.store(ctx, files...); err != nil {
		return err
	}
	if err := s.checkPointed(ctx, to); err != nil {
		return err
	}
	if s.pointed.look.Mode != 0 {
		if _, err := s.server.Apply(ctx, [][]Chain{{modes}}); err != nil {
			return err
		}
	}
	if err := s.apply(ctx, "moving the release into the site", Chain{{Op: Rename, From: Work(nextDir), To: to, Free: true}}); err != nil {
		return err
	}
	if err := s.checkHeld(ctx); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitLimit)
	defer cancel()
	began := s.Now()
	err = s.apply(ctx, "pointing to the release", Chain{{Op: Rename, From: Work(stagedPointer), To: s.pointerPlace()}})
	s.live.result.Mixed = s.Now().Sub(began)
	if err != nil {
		now, readErr := s.downloadPointer(ctx, s.pointerPlace())
		if errors.Is(readErr, ErrMissing) {
			if readErr = nil; s.pointed.content != nil {
				readErr = s.putPointerBack(ctx)
			}
		}
		if readErr != nil {
			return brokeOff(errors.Join(err, readErr))
		}
		if !bytes.Equal(now, content) {
			return fmt.Errorf("the pointer could not be replaced, and the site is as it was: %w", err)
		}
	}
	if s.pointed.content != nil {
		if err := s.apply(ctx, "removing the old pointer", Chain{{Op: Delete, From: Work(oldPointer)}}); err != nil {
			s.Observer(Noticed{Text: fmt.Sprintf("%s is left in the work directory: %v", oldPointer, err)})
		}
	}
	s.live.result.Committed, s.live.result.Release = true, number
	s.Observer(Committed{number})
	s.Observer(WentLive{&s.live.plan.Release})
	return nil
}

// abovePointer returns the steps that make the directories above the first pointer.
func (s *switching) abovePointer() (chain Chain) {
	if s.pointed.content != nil {
		return nil
	}
	above := slices.Collect(s.Pointer.File.Path.Ancestors)
	for _, dir := range slices.Backward(above) {
		if dir != manifest.Root {
			chain = append(chain, Step{Op: MakeDir, To: Place{Path: string(dir)}})
		}
	}
	return chain
}

// checkPointed looks once more at what the switch rests on.
func (s *switching) checkPointed(ctx context.Context, to Place) error {
	looks, err := s.lookAt(ctx, []Place{s.place, Work(nextDir), to}, true)
	switch {
	case err != nil:
		return err
	case looks[0].Entry.Exists() == s.missing:
		return &sync.UnsafeError{What: "the release that is live was made, removed or renamed while this deploy was made: nothing is live"}
	case !looks[1].Entry.IsDir(), looks[2].Entry.Exists():
		return fmt.Errorf("%s in the work directory or %s was made, removed or renamed while this deploy was made: nothing is live", nextDir, to.Path)
	}
	return nil
}

// checkHeld looks right before the switch whether the pointer and the lock are as they were.
func (s *switching) checkHeld(ctx context.Context) error {
	looks, err := s.lookAt(ctx, []Place{s.pointerPlace()}, true)
	if err == nil && !manifest.Unchanged(s.pointed.look.Entry, looks[0].Entry) {
		err = &sync.UnsafeError{What: fmt.Sprintf("%s on the server has changed while this deploy was made: nothing is live", s.Pointer.File.Path), Hint: "deploy again"}
	}
	return err
}
