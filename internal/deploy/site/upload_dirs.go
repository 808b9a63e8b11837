package site

import (
	"context"
	"fmt"
	"strings"

	"ferry/internal/deploy"
	"ferry/internal/ftp"
)

// A dirMaking is one directory that is made with an upload into it.
type dirMaking struct {
	name string // below the work directory
	at   string
	told ftp.Reply // to MKD
}

type dirsMaking []*dirMaking

// dirsFor returns the directories that are still to be made for f, parents first.
func (u *uploader) dirsFor(f *upload) (dirs dirsMaking) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, name := range f.Dirs {
		if u.made[name] {
			continue
		}
		if at, err := u.newPath(deploy.Work(name)); err == nil {
			dirs = append(dirs, &dirMaking{name: name, at: at})
		}
	}
	return dirs
}

// noteMade notes that a file was stored below dirs.
func (u *uploader) noteMade(dirs dirsMaking) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, one := range dirs {
		u.made[one.name] = true
	}
}

// makeBefore adds to b the commands that make dirs. A server that gets one command at a time gets
// them now. A refusal says nothing: the directory may be there.
func (u *uploader) makeBefore(ctx context.Context, s *ftp.Session, b *ftp.Batch, dirs dirsMaking) error {
	_, commands := s.OneWrite()
	first := b
	if commands == 1 {
		first = new(ftp.Batch)
	}
	for _, one := range dirs {
		first.Expect("MKD "+one.at, &one.told)
	}
	if first == b {
		return nil
	}
	return first.Run(ctx, s)
}

// explain adds to the refusal of an upload that of its directory.
func (dirs dirsMaking) explain(err error) error {
	for _, one := range dirs {
		if one.told.Refused() && !strings.Contains(strings.ToLower(one.told.Text), "exist") {
			return fmt.Errorf("%w (before that: %w)", err, ftp.ReplyError("MKD", one.at, one.told))
		}
	}
	return err
}
