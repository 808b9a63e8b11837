package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

// shape describes a tree. Equal shapes make equal trees.
type shape struct {
	dirs, files       int // directories, and files in each; without directories the files are in the root
	smallest, largest int // bytes
	seed              uint64
}

// firstTime is the modification time of the first file of each tree; the following files are one second apart. It is
// within six months, because some servers do not show the time of day of older files, and old enough to be stable.
var firstTime = time.Now().UTC().Add(-10 * 24 * time.Hour).Truncate(24 * time.Hour)

// perTop is how many directories there are in a top-level directory, including itself.
const perTop = 20

// dir returns the path of directory i.
func (s shape) dir(i int) string {
	if s.dirs == 0 {
		return "."
	}
	top := fmt.Sprintf("dir-%04d", i/perTop*perTop)
	if i%perTop == 0 {
		return top
	}
	return filepath.Join(top, fmt.Sprintf("dir-%04d", i))
}

// make writes the tree to each of the roots.
func (s shape) make(roots ...string) error {
	random := rand.New(rand.NewPCG(s.seed, 1))
	for i := range max(s.dirs, 1) {
		for _, root := range roots {
			if err := os.MkdirAll(filepath.Join(root, s.dir(i)), 0o755); err != nil {
				return err
			}
		}
		for f := range s.files {
			content := randomBytes(random, s.smallest+random.IntN(s.largest-s.smallest+1))
			name := filepath.Join(s.dir(i), fmt.Sprintf("file-%03d.dat", f))
			at := firstTime.Add(time.Duration(i*s.files+f) * time.Second)
			for _, root := range roots {
				if err := writeFile(filepath.Join(root, name), content, at); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func writeFile(path string, content []byte, at time.Time) error {
	if err := os.WriteFile(path, content, 0o644); err != nil {
		return err
	}
	return os.Chtimes(path, at, at)
}

// randomBytes returns content that does not compress.
func randomBytes(random *rand.Rand, size int) []byte {
	content := make([]byte, (size+7)&^7)
	for i := 0; i < len(content); i += 8 {
		v := random.Uint64()
		for k := range 8 {
			content[i+k] = byte(v >> (8 * k))
		}
	}
	return content[:size]
}

// makeLarge writes one large file.
func makeLarge(path string, size int64, seed uint64) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(seed, 2))
	for left := size; left > 0; {
		piece := randomBytes(random, int(min(left, 1<<20)))
		if _, err := f.Write(piece); err != nil {
			f.Close()
			return err
		}
		left -= int64(len(piece))
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Chtimes(path, firstTime, firstTime)
}
