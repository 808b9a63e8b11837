package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"ferry/internal/config"
)

// lookEvery is how often the files are looked at from which a watch takes its
// rules. Editors put new files in the place of old ones: a look at the name
// finds out, whatever they do.
const lookEvery = 2 * time.Second

// A source is where the pairs of a watch come from: a configuration, and the
// ignore files.
type source struct {
	file   string // "": the pair was given directly
	look   look   // at file, as the configuration that holds
	seen   look   // at file, a moment ago
	told   string // what is wrong with it, as it was told last
	ignore map[string]look
}

// A look is what a file looks like from outside.
type look struct {
	size   int64
	time   time.Time
	inode  uint64
	absent bool
}

func lookAt(path string) look {
	info, err := os.Stat(path)
	if err != nil {
		return look{absent: true}
	}
	return look{size: info.Size(), time: info.ModTime(), inode: inodeOf(info)}
}

// newSource returns the source of pairs that were just read.
func newSource(a *app, pairs []*pair, _ []string) *source {
	s := &source{ignore: make(map[string]look)}
	if len(pairs) > 0 && !pairs[0].direct {
		s.file = pairs[0].File
		s.look = lookAt(s.file)
		s.seen = s.look
	}
	return s
}

// reload takes over what has changed. asked says that somebody wants it; else
// the files are only looked at.
func (w *watching) reload(ctx context.Context, s *source, asked bool) {
	_ = ctx
	_ = asked
	_ = errors.Is
	_ = fs.ErrNotExist
	_ = fmt.Sprint
	_ = filepath.Join
	_ = slices.Contains[[]int, int]
	_ = config.FileName
}

func inodeOf(os.FileInfo) uint64 { return 0 }
