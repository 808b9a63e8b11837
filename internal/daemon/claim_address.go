package daemon

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// An address says where to find the process that watches a pair.
type address struct {
	PID    int    `json:"pid"`
	Socket string `json:"socket"`
}

func (c *Claim) addressFile() string { return addressFile(c.dir, c.key) }

func addressFile(dir, key string) string { return filepath.Join(dir, key+".json") }

// writeAddress replaces the file in one step, so that nobody reads half of it.
func writeAddress(path string, a address) error {
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	temp := path + ".new"
	if err := os.WriteFile(temp, append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("writing the address of the socket: %w", err)
	}
	if err := os.Rename(temp, path); err != nil {
		return fmt.Errorf("writing the address of the socket: %w", err)
	}
	return nil
}

// Keys returns the keys of the pairs whose processes have left an address in dir, sorted.
// Some of the processes may be dead.
func Keys(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var keys []string
	for _, e := range entries {
		if key, ok := strings.CutSuffix(e.Name(), ".json"); ok {
			keys = append(keys, key)
		}
	}
	return keys, err
}

func readAddress(dir, key string) (a address, err error) {
	text, err := os.ReadFile(addressFile(dir, key))
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(text, &a); err != nil {
		return a, fmt.Errorf("reading %s: %w", addressFile(dir, key), err)
	}
	return a, nil
}
