//go:build !windows

package local

import "os"

// statOpen returns the attributes of the open file f, whose info is info.
func statOpen(_ *os.File, info os.FileInfo) stat { return statOf(info) }

// statIn returns what name in root is. dir is root, too.
func statIn(root *os.Root, _ *os.File, name string) (stat, error) {
	info, err := root.Lstat(name)
	if err != nil {
		return stat{}, err
	}
	return statOf(info), nil
}
