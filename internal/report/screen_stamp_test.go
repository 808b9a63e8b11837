package report

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestStamps(t *testing.T) {
	now := func() time.Time { return time.Date(2026, 8, 21, 14, 2, 3, 0, time.UTC) }
	var out bytes.Buffer
	s := NewScreen(&out)
	s.StampWith(TimeStamp(now, false))
	_, _ = s.Write([]byte("one\ntwo\n"))
	s.StampWith(TimeStamp(now, true))
	_, _ = s.Write([]byte("three\n"))
	s.StampWith(JournalStamp)
	talk := Talker{W: s, Name: "site"}
	talk.Note("good to know")
	talk.Warn("mind")
	talk.Fail(errors.New("broken"), "")
	_, _ = Unstamped{s}.Write([]byte("as it is\n"))
	want := "2026-08-21 14:02:03 one\n2026-08-21 14:02:03 two\n14:02:03 three\n" +
		"<6>ferry: site: good to know\n<4>ferry: warning: site: mind\n<3>ferry: error: site: broken\nas it is\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestToJournal(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "stream"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	device, inode, ok := fileNumbers(f)
	if !ok {
		t.Skip("files have no numbers here")
	}
	for stream, want := range map[string]bool{
		"":                            false,
		"0:0":                         false,
		"nonsense":                    false,
		streamOf(device, inode):       true,
		streamOf(device, inode+1):     false,
		streamOf(device, inode) + " ": false,
	} {
		if got := ToJournal(f, stream); got != want {
			t.Errorf("%q: %v", stream, got)
		}
	}
	if ToJournal(&bytes.Buffer{}, streamOf(device, inode)) {
		t.Error("a buffer is the journal")
	}
}

func streamOf(device, inode uint64) string { return fmt.Sprintf("%d:%d", device, inode) }
