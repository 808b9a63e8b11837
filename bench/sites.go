package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

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
