// Package serverfile keeps a file for each server in the state directory.
package serverfile

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"ferry/internal/private"
)

// Path returns the path of the file of a server below the state directory, "" without one.
func Path(stateDir, host string, port int, scheme string) string {
	if stateDir == "" {
		return ""
	}
	name := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '-' {
			return c
		}
		return '_'
	}, strings.ToLower(host))
	return filepath.Join(stateDir, "servers", fmt.Sprintf("%s-%d-%s.json", name, port, scheme))
}

// Write writes v to a file as JSON, completely or not at all. Only the user can read it.
func Write(file string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	return private.WriteFile(file, append(data, '\n'))
}
