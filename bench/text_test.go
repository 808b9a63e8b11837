package main

import (
	"bytes"
	"compress/zlib"
	"os"
	"path/filepath"
	"testing"
)

// TestTexts checks that texts compress as source code does, and that they are not all the same.
func TestTexts(t *testing.T) {
	dir := t.TempDir()
	if err := makeTexts(dir, 2); err != nil {
		t.Fatal(err)
	}
	var texts [2][]byte
	for i, name := range []string{"text-000.txt", "text-001.txt"} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || len(content) != textSize {
			t.Fatalf("%d bytes, %v", len(content), err)
		}
		small := new(bytes.Buffer)
		w := zlib.NewWriter(small)
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if part := float64(small.Len()) / textSize; part < 0.2 || part > 0.5 {
			t.Errorf("%s becomes %.2f of its size", name, part)
		}
		texts[i] = content
	}
	if bytes.Equal(texts[0], texts[1]) {
		t.Error("both texts are the same")
	}
}
