package sync

import (
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ferry/manifest"
	"ferry/manifest/manifesttest"
	"ferry/sync/namecase"
)

// The case files in testdata/reconcile are the specification of [Reconcile]:
//
//	# both sides changed the same file
//	policy  push newer
//	base    notes.txt=1 d/
//	local   notes.txt=2
//	remote  notes.txt=3
//	plan    upload notes.txt
//
// An entry is path=content for a file, path/ for a directory or path@ for a special
// file. After a content, * means another time than this content usually has, ! that
// the scan does not know the content, ^9 a time at the 9th second of an hour, ~4 a time
// of the last change, and #7 an identity. ?path makes path unknown, and path/+ is a directory that contains ignored
// names. The size is the length of the content. A case also runs with the sides
// names. A policy names the sides that take names for one that differ only in case.
// The size is the length of the content. A case also runs with the sides
// swapped, unless it says "one way".
type reconcileCase struct {
	name                string
	policy              Policy
	oneWay              bool
	base, local, remote []string
	plan                []string
}

func readCases(t *testing.T, file string) []reconcileCase {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var cases []reconcileCase
	var c *reconcileCase
	for n, line := range strings.Split(string(text), "\n") {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		rest = strings.TrimSpace(rest)
		if word == "#" {
			cases = append(cases, reconcileCase{name: rest, policy: parsePolicy(t, "")})
			c = &cases[len(cases)-1]
			continue
		}
		switch word {
		case "":
		case "policy":
			c.policy = parsePolicy(t, rest)
		case "one":
			c.oneWay = true
		case "base":
			c.base = append(c.base, strings.Fields(rest)...)
		case "local":
			c.local = append(c.local, strings.Fields(rest)...)
		case "remote":
			c.remote = append(c.remote, strings.Fields(rest)...)
		case "plan":
			if rest != "nothing" {
				c.plan = append(c.plan, rest)
			}
		default:
			t.Fatalf("%s:%d: %q", file, n+1, line)
		}
	}
	return cases
}

func parsePolicy(t *testing.T, text string) Policy {
	t.Helper()
	p := Policy{RecentAfter: time.Unix(1_700_000_000+1<<33, 0)}
	for _, word := range strings.Fields(text) {
		switch word {
		case "exact":
			p.Exact = true
		case "adopt":
			p.Adopt = true
		case "checksum":
			p.Checksum = true
		case "young":
			p.RecentAfter = time.Time{}
		case "no-moves":
			p.NoMoves = true
		case "proves":
			p.proves = true
		case "folds-local":
			p.Folding[Local] = namecase.FoldsCase
		case "folds-remote":
			p.Folding[Remote] = namecase.FoldsCase
		case "folds-ascii-remote":
			p.Folding[Remote] = namecase.FoldsASCII
		case "cannot-tell-remote":
			p.Folding[Remote] = namecase.CannotTellCase
		case "tells-apart":
			p.Folding = [2]namecase.Folding{namecase.TellsCaseApart, namecase.TellsCaseApart}
		default:
			if path, found := strings.CutPrefix(word, "untold:"); found {
				if p.untold == nil {
					p.untold = &pathSet{make(map[manifest.Path]bool)}
				}
				p.untold.paths[manifest.Path(path)] = true
				continue
			}
			if p.Direction.UnmarshalText([]byte(word)) != nil && p.Conflict.UnmarshalText([]byte(word)) != nil {
				t.Fatalf("policy %q", word)
			}
		}
	}
	for s := range p.Folding {
		if p.Folding[1-s] != namecase.NotAsked && p.Folding[s] == namecase.NotAsked {
			p.Folding[s] = namecase.TellsCaseApart
		}
	}
	return p
}

func parseTree(t *testing.T, words []string) *manifest.Tree {
	t.Helper()
	var b manifest.Builder
	for _, w := range words {
		switch {
		case strings.HasPrefix(w, "?"):
			b.Unknown(manifest.Path(w[1:]), "unreadable")
		case strings.HasSuffix(w, "@"):
			b.Add(manifest.Path(w[:len(w)-1]), manifest.Entry{Kind: manifest.Other})
		default:
			path, e := parseEntry(t, w)
			b.Add(path, e)
		}
	}
	return b.Tree()
}

