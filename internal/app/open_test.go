package app

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFew(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files []string
		dirs  []string
		want  bool
	}{
		{"nothing", nil, nil, true},
		{"one file", []string{"a"}, nil, true},
		{"one less than the sessions", []string{"a", "b", "c"}, nil, true},
		{"as many as sessions", []string{"a", "b", "c", "d"}, nil, false},
		{"a directory, which may hold anything", []string{"a"}, []string{"d"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			for _, name := range tt.files {
				if err := os.WriteFile(filepath.Join(root, name), nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for _, name := range tt.dirs {
				if err := os.Mkdir(filepath.Join(root, name), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			if got := few(root, 4); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	if few(filepath.Join(t.TempDir(), "missing"), 4) {
		t.Error("a directory that is not there holds few files")
	}
}
