package deploytest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"ferry/internal/deploy"
	"ferry/manifest"
	"ferry/sync"
)

// ErrKilled is the error of everything that a killed machine does.
var ErrKilled = errors.New("the machine was killed")

// ErrCut is wrapped by the error of an Apply whose connection was cut.
var ErrCut = errors.New("the connection was cut")

// A Machine is one that works on a [Memory]. It implements [deploy.Server].
type Machine struct {
	m *Memory
	*life
	// base is the directory that is the site, of a machine that [Machine.Slot] returned; nil: the
	// site itself.
	base *deploy.Place
}

// A life is what the views of one machine share.
type life struct {
	dead bool
	left int // steps until it is killed; below 0: it is not
	cut  int // steps until its connection is cut
	// cutDone says that the step on which it is cut is carried out all the same.
	cutDone bool
}

var _ deploy.Server = (*Machine)(nil)

// Open returns another machine that works on m.
func (m *Memory) Open() *Machine { return &Machine{m: m, life: &life{left: -1, cut: -1}} }

// ownDir is the work directory of a slot.
const ownDir = ".ferry"

var _ deploy.SlotServer = (*Machine)(nil)

// Slot implements [deploy.SlotServer].
func (c *Machine) Slot(at deploy.Place) deploy.Server {
	return &Machine{m: c.m, life: c.life, base: &at}
}

// place returns where a place of this machine's site is in the memory.
func (c *Machine) place(at deploy.Place) deploy.Place {
	if c.m.Spell != nil {
		at.Path = c.m.Spell(at.Path)
	}
	if c.base == nil {
		return at
	}
	if at.Work {
		at.Path = path.Join(ownDir, at.Path)
	}
	return deploy.Place{Work: c.base.Work, Path: path.Join(c.base.Path, at.Path)}
}

// makeOwnDir makes the work directory of a slot that is there, as protecting it does.
func (c *Machine) makeOwnDir() {
	if root := c.place(deploy.Place{}); c.base != nil && c.m.at(root) != nil {
		own := c.place(deploy.Work(""))
		c.m.makeDirs(c.m.in(own), own.Path)
	}
}

func (c *Machine) work(name string) *node { return c.m.at(c.place(deploy.Work(name))) }

func (c *Machine) site(p manifest.Path) *node { return c.m.at(c.place(deploy.Place{Path: string(p)})) }

// KillAfter kills the machine when it has carried out n more steps: an upload is three of
// them, half of the content, all of it, and the name that it keeps.
func (c *Machine) KillAfter(n int) { c.left = n }

// CutAfter cuts the connection once, in an Apply, after n more steps. With done the next one
// is carried out, although its reply is lost.
func (c *Machine) CutAfter(n int, done bool) { c.cut, c.cutDone = n, done }

// Killed reports whether the machine is dead.
func (c *Machine) Killed() bool {
	c.m.mu.Lock()
	defer c.m.mu.Unlock()
	return c.dead
}

// enter begins a method. It fails where the machine is dead or ctx was cancelled.
func (c *Machine) enter(ctx context.Context) (leave func(), err error) {
	c.m.mu.Lock()
	switch {
	case c.dead:
		err = ErrKilled
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	}
	if err != nil {
		c.m.mu.Unlock()
		return nil, err
	}
	return c.m.mu.Unlock, nil
}

// step counts a step that is about to be carried out, with c.m.mu held.
func (c *Machine) step() error {
	if c.left == 0 {
		c.dead = true
	}
	if c.dead {
		return ErrKilled
	}
	c.left--
	c.m.steps++
	if n, before := c.m.steps, c.m.Before; before != nil {
		c.m.mu.Unlock()
		before(n)
		c.m.mu.Lock()
	}
	return nil
}

