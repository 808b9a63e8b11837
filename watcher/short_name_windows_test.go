package watcher

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/windows"
)

func TestMayBeShort(t *testing.T) {
	for name, want := range map[string]bool{
		"REPORT~1.DOC": true, `LONGDI~1\f`: true, `d\AB12CD~1`: true, "A~10.C": true,
		"f": false, "f~": false, "~$f.docx": false, "f.txt~": false, "report~1.docx": false, "a long name~1": false, "f.a~1": false,
	} {
		if got := mayBeShort(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestLongName(t *testing.T) {
	root := t.TempDir()
	const name = `a long directory\a long name.text`
	if err := os.Mkdir(filepath.Join(root, filepath.Dir(name)), 0o777); err != nil {
		t.Fatal(err)
	}
	disk := filepath.Join(root, name)
	if err := os.WriteFile(disk, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	full, err := windows.UTF16PtrFromString(disk)
	if err != nil {
		t.Fatal(err)
	}
	b := make([]uint16, windows.MAX_LONG_PATH)
	if _, err = windows.GetShortPathName(full, &b[0], uint32(len(b))); err != nil {
		t.Fatal(err)
	}
	short := windows.UTF16ToString(b)
	short = filepath.Join(filepath.Base(filepath.Dir(short)), filepath.Base(short)) // the root may have another name in it
	t.Log(short)
	for _, asked := range []string{name, short} {
		if got, ok := longName(root, asked); !ok || got != name {
			t.Errorf("%s: %q, %v", asked, got, ok)
		}
	}
	if got, ok := longName(root, `a long directory\gone`); ok {
		t.Errorf("what is gone is %q", got)
	}
}

// What is gone has no long name any more, so its directory is looked at.
func TestPutShortName(t *testing.T) {
	s := &treeSystem{root: t.TempDir(), q: newQueue()}
	at := func(name string) string { return filepath.Join(s.root, name) }
	if err := os.WriteFile(at("THERE~1.TXT"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	s.put("THERE~1.TXT", opWrite)
	s.put(`d\GONE~1.TXT`, opWrite)
	s.put(`d\GONE~1.TXT`, opRemove)
	got, lost := s.q.take()
	want := []event{
		{at("THERE~1.TXT"), opWrite},
		{at("d"), opChmod}, {at(`d\GONE~1.TXT`), opWrite}, {at("d"), opChmod}, {at(`d\GONE~1.TXT`), opRemove},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(event{})); diff != "" || lost {
		t.Error(lost, diff)
	}
	s.put("THERE~1.TXT", opRename)
	if _, lost := s.q.take(); !lost {
		t.Error("the root is not looked at")
	}
}
