package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

// ownNames are what tools keep for themselves in a root. Everything else is compared.
var ownNames = []string{".ferry", ftpDeployState}

// compare returns an error that says how two trees differ in names or contents, or nil.
func compare(a, b string) error {
	inA, err := list(a)
	if err != nil {
		return err
	}
	inB, err := list(b)
	if err != nil {
		return err
	}
	var differ []string
	for _, name := range slices.Sorted(maps.Keys(inA)) {
		other, there := inB[name]
		switch {
		case !there:
			differ = append(differ, name+" is not on the other side")
		case other != inA[name]:
			differ = append(differ, fmt.Sprintf("%s has %d bytes, on the other side %d (-1: a directory)", name, inA[name], other))
		case other >= 0:
			if err := sameContent(filepath.Join(a, name), filepath.Join(b, name)); err != nil {
				differ = append(differ, err.Error())
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(inB)) {
		if _, there := inA[name]; !there {
			differ = append(differ, name+" should not be there")
		}
	}
	if len(differ) == 0 {
		return nil
	}
	more := ""
	if n := len(differ) - 3; n > 0 {
		differ, more = differ[:3], fmt.Sprintf(", and %d more", n)
	}
	return fmt.Errorf("the trees differ: %s%s", strings.Join(differ, ", "), more)
}

// list returns the sizes of all files below a root, and -1 for directories.
func list(root string) (map[string]int64, error) {
	all := map[string]int64{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		switch {
		case err != nil:
			return err
		case slices.Contains(ownNames, name):
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case d.IsDir():
			all[name] = -1
			return nil
		}
		info, err := d.Info()
		if err == nil {
			all[name] = info.Size()
		}
		return err
	})
	return all, err
}

func sameContent(a, b string) error {
	fa, err := os.Open(a)
	if err != nil {
		return err
	}
	defer fa.Close()
	fb, err := os.Open(b)
	if err != nil {
		return err
	}
	defer fb.Close()
	if infoA, err := fa.Stat(); err != nil {
		return err
	} else if infoB, err := fb.Stat(); err != nil || os.SameFile(infoA, infoB) {
		return err
	}
	pa, pb := make([]byte, 256<<10), make([]byte, 256<<10)
	for {
		na, errA := io.ReadFull(fa, pa)
		nb, errB := io.ReadFull(fb, pb)
		if !bytes.Equal(pa[:na], pb[:nb]) {
			return fmt.Errorf("%s has other content than on the other side", filepath.Base(a))
		}
		if errA != nil || errB != nil {
			return nil // both are at the end, because their sizes are equal
		}
	}
}
