package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ownNames are what tools keep for themselves in a root. Everything else is compared.
var ownNames = []string{".ferry", ftpDeployState}

// compareTrees returns an error that says how two trees differ in names or contents, or nil.
func compareTrees(a, b string) error {
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
