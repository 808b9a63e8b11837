package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	stdsync "sync"

	"ferry/internal/deploy"
	"ferry/internal/text"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
)

// A deploySource is the local directory of a deploy. It implements [deploy.Source].
type deploySource struct {
	pair *Pair
	dir  *local.Directory
	talk Talker
	// check refuses files that must not be deployed.
	check func([]deploy.LocalFile) error

	entries map[manifest.Path]manifest.Entry
	files   []deploy.LocalFile
	links   []manifest.Path // neither files nor directories
}

// hashing is how many files are read at a time.
const hashing = 4

// Files implements [deploy.Source]. Everything must be readable: what is missing here is
// deleted there.
func (s *deploySource) Files(ctx context.Context) ([]deploy.LocalFile, error) {
	root, err := s.dir.Root(ctx, false)
	if err != nil {
		return nil, err
	}
	if root.Kind != manifest.Dir {
		return nil, Usage(fmt.Errorf("there is no directory %s", text.Clean(root.Where)), "build the site first, or set local: to the directory that holds it")
	}
	tree, err := s.dir.Scan(ctx, sync.Look{Ignore: s.pair.ignored})
	if err != nil {
		return nil, err
	}
	var unread unreadable
	for _, p := range tree.Problems() {
		unread.add(p.Path.Join(p.Name), errors.New(p.Why))
	}
	s.entries = make(map[manifest.Path]manifest.Entry)
	for p, e := range tree.All() {
		switch {
		case e.IsFile():
			s.entries[p] = e
			s.files = append(s.files, deploy.LocalFile{Path: p, Size: e.Size})
		case e.Kind == manifest.Other:
			s.links = append(s.links, p)
		}
	}
	if len(s.links) > 0 {
		s.talk.Note("%s left out: links and special files are not deployed (follow-links: true deploys what a link inside the directory points to)", text.Count(len(s.links), "name"))
	}
	if err := s.read(ctx, tree, &unread); err != nil {
		return nil, err
	}
	if err := unread.err(); err != nil {
		return nil, err
	}
	return s.files, s.check(s.files)
}

// read reads the contents and modes of all files. Those that cannot be read are added to unread.
func (s *deploySource) read(ctx context.Context, tree *manifest.Tree, unread *unreadable) error {
	var wg stdsync.WaitGroup
	next := make(chan *deploy.LocalFile)
	for range hashing {
		wg.Go(func() {
			for f := range next {
				if err := s.readFile(ctx, tree, f); err != nil {
					unread.add(f.Path, err)
				}
			}
		})
	}
	for i := range s.files {
		select {
		case next <- &s.files[i]:
		case <-ctx.Done():
		}
	}
	close(next)
	wg.Wait()
	return context.Cause(ctx)
}

func (s *deploySource) readFile(ctx context.Context, tree *manifest.Tree, f *deploy.LocalFile) error {
	sum, err := s.dir.Sum(ctx, f.Path, s.entries[f.Path])
	if err != nil {
		return cmp.Or(errors.Unwrap(err), err) // without the path
	}
	copy(f.Sum[:], sum)
	f.Exec = s.isExecutable(tree, f.Path)
	return nil
}

// knowsExecutables says whether files on this system have a bit that lets their owner run them.
const knowsExecutables = runtime.GOOS != "windows"

// isExecutable reports whether that bit is set.
func (s *deploySource) isExecutable(tree *manifest.Tree, p manifest.Path) bool {
	if !knowsExecutables {
		return false
	}
	name := tree.At(p).Spelled(p)
	for dir := range p.Ancestors {
		if dir != manifest.Root {
			name = filepath.Join(tree.At(dir).Spelled(dir), name)
		}
	}
	info, err := os.Stat(filepath.Join(s.pair.Local, name))
	return err == nil && info.Mode()&0o100 != 0
}

// Open implements [deploy.Source].
func (s *deploySource) Open(p manifest.Path, offset int64) (io.ReadCloser, error) {
	r := s.dir.Reader(context.Background(), []sync.Wanted{{Path: p, Entry: s.entries[p]}})
	return r.Open(context.Background(), 0, offset)
}
