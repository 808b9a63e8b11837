package listing

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// A corpusLine is a row of testdata/lines.tsv, which says what its columns are.
type corpusLine struct {
	server, line, verdict, size, time, name, remark string
}

// unescaped replaces \t, \r and \xNN by the bytes they stand for.
func unescaped(t *testing.T, s string) string {
	t.Helper()
	text, err := strconv.Unquote(`"` + strings.ReplaceAll(s, `"`, `\"`) + `"`)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return text
}

func corpus(t *testing.T) (lines []corpusLine) {
	t.Helper()
	file, err := os.Open("testdata/lines.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for s := bufio.NewScanner(file); s.Scan(); {
		if strings.HasPrefix(s.Text(), "#") {
			continue
		}
		f := strings.Split(s.Text(), "\t")
		if len(f) != 7 {
			t.Fatalf("%d columns: %s", len(f), s.Text())
		}
		lines = append(lines, corpusLine{f[0], unescaped(t, f[1]), f[2], f[3], f[4], unescaped(t, f[5]), f[6]})
	}
	return lines
}

// says writes an entry in the columns of the corpus.
func says(e Entry) string {
	if e.Kind != File && e.Kind != Dir && e.Kind != Link {
		return "skip - - " + e.Name
	}
	size := "-"
	if e.Kind == File && !e.NoSize {
		size = fmt.Sprint(e.Size)
	}
	layout := map[Precision]string{NoTime: "-", Day: "2006-01-02", Minute: "2006-01-02T15:04", Second: "2006-01-02T15:04:05.999"}[e.Precision]
	return fmt.Sprintf("%v %s %s %s", e.Kind, size, e.ModTime.Format(layout), e.Name)
}

// TestCorpus reads each line as the first of a listing.
func TestCorpus(t *testing.T) {
	for _, c := range corpus(t) {
		parser := LIST(now)
		if strings.Contains(c.server, "MLS") {
			parser = MLSD()
		}
		e, err := parser.Line(c.line)
		got, want := "refuse", c.verdict
		if err == nil {
			got = says(e)
		}
		if c.verdict != "refuse" {
			want = strings.Join([]string{c.verdict, c.size, c.time, c.name}, " ")
			if len(c.time) == len("01-02T15:04") { // the year is not shown
				got = strings.Replace(got, e.ModTime.Format("2006-"), "", 1)
			}
		}
		if got != want {
			t.Errorf("%s: %q\ngot  %s (%v)\nwant %s (%s)", c.server, c.line, got, err, want, c.remark)
		}
	}
}