// Lock implements [deploy.Server]. The lock of a dead machine is taken at once.
func (c *Machine) Lock(ctx context.Context) (release func(), waited bool, err error) {
	leave, err := c.enter(ctx)
	if err != nil {
		return nil, false, err
	}
	defer leave()
	if c.base != nil {
		return func() {}, false, nil
	}
	other := c.m.lock
	if other != nil && other != c.life && !other.dead {
		return nil, true, fmt.Errorf("%w: another machine", sync.ErrHeld)
	}
	if c.m.site[""] == nil && !c.m.Beside {
		return nil, false, fmt.Errorf("no site to lock: %w", sync.ErrUnsupported)
	}
	c.m.makeDirs(c.m.work, "")
	c.m.lock = c.life
	return func() {
		c.m.mu.Lock()
		defer c.m.mu.Unlock()
		if c.m.lock == c.life && !c.dead {
			c.m.lock = nil
		}
	}, other != nil && other != c.life, nil
}

// Begin implements [deploy.Server].
func (c *Machine) Begin(ctx context.Context) (found deploy.Found, err error) {
	leave, err := c.enter(ctx)
	if err != nil {
		return found, err
	}
	defer leave()
	if n := c.work("state"); n != nil && n.dir {
		found.StateErr = errors.New("the state is a directory")
	} else if n != nil {
		found.State = append([]byte{}, n.data...)
	}
	found.Stage, found.Commit = c.work("stage") != nil, c.work("stage/commit") != nil
	found.Kept = c.work("d") != nil
	found.Any = len(c.m.list(c.place(deploy.Work("")))) > 0
	return found, nil
}

// Read implements [deploy.Server].
func (c *Machine) Read(ctx context.Context, name string, most int64) ([]byte, error) {
	leave, err := c.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	n := c.work(name)
	switch {
	case n == nil:
		return nil, fmt.Errorf("reading %s: %w", name, deploy.ErrMissing)
	case n.dir:
		return nil, fmt.Errorf("reading %s: %w", name, errRefused)
	case int64(len(n.data)) > most:
		return nil, fmt.Errorf("reading %s: it has more than %d bytes", name, most)
	}
	return append([]byte{}, n.data...), nil
}

// List implements [deploy.Server].
func (c *Machine) List(ctx context.Context, dirs []manifest.Path) (map[manifest.Path]*deploy.DirList, error) {
	leave, err := c.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	found := make(map[manifest.Path]*deploy.DirList)
	for _, dir := range dirs {
		found[dir] = c.list(dir, nil)
	}
	return found, nil
}

func (c *Machine) list(dir manifest.Path, skip func(p manifest.Path, dir bool) bool) *deploy.DirList {
	n := c.site(dir)
	if n == nil || !n.dir {
		return &deploy.DirList{Missing: true}
	}
	l := &deploy.DirList{Entries: make(map[string]deploy.Look)}
	for _, name := range c.m.list(c.place(deploy.Place{Path: string(dir)})) {
		p := dir.Join(name)
		if c.base != nil && p == ownDir {
			continue
		}
		if n := c.site(p); skip == nil || !skip(p, n.dir) {
			l.Entries[name] = c.m.look(n)
		}
	}
	return l
}

// ListAll implements [deploy.Server].
func (c *Machine) ListAll(ctx context.Context, skip func(p manifest.Path, dir bool) bool) (map[manifest.Path]*deploy.DirList, error) {
	leave, err := c.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	found := make(map[manifest.Path]*deploy.DirList)
	open := []manifest.Path{manifest.Root}
	for len(open) > 0 {
		dir := open[0]
		open = open[1:]
		l := c.list(dir, skip)
		found[dir] = l
		for name, look := range l.Entries {
			if look.Entry.IsDir() {
				open = append(open, dir.Join(name))
			}
		}
	}
	return found, nil
}

