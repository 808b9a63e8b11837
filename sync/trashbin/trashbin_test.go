package trashbin

import (
	"testing"
	"time"

	"ferry/manifest"

	"github.com/google/go-cmp/cmp"
)

func TestParseTrashStamp(t *testing.T) {
	at := time.Date(2026, 7, 28, 9, 5, 1, 0, time.UTC)
	for name, want := range map[string]int{"20260728-090501": 1, "20260728-090501-2": 2, "20260728-090501-9999": 9999} {
		if when, n, ok := ParseStamp(name); !ok || n != want || !when.Equal(at) || when.Location() != time.UTC {
			t.Errorf("%s is %v, %d, %v", name, when, n, ok)
		}
	}
	for _, name := range []string{"", "20260728", "20261328-090501", "20260728-250501", "20260728-090501-0", "20260728-090501-", "20260728-090501x", "x20260728-090501", ".", ".."} {
		if when, n, ok := ParseStamp(name); ok {
			t.Errorf("%q is %v, %d", name, when, n)
		}
	}
}

// No ID leads out of the trash, whoever made it.
func TestInside(t *testing.T) {
	stamp, below, err := Trashed{ID: "20260728-090501-2/a/b"}.Inside()
	if err != nil || stamp != "20260728-090501-2" || below != "a/b" {
		t.Errorf("%q, %q, %v", stamp, below, err)
	}
	for _, id := range []string{
		"", "/", "a", "20260728-090501", "20260728-090501/", "20260728-090501//a", "/20260728-090501/a", "../20260728-090501/a",
		"20260728-090501/..", "20260728-090501/../../x", "20260728-090501/a/../b", "20260728-090501/a\nb", "20260728-090501/./a",
	} {
		if stamp, below, err := (Trashed{ID: id}).Inside(); err == nil {
			t.Errorf("%q is %q in %q", id, below, stamp)
		}
	}
}

// A name is restored as it was spelled. Another path is used as it is.
func TestSpelled(t *testing.T) {
	const nfc, nfd = "\u00e9/x", "e\u0301/x"
	for _, c := range []struct {
		path manifest.Path
		want string
	}{{nfc, nfd}, {"other", "other"}} {
		if got := (Trashed{ID: "20260728-090501/" + nfd, Path: c.path}).Spelled(); got != c.want {
			t.Errorf("%q is spelled %q, want %q", c.path, got, c.want)
		}
	}
}

func TestSortTrashed(t *testing.T) {
	var things []Trashed
	for _, id := range []string{"20260101-000000/b", "20260101-000000-2/a", "20260101-000000-10/a", "20260101-000000/a", "20270101-000000/z"} {
		thing := Trashed{ID: id}
		stamp, below, _ := thing.Inside()
		thing.When, _, _ = ParseStamp(stamp)
		thing.Path = manifest.Path(below)
		things = append(things, thing)
	}
	Sort(things)
	var got []string
	for _, thing := range things {
		got = append(got, thing.ID)
	}
	want := []string{"20270101-000000/z", "20260101-000000-10/a", "20260101-000000-2/a", "20260101-000000/a", "20260101-000000/b"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
