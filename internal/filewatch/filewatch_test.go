package filewatch

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

// TestWatchFiles holds that a change of a file is told once it has come to rest, and
// that files may come, go and be replaced.
func TestWatchFiles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		path := filepath.Join(dir, "ferry.yaml")
		write := func(name, text string) {
			t.Helper()
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		write("ferry.yaml", "one")
		s := Start(ctx, []string{path, filepath.Join(dir, ".ferryignore")})
		looks := func(n int) bool {
			time.Sleep(time.Duration(n)*lookEvery + time.Millisecond)
			synctest.Wait()
			select {
			case <-s.Changed:
				return true
			default:
				return false
			}
		}
		if looks(5) {
			t.Error("told of a change where there is none")
		}
		write("ferry.yaml", "begun")
		if looks(1) {
			t.Error("told before it has come to rest")
		}
		write("ferry.yaml", "begun and done")
		if looks(1) || !looks(1) || looks(3) {
			t.Error("not told once when it has come to rest")
		}
		write("new", "begun and more")
		if err := os.Rename(filepath.Join(dir, "new"), path); err != nil {
			t.Fatal(err)
		}
		if !looks(2) {
			t.Error("not told of a file in its place")
		}
		write(".ferryignore", "*.o")
		if !looks(2) {
			t.Error("not told of a new file")
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if !looks(2) || looks(2) {
			t.Error("not told once that it is gone")
		}
	})
}
