package manifest

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// oldStore unpacks a store that an older ferry has written.
func oldStore(t *testing.T, name string) string {
	t.Helper()
	packed, err := os.Open(filepath.Join("testdata", "store", name+".gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	r, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "store")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestOldStores holds that a store of every format since the first release opens, for reading and for writing, and says what
// was written then. The files in testdata/store were written by the ferry of their time.
func TestOldStores(t *testing.T) {
	for name, extra := range map[string]Entry{
		"records-1": {},
		"records-2": {Changed: 7, Device: 8},
		"records-3": {Changed: 7, Device: 8, Mode: 0o640},
	} {
		t.Run(name, func(t *testing.T) {
			local := extra
			local.Kind, local.Precision, local.Size, local.ModTime, local.ID = File, Nanosecond, 5, 1700000000123456789, 42
			dir := Entry{Kind: Dir}
			want := map[Path]Pair{
				"d": {Local: dir, Remote: dir},
				"d/a.txt": {
					Local:  local,
					Remote: Entry{Kind: File, Precision: Second, Size: 5, ModTime: 1700000000000000000, Name: "A.TXT"},
					Sum:    "0123456789abcdef",
				},
			}
			path := oldStore(t, name)
			for _, readOnly := range []bool{true, false, false} { // the last time after a write
				s, err := OpenStore(path, StoreOptions{ReadOnly: readOnly})
				if err != nil {
					t.Fatal(err)
				}
				if s.Damage() != "" {
					t.Fatal(s.Damage())
				}
				got := map[Path]Pair{}
				for p, pair := range s.All() {
					got[p] = pair
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
				if l, r := s.Roots(); l != "local-1" || r != "remote-1" {
					t.Errorf("the roots are %q and %q", l, r)
				}
				if !readOnly {
					added := Pair{Local: dir, Remote: dir}
					if err := s.Set("new", added); err != nil {
						t.Fatal(err)
					}
					want["new"] = added
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// TestStoreOfAnotherFormat holds that a store which this ferry cannot read is set aside whole, and said: nothing is deleted
// without a base.
func TestStoreOfAnotherFormat(t *testing.T) {
	path := oldStore(t, "format-1")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := OpenStore(path, StoreOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if !strings.Contains(s.Damage(), "format version 1") || s.Len() != 0 {
		t.Errorf("%q, with %d pairs", s.Damage(), s.Len())
	}
	aside, err := filepath.Glob(path + ".damaged-*")
	if err != nil || len(aside) != 1 {
		t.Fatalf("%q, %v", aside, err)
	}
	if after, err := os.ReadFile(aside[0]); err != nil || string(after) != string(before) {
		t.Errorf("the store that was set aside is another: %v", err)
	}
}