func parseEntry(t *testing.T, w string) (manifest.Path, manifest.Entry) {
	t.Helper()
	var e manifest.Entry
	w, id, found := strings.Cut(w, "#")
	if found {
		n, err := strconv.ParseUint(id, 10, 64)
		if err != nil {
			t.Fatalf("identity in %q: %v", w, err)
		}
		e.ID = n
	}
	if rest, held := strings.CutSuffix(w, "/+"); held {
		e.Kind, e.Holds = manifest.Dir, true
		return manifest.Path(rest), e
	}
	if rest, dir := strings.CutSuffix(w, "/"); dir {
		e.Kind = manifest.Dir
		return manifest.Path(rest), e
	}
	w, changed, found := strings.Cut(w, "~")
	if found {
		n, err := strconv.ParseInt(changed, 10, 64)
		if err != nil {
			t.Fatalf("time of the last change in %q: %v", w, err)
		}
		e.Changed = n
	}
	w, later, found := strings.Cut(w, "^")
	seconds := int64(0)
	if found {
		n, err := strconv.ParseInt(later, 10, 64)
		if err != nil {
			t.Fatalf("time in %q: %v", w, err)
		}
		seconds = n
	}
	path, content, found := strings.Cut(w, "=")
	if !found {
		t.Fatalf("entry %q", w)
	}
	content, hidden := strings.CutSuffix(content, "!")
	content, touched := strings.CutSuffix(content, "*")
	e.Kind, e.Size, e.ModTime = manifest.File, int64(len(content)), stampOf(content)
	if touched {
		e.ModTime += 5e9
	}
	if later != "" {
		e.ModTime = 1_700_000_000_000_000_000 + seconds*1e9
	}
	if !hidden {
		e.Sum = sumOf(content)
	}
	return manifest.Path(path), e
}

func sumOf(content string) string { return fmt.Sprintf("%-32s", content) }

func stampOf(content string) int64 {
	h := fnv.New32()
	h.Write([]byte(content))
	return 1_700_000_000_000_000_000 + int64(h.Sum32())*1e9
}

func parseBase(t *testing.T, words []string) manifesttest.Memory {
	t.Helper()
	base := manifesttest.Memory{}
	for _, w := range words {
		path, e := parseEntry(t, w)
		sum := e.Sum
		e.Sum = ""
		base[path] = manifest.Pair{Local: e, Remote: e, Sum: sum}
	}
	return base
}

func planLines(p *Plan) []string {
	var lines []string
	for _, q := range p.Questions.All() {
		verb := "ask"
		if q.HashOnly {
			verb = "ask-hash"
		}
		lines = append(lines, fmt.Sprintf("%s %s %s", verb, q.Side, q.Path))
	}
	for _, a := range p.Actions.All() {
		switch a.Op {
		case Refresh:
			line := "refresh " + string(a.Path)
			if a.Remote.Changed == unprovenContent {
				line += " unproven"
			}
			lines = append(lines, line)
		case Adopt:
			line := "adopt " + string(a.Path)
			if a.NotCompared {
				line += " by size"
			}
			lines = append(lines, line)
		case Upload, Download, Forget:
			lines = append(lines, fmt.Sprintf("%s %s", a.Op, a.Path))
		case Rename:
			lines = append(lines, fmt.Sprintf("move %s %s -> %s", a.Side, a.From, a.Path))
		case SetAside:
			lines = append(lines, fmt.Sprintf("aside %s %s", a.Side, a.From))
		default:
			lines = append(lines, fmt.Sprintf("%s %s %s", a.Op, a.Side, a.Path))
		}
	}
	for _, c := range p.Conflicts {
		if c.Skipped {
			lines = append(lines, "conflict "+string(c.Path))
		}
	}
	for _, s := range p.Skips {
		lines = append(lines, "skip "+string(s.Path))
	}
	for s, twins := range p.Twins {
		if p.AskCase[s] {
			lines = append(lines, fmt.Sprintf("ask case %s", Side(s)))
		}
		for _, q := range twins {
			lines = append(lines, fmt.Sprintf("twin %s %s", Side(s), q.Path.Join(q.Name)))
		}
	}
	return nameCopies(p, lines)
}

// nameCopies replaces the long names of conflict copies with COPY.
func nameCopies(p *Plan, lines []string) []string {
	for _, c := range p.Conflicts {
		if c.Copy == "" {
			continue
		}
		for i := range lines {
			lines[i] = strings.ReplaceAll(lines[i], string(c.Copy), string(c.Path)+".COPY")
		}
	}
	return lines
}

var swapWords = strings.NewReplacer("local", "remote", "remote", "local", "upload", "download", "download", "upload")

func swapped(lines []string) []string {
	var out []string
	for _, l := range lines {
		out = append(out, swapWords.Replace(l))
	}
	return out
}

func TestReconcileCases(t *testing.T) {
	files, err := filepath.Glob("testdata/reconcile/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no case files", err)
	}
	n := 0
	for _, file := range files {
		for _, c := range readCases(t, file) {
			n++
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txt")+"/"+c.name, func(t *testing.T) {
				base := parseBase(t, c.base)
				plan := Reconcile(base, parseTree(t, c.local), parseTree(t, c.remote), c.policy)
				if diff := cmp.Diff(c.plan, planLines(plan)); diff != "" {
					t.Errorf("plan (-want +got):\n%s", diff)
				}
				if c.oneWay || c.policy.Direction != Both {
					return
				}
				plan = Reconcile(base, parseTree(t, c.remote), parseTree(t, c.local), c.policy)
				want, got := map[string]bool{}, map[string]bool{}
				for _, l := range swapped(c.plan) {
					want[l] = true
				}
				for _, l := range planLines(plan) {
					got[l] = true
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("with the sides swapped (-want +got):\n%s", diff)
				}
			})
		}
	}
	t.Logf("%d cases", n)
}