// ListWork implements [deploy.Server].
func (c *Machine) ListWork(ctx context.Context, dir string) (files []deploy.WorkFile, err error) {
	leave, err := c.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	if n := c.work(dir); n == nil || !n.dir {
		return nil, fmt.Errorf("listing %s: %w", dir, deploy.ErrMissing)
	}
	for _, name := range c.m.list(c.place(deploy.Work(dir))) {
		files = append(files, deploy.WorkFile{Name: name, Entry: c.m.look(c.work(path.Join(dir, name))).Entry})
	}
	return files, nil
}

// Upload implements [deploy.Server].
func (c *Machine) Upload(ctx context.Context, files []deploy.Upload, done func(i int, r deploy.Uploaded)) error {
	last := -1 // of those that come first
	for i, f := range files {
		if f.Late == nil {
			last = i
		}
	}
	for _, late := range []bool{false, true} {
		for i, f := range files {
			if late != (f.Late != nil) {
				continue
			}
			if f.KeepIfFree && i == last {
				f.Keep = nil
			}
			if late {
				content, err := f.Late()
				if err != nil {
					done(i, deploy.Uploaded{Name: f.Name, Err: err})
					continue
				}
				f.Size = int64(len(content))
				f.Open = func(offset int64) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content[offset:])), nil }
			}
			r, err := c.upload(ctx, f)
			if err != nil {
				return err
			}
			if f.Unseen {
				r.Seen, r.Mode = manifest.Entry{}, 0
			}
			done(i, r)
		}
	}
	return nil
}

func (c *Machine) upload(ctx context.Context, f deploy.Upload) (r deploy.Uploaded, err error) {
	leave, err := c.enter(ctx)
	if err != nil {
		return r, err
	}
	defer leave()
	r.Name = f.Name
	c.makeOwnDir()
	at := c.place(deploy.Work(f.Name))
	for _, dir := range f.Dirs {
		if at := c.place(deploy.Work(dir)); c.m.at(at) == nil && c.m.holdsDir(at) {
			c.m.in(at)[at.Path] = c.m.newNode(true, nil)
		}
	}
	was := c.m.at(at)
	if c.m.RefuseUpload != nil {
		r.Err = c.m.RefuseUpload(f.Name)
	}
	if !c.m.holdsDir(at) || was != nil && was.dir {
		r.Err = fmt.Errorf("storing %s: %w", f.Name, errRefused)
	}
	if r.Err != nil {
		return r, nil
	}
	var data []byte
	offset := int64(0)
	if was != nil && f.Resume > 0 && f.Resume <= int64(len(was.data)) {
		offset = f.Resume
		data = append(data, was.data[:offset]...)
	}
	in, err := f.Open(offset)
	if err == nil {
		var more []byte
		more, err = io.ReadAll(in)
		data = append(data, more...)
		in.Close()
	}
	if err == nil && int64(len(data)) != f.Size {
		err = errors.New("it has another size than before")
	}
	if err != nil {
		r.Err = fmt.Errorf("storing %s: %w: %w", f.Name, sync.ErrSource, err)
		return r, nil
	}
	for _, part := range [][]byte{data[:max(offset, f.Size/2)], data} {
		if err := c.step(); err != nil {
			return r, err
		}
		c.m.in(at)[at.Path] = c.m.newNode(false, bytes.Clone(part))
	}
	look := c.m.look(c.m.at(at))
	if f.Keep != nil {
		if r.Name = f.Keep(look.Entry); r.Name != f.Name {
			if err := c.step(); err != nil {
				return r, err
			}
			r.Err = c.m.rename(at, c.place(deploy.Work(r.Name)), false)
		}
	}
	r.Seen, r.Mode = look.Entry, look.Mode
	return r, nil
}

// Look implements [deploy.Server].
func (c *Machine) Look(ctx context.Context, places []deploy.Place, held bool) ([]deploy.Look, error) {
	leave, err := c.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	if held && c.m.lock != c.life {
		return nil, fmt.Errorf("%w: the lock of this deploy is gone", sync.ErrHeld)
	}
	looks := make([]deploy.Look, len(places))
	for i, at := range places {
		looks[i] = c.m.look(c.m.at(c.place(at)))
	}
	return looks, nil
}

