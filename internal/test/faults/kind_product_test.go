package faults

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"

	"ferry/internal/ftpserver"
	"ferry/internal/test/realftp"
)

// productKinds holds the products that the embedded server knows. Each has a row in docs/ftp.md.
var productKinds = func() []kind {
	var kinds []kind
	for _, p := range ftpserver.Products() {
		cutInCI := slices.Contains([]string{"IIS", "Apache FtpServer", "FileZilla Server 0.9", "SwiFTP"}, p.Name)
		kinds = append(kinds, kind{name: p.Name, seen: p.Name, server: p.Options, inTable: true, another: !cutInCI})
	}
	return kinds
}()

// checkTable checks the row of the server in docs/ftp.md. TestKindsCut makes the last pass of it.
func (s *scene) checkTable(k kind) {
	s.Helper()
	files, err := filepath.Glob(filepath.Join(s.dir, "state", "servers", "*.json"))
	if err != nil || len(files) != 1 {
		s.Fatalf("what ferry remembers of the server: %q, %v", files, err)
	}
	data, err := os.ReadFile(files[0])
	s.must(err)
	var found struct {
		List string
		Seen map[string]bool
	}
	s.must(json.Unmarshal(data, &found))
	realftp.CheckTable(s, realftp.Result{Server: k.name, How: "dialect", List: found.List, Learnt: found.Seen,
		Passes: "first, quiet, edits, quiet, cut"})
}
