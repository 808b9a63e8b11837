package main

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"ferry/internal/test/visitor"
)

// largeSite makes a site as generators make them: 1,000 pages in directories of their own, 300 pictures, 100 style
// sheets and 100 scripts, which are 1,500 files in 1,038 directories.
func largeSite(roots ...string) error {
	random := rand.New(rand.NewPCG(11, 3))
	text := func(kind string, from, to int) []byte {
		return fmt.Appendf(nil, "%s %d\n%s\n", kind, random.IntN(1e6), strings.Repeat("some text ", (from+random.IntN(to-from))/10))
	}
	files := map[string][]byte{}
	for i := range 1000 {
		files[fmt.Sprintf("posts/s%02d/p%02d/index.html", i/50, i%50)] = text("page", 2000, 9000)
	}
	for i := range 300 {
		files[fmt.Sprintf("img/%02d/i%03d.jpg", i%15, i)] = randomBytes(random, 3000+random.IntN(17000))
	}
	for i := range 100 {
		files[fmt.Sprintf("css/c%02d.css", i)] = text("style", 500, 4000)
		files[fmt.Sprintf("js/j%02d.js", i)] = text("script", 500, 4000)
	}
	return writeSite(files, roots...)
}

// visited is the site of the row deploy-300, and pictures that no release changes.
var visited = visitor.Site{Pages: 150, Styles: 100, Scripts: 50}

// visitedSite makes the first release of it: 500 files.
func visitedSite(roots ...string) error {
	random := rand.New(rand.NewPCG(12, 3))
	files := map[string][]byte{}
	for name, content := range visited.Files(1) {
		files[name] = []byte(content)
	}
	for i := range 200 {
		files[fmt.Sprintf("img/i%03d.jpg", i)] = randomBytes(random, 3000)
	}
	return writeSite(files, roots...)
}

// writeSite writes files with equal times to each of the roots.
func writeSite(files map[string][]byte, roots ...string) error {
	for _, root := range roots {
		for name, content := range files {
			path := filepath.Join(root, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				return err
			}
			if err := writeFile(path, content, firstTime); err != nil {
				return err
			}
		}
	}
	return nil
}

// siteOnBoth is a fixture with the same site on both sides.
func siteOnBoth(name string, site func(roots ...string) error) fixture {
	return fixture{name: name, equal: true, make: func(local, remote string) error { return site(local, remote) }}
}

// changeClone makes a directory what a fresh clone would be in which one page has changed: all files are of this moment.
// The page gets another size, because tools that compare sizes would miss it otherwise.
func changeClone(local string, run int) error {
	page := filepath.Join(local, "posts", "s07", "p21", "index.html")
	if err := os.WriteFile(page, []byte("changed in run "+time.Now().String()), 0o644); err != nil {
		return err
	}
	now := time.Now()
	return filepath.WalkDir(local, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return os.Chtimes(path, now, now)
	})
}

// nextRelease puts release 2 of the site that is visited in the place of release 1. What has not changed keeps its times.
func nextRelease(local string, _ int) error {
	next := visited.Files(2)
	for name := range visited.Files(1) {
		if _, stays := next[name]; stays {
			continue
		}
		if err := os.Remove(filepath.Join(local, name)); err != nil {
			return err
		}
	}
	for name, content := range next {
		if err := os.WriteFile(filepath.Join(local, name), []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}