// Apply implements [deploy.Server].
func (c *Machine) Apply(ctx context.Context, groups [][]deploy.Chain) (errs [][][]error, err error) {
	leave, err := c.enter(ctx)
	for _, group := range groups {
		var ofGroup [][]error
		for _, chain := range group {
			ofChain := make([]error, len(chain))
			for i := range ofChain {
				ofChain[i] = errors.New("not tried")
			}
			ofGroup = append(ofGroup, ofChain)
		}
		errs = append(errs, ofGroup)
	}
	if err != nil {
		return errs, err
	}
	defer leave()
	c.makeOwnDir()
	for g, group := range groups {
		for k, chain := range group {
			if bad := badName(chain); bad != nil {
				errs[g][k][0] = bad // the steps behind it may rest on it
				continue
			}
			for i, s := range chain {
				if s.Op == deploy.Unlock && c.m.lock != c.life {
					errs[g][k][i] = nil
					continue
				}
				s.From, s.To = c.place(s.From), c.place(s.To)
				if err := c.step(); err != nil {
					return errs, err
				}
				if to := c.m.at(s.To); c.m.NoRenameOver && s.Op == deploy.Rename && !s.Free && to != nil && !to.dir {
					c.m.rename(s.To, deploy.Work("aside-"+path.Base(s.To.Path)), false)
					if err := c.step(); err != nil {
						return errs, err
					}
				}
				if c.cut == 0 && c.cutDone {
					c.m.carryOut(s)
				}
				if c.cut--; c.cut == -1 {
					errs[g][k][i] = fmt.Errorf("%s: %w", s.From.Path+s.To.Path, deploy.ErrUnknown)
					return errs, ErrCut
				}
				errs[g][k][i] = c.m.carryOut(s)
			}
		}
	}
	return errs, nil
}

// badName returns why the commands of a chain cannot be sent.
func badName(chain deploy.Chain) error {
	for _, s := range chain {
		for _, at := range []deploy.Place{s.From, s.To} {
			for name := range strings.SplitSeq(at.Path, "/") {
				if err := manifest.CheckName(name); at.Path != "" && err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Download implements [deploy.Server].
func (c *Machine) Download(ctx context.Context, at deploy.Place) (io.ReadCloser, error) {
	leave, err := c.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	n := c.m.at(c.place(at))
	switch {
	case n == nil:
		return nil, fmt.Errorf("reading %s: %w", at.Path, deploy.ErrMissing)
	case n.dir:
		return nil, fmt.Errorf("reading %s: %w", at.Path, errRefused)
	}
	return io.NopCloser(bytes.NewReader(n.data)), nil
}

// Hash implements [deploy.Server].
func (c *Machine) Hash(ctx context.Context, at deploy.Place) (string, error) {
	leave, err := c.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	n := c.m.at(c.place(at))
	if c.m.NoHash || n == nil || n.dir {
		return "", fmt.Errorf("hash of %s: %w", at.Path, deploy.ErrUnsupported)
	}
	sum := sha256.Sum256(n.data)
	return string(sum[:]), nil
}

// Root implements [deploy.Server].
func (c *Machine) Root(ctx context.Context, create bool) (id string, missing bool, err error) {
	leave, err := c.enter(ctx)
	if err != nil {
		return "", false, err
	}
	defer leave()
	root := c.place(deploy.Place{})
	if c.m.at(root) == nil {
		if !create {
			return "", true, nil
		}
		c.m.makeDirs(c.m.in(root), root.Path)
	}
	return fmt.Sprintf("memory %d", c.m.at(root).id), false, nil
}

// SameFileSystem implements [deploy.Server].
func (c *Machine) SameFileSystem(ctx context.Context) (bool, error) {
	leave, err := c.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	return c.base != nil || !c.m.OtherFileSystem, nil
}

// Close implements [deploy.Server].
func (c *Machine) Close() error { return nil }
