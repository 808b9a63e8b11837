package local

import (
	"os"
	"path/filepath"
)

// openRoot opens the directory at path. It goes through the one above, because only then can
// others rename or remove the open directory.
func openRoot(path string) (*os.Root, error) {
	above, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return os.OpenRoot(path)
	}
	defer above.Close()
	if root, err := above.OpenRoot(filepath.Base(path)); err == nil {
		return root, nil
	}
	return os.OpenRoot(path) // the top of a disk, or a link that leads elsewhere
}
