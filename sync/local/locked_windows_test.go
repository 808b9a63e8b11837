package local_test

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/windows"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
)

// lockFile opens a file as Windows programs often do: others may read and write it, but neither rename nor remove it.
func lockFile(t *testing.T, path string) (unlock func()) {
	t.Helper()
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		t.Fatal(err)
	}
	h, err := windows.CreateFile(name, windows.GENERIC_READ, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE, nil, windows.OPEN_EXISTING, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return func() { windows.CloseHandle(h) }
}

// filesBelow returns the paths of all files below dir.
func filesBelow(t *testing.T, dir string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return files
}

// A locked file can neither be replaced nor removed. What was tried leaves nothing in the trash, however often.
func TestLockedFileIsNotLinked(t *testing.T) {
	d, h := open(t, local.Options{})
	h.Write("f", "old", time.Unix(1e9, 0))
	was := scan(t, d).At("f")
	unlock := lockFile(t, h.at("f"))
	over := put("new", time.Unix(1.1e9, 0)).step("f", was)
	over.Trash = true
	remove := sync.Step{Op: sync.Remove, Path: "f", Expect: was, Trash: true}
	for range 2 {
		for _, step := range []sync.Step{over, remove, {Op: sync.Move, From: "f", Path: "g", Expect: was}} {
			if out := apply(t, d, step)[0]; out.Err == nil {
				t.Errorf("%s: no error", step.Op)
			} else if out.Bytes > 0 {
				t.Errorf("%s: %d bytes were read for nothing", step.Op, out.Bytes)
			}
			if all := h.List(); len(all) != 1 {
				t.Errorf("after %s there are %q", step.Op, all)
			}
		}
	}
	h.wantContent("f", "old")
	unlock()
	applyOK(t, d, over)
	h.wantContent("f", "new")
	if kept := filesBelow(t, h.at(".ferry/trash")); len(kept) != 1 {
		t.Errorf("the trash holds %q", kept)
	}
}

// A program that runs is moved into the trash, since it can be renamed, but neither be replaced nor be removed.
func TestRunningProgramIsReplaced(t *testing.T) {
	d, h := open(t, local.Options{})
	own, err := os.ReadFile(os.Args[0])
	h.must(err)
	h.Write("f.exe", string(own), time.Unix(1e9, 0))
	held := exec.Command(h.at("f.exe"), "-test.run=^TestWaitsForItsInput$")
	held.Env = append(os.Environ(), "FERRY_WAITS=1")
	in, err := held.StdinPipe()
	h.must(err)
	out, err := held.StdoutPipe()
	h.must(err)
	h.must(held.Start())
	defer func() {
		in.Close()
		h.must(held.Wait())
	}()
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("%q, %v", line, err)
	}
	over := put("new", time.Unix(1.1e9, 0)).step("f.exe", scan(t, d).At("f.exe"))
	over.Trash = true
	applyOK(t, d, over)
	h.wantContent("f.exe", "new")
	if kept := filesBelow(t, h.at(".ferry/trash")); len(kept) != 1 {
		t.Errorf("the trash holds %q", kept)
	}
}

// TestWaitsForItsInput is the program that runs.
func TestWaitsForItsInput(t *testing.T) {
	if os.Getenv("FERRY_WAITS") == "" {
		t.Skip("it is for another test")
	}
	fmt.Println("running")
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// A read-only file is replaced, and stays read-only, as does the old version in the trash.
func TestReadOnlyFileIsReplaced(t *testing.T) {
	for _, trash := range []bool{false, true} {
		d, h := open(t, local.Options{})
		h.Write("f", "old", time.Unix(1e9, 0))
		h.must(os.Chmod(h.at("f"), 0o444))
		step := put("new", time.Unix(1.1e9, 0)).step("f", scan(t, d).At("f"))
		step.Trash = trash
		out := applyOK(t, d, step)[0]
		h.wantContent("f", "new")
		kept := filesBelow(t, h.at(".ferry/trash"))
		if len(kept) > 1 || trash != (len(kept) == 1) {
			t.Errorf("the trash holds %q", kept)
		}
		for _, path := range append(kept, h.at("f")) {
			if info, err := os.Stat(path); err != nil || info.Mode()&0o200 != 0 {
				t.Errorf("%s: %v, %v", path, info.Mode(), err)
			}
		}
		if now := scan(t, d).At("f"); !manifest.Unchanged(now, out.Entry) {
			t.Errorf("it has %+v, and was said to have %+v", now, out.Entry)
		}
		applyOK(t, d, sync.Step{Op: sync.Remove, Path: "f", Expect: scan(t, d).At("f"), Trash: trash})
		if _, err := os.Lstat(h.at("f")); !os.IsNotExist(err) {
			t.Errorf("it was not removed: %v", err)
		}
	}
}

// A read-only file that is locked, too, stays as it is.
func TestLockedReadOnlyFile(t *testing.T) {
	d, h := open(t, local.Options{})
	h.Write("f", "old", time.Unix(1e9, 0))
	h.must(os.Chmod(h.at("f"), 0o444))
	defer lockFile(t, h.at("f"))()
	if out := apply(t, d, put("new", time.Unix(1.1e9, 0)).step("f", scan(t, d).At("f")))[0]; out.Err == nil {
		t.Error("no error")
	}
	h.wantContent("f", "old")
	if info, err := os.Stat(h.at("f")); err != nil || info.Mode()&0o200 != 0 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}
