//go:build !windows

package watcher

import "testing"

func notWine(*testing.T) {}
