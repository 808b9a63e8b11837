package realftp

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A Result is a row of the table of servers in docs/ftp.md: what whole passes with one server showed.
type Result struct {
	Server string
	How    string          // how it ran, as "real" or "dialect"
	List   string          // the command that ferry lists with
	Learnt map[string]bool // the quirks that ferry found out in use
	Passes string          // the passes that went well
}

var tableLock sync.Mutex

// tableHead is the line above the rows, with which the table begins.
const tableHead = "| server | how it ran | lists with | what ferry found out | passes |\n| --- | --- | --- | --- | --- |\n"

// CheckTable checks that docs/ftp.md has this row. With FERRY_UPDATE_SERVERS=1 it writes the row there. The rows of real
// servers are checked only with FERRY_REQUIRE_SERVERS=1, because other versions may behave differently.
func CheckTable(t testing.TB, r Result) {
	t.Helper()
	update := os.Getenv("FERRY_UPDATE_SERVERS") == "1"
	if r.How == "real" && !update && os.Getenv("FERRY_REQUIRE_SERVERS") != "1" {
		return
	}
	tableLock.Lock()
	defer tableLock.Unlock()
	path := tablePath(t)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(data), tableHead)
	if !found {
		t.Fatalf("%s has no table of servers, which begins with\n%s", path, tableHead)
	}
	rows, after, _ := strings.Cut(rest, "\n\n")
	lines := strings.Split(rows, "\n")
	want := r.row()
	at := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "| "+r.Server+" |") })
	switch {
	case at >= 0 && lines[at] == want:
		return
	case !update:
		t.Errorf("docs/ftp.md is not up to date; run this test with FERRY_UPDATE_SERVERS=1. It should have the line\n%s", want)
		return
	case at >= 0:
		lines[at] = want
	default:
		lines = append(lines, want)
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(sortKey(a), sortKey(b)) })
	text := before + tableHead + strings.TrimPrefix(strings.Join(lines, "\n"), "\n") + "\n\n" + after
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// sortKey puts real servers before dialects.
func sortKey(row string) string {
	cells := strings.Split(row, "|")
	if len(cells) < 3 {
		return ""
	}
	order := "0"
	if strings.Contains(cells[2], "dialect") {
		order = "1"
	}
	return order + strings.ToLower(cells[1])
}

// row returns the line of the table.
func (r Result) row() string {
	var learnt []string
	for quirk, holds := range r.Learnt {
		if quirk == "active" {
			continue // it is tried only where enough transfers wait
		}
		if !holds {
			quirk = "not " + quirk
		}
		learnt = append(learnt, quirk)
	}
	slices.Sort(learnt)
	return fmt.Sprintf("| %s | %s | %s | %s | %s |", r.Server, r.How, r.List, strings.Join(learnt, ", "), r.Passes)
}

// tablePath returns the path of docs/ftp.md.
func tablePath(t testing.TB) string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; filepath.Dir(dir) != dir; dir = filepath.Dir(dir) {
		path := filepath.Join(dir, "docs", "ftp.md")
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	t.Fatal("there is no docs/ftp.md above this package")
	return ""
}
