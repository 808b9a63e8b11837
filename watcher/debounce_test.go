package watcher

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ferry/manifest"
)

var changeWords = map[string]change{
	"write":   modified,
	"make":    appeared | created,
	"replace": appeared,
	"mkdir":   appeared | created | subtree,
	"dir":     appeared | subtree,
	"rm":      vanished,
	"mv":      vanished | movedAway,
}

var epoch = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// play feeds lines of "milliseconds word path" to a debouncer. It takes each batch as
// soon as it is ready, and returns them as "milliseconds paths".
func play(t *testing.T, d *debouncer, script string) []string {
	t.Helper()
	var got []string
	until := func(end time.Time) {
		for !d.next.IsZero() && !d.next.After(end) {
			now := d.next
			d.advance(now)
			if b, ok := d.batch(alwaysSmall); ok {
				got = append(got, fmt.Sprint(now.Sub(epoch).Milliseconds(), " ", batchText(b)))
				d.sent()
			}
			if d.next.Equal(now) {
				t.Fatalf("advance at %v did not advance", now)
			}
		}
	}
	for line := range strings.Lines(script) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		ms, err := strconv.Atoi(fields[0])
		if err != nil {
			t.Fatal(err)
		}
		now := epoch.Add(time.Duration(ms) * time.Millisecond)
		until(now.Add(-1))
		switch fields[1] {
		case "lose":
			d.loseEvents(now, false)
		case "lost-root":
			d.loseEvents(now, true)
		case "scan":
			d.scan(true, now)
		case "scanned":
			d.scan(false, now)
		case "mark":
			d.marks++
		case "passed":
			d.marks--
		default:
			h, ok := changeWords[fields[1]]
			if !ok {
				t.Fatalf("no such word: %s", fields[1])
			}
			for _, p := range fields[2:] {
				d.add(manifest.Path(p), h, now)
			}
		}
	}
	until(epoch.Add(24 * time.Hour))
	return got
}

func alwaysSmall(manifest.Path, int) bool { return true }

func batchText(b Batch) string {
	if b.Everything {
		return "everything"
	}
	var names []string
	for _, p := range b.Paths {
		names = append(names, string(p))
	}
	return strings.Join(names, " ")
}

func TestDebounce(t *testing.T) {
	for _, c := range []struct {
		name   string
		script string
		want   []string
	}{
		{"one write", `0 write a`, []string{"500 a"}},
		{"more writes delay it", `
			0 write a
			400 write a
			800 write a`, []string{"1300 a"}},
		{"sorted, a directory before what follows it", `
			0 write a.txt a b/c a-b`, []string{"500 a a-b a.txt b/c"}},
		{"what is due waits for other changes", `
			0 write a
			300 write b
			700 write c`, []string{"1200 a b c"}},
		{"but only for two seconds", `
			0 write a
			400 write b
			800 write b
			1200 write b
			1600 write b
			2000 write b
			2400 write b
			2800 write b`, []string{"2500 a", "3300 b"}},
		{"no longer than 30 s", neverResting(), []string{"30000 log", "38000 log"}},

		{"a deletion is held", `0 rm a`, []string{"5500 a"}},
		{"deletions one after the other are one batch", `
			0 rm a
			300 rm b
			700 rm c`, []string{"6200 a b c"}},
		{"other paths do not wait for a deletion", `
			0 rm a
			100 write b`, []string{"600 b", "5500 a"}},
		{"gone and back is a change", `
			0 rm a
			300 make a`, []string{"800 a"}},
		{"back after a while", `
			0 rm a
			4000 make a`, []string{"4500 a"}},
		{"back too late", `
			0 rm a
			6000 make a`, []string{"5500 a", "6500 a"}},
		{"gone twice is gone once", `
			0 rm a
			3000 rm a`, []string{"5500 a"}},

		{"created and gone is not reported", `
			0 make a
			10 write a
			100 rm a`, nil},
		{"replaced and gone is reported", `
			0 replace a
			100 rm a`, []string{"5600 a"}},
		{"written and gone is reported", `
			0 write a
			100 rm a`, []string{"5600 a"}},
		{"gone, created and gone is reported", `
			0 rm a
			100 make a
			200 rm a`, []string{"5700 a"}},
		{"created, reported and gone is reported", `
			0 make a
			600 rm a`, []string{"500 a", "6100 a"}},
		{"created and gone during a scan is reported", `
			0 scan
			1 make a
			2 rm a
			3 scanned`, []string{"5502 a"}},
		{"created before a scan and gone after it is reported", `
			0 make a
			1 scan
			2 scanned
			3 rm a`, []string{"5503 a"}},
		{"created and gone before the mark at the end of a scan is passed is reported", `
			0 scan
			1 scanned
			1 mark
			2 make a
			3 rm a
			4 passed`, []string{"5503 a"}},
		{"gone after that mark", `
			0 scan
			1 scanned
			1 mark
			2 make a
			3 passed
			4 rm a`, []string{"5504 a"}},
		{"created and gone after that mark is not reported", `
			0 scan
			1 scanned
			1 mark
			2 passed
			501 make a
			502 rm a`, nil},
		{"created and gone a while after a scan is not reported", `
			0 scan
			1 scanned
			501 make a
			502 rm a`, nil},
		{"created and gone right after a scan is reported: the event may have come late", `
			0 scan
			1 scanned
			500 make a
			501 rm a`, []string{"6001 a"}},
		{"a directory created and gone with everything in it", `
			0 mkdir d
			1 make d/a d/b
			2 rm d/a d/b
			3 rm d`, nil},

		{"vim: write beside, rename over", `
			0 make .f.swp
			100 make 4913
			101 rm 4913
			102 mv f
			102 make f~
			103 make f
			104 write f
			105 rm f~
			200 rm .f.swp`, []string{"700 f"}},
		{"atomic save: temporary renamed over", `
			0 make .f.tmp
			10 write .f.tmp
			20 mv .f.tmp
			20 replace f`, []string{"520 f"}},
		{"a rename is one batch, not held", `
			0 mv a
			0 make b`, []string{"500 a b"}},
		{"a rename waits for its new path", `
			0 mv a
			0 make b
			300 write b
			600 write b`, []string{"1100 a b"}},
		{"renamed twice", `
			0 mv a
			0 make b
			100 mv b
			100 make c`, []string{"600 a c"}},
		{"renamed and back", `
			0 mv a
			0 make b
			100 mv b
			100 replace a`, []string{"600 a"}},
		{"renamed, then gone", `
			0 mv a
			0 make b
			200 rm b`, []string{"5500 a"}},
		{"renamed out of the tree is held", `
			0 mv a
			300 make b`, []string{"800 b", "5500 a"}},
		{"a renamed directory has two events", `
			0 mv d
			0 mkdir e
			0 mv d`, []string{"500 d e"}},
		{"moved into a new directory", `
			0 mkdir d
			5 mv a
			5 make d/a
			100 make d/b`, []string{"600 a d"}},
		{"a file moved over another", `
			0 mv a
			0 replace b`, []string{"500 a b"}},

		{"a new directory is one path", `
			0 mkdir d
			1 make d/a d/e/f
			400 write d/a`, []string{"900 d"}},
		{"a new directory, then more in it", `
			0 mkdir d
			600 make d/a`, []string{"500 d", "1100 d/a"}},
		{"a tree that is removed and restored is reported once", `
			0 rm d/a d/b
			1 rm d
			100 dir d
			101 make d/a
			1200 make d/b`, []string{"5501 d"}},
		{"a file that vanished from a new directory is not held back", `
			0 mkdir d
			100 rm d/a`, []string{"600 d"}},
		{"a deletion in a directory that is reported as a whole is held", `
			0 dir d
			100 rm d/a`, []string{"5600 d"}},

		{"lost events", `
			0 write a
			100 lose
			200 write b`, []string{"700 everything"}},
		{"events that are lost all the time", losing(), []string{"30000 everything"}},
		{"a lost root is reported at once", `
			0 write a
			100 lost-root`, []string{"100 everything"}},
		{"changes after lost events", `
			0 lose
			600 write a`, []string{"500 everything", "1100 a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDebouncer(Options{}.filled())
			got := play(t, d, c.script)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if len(d.pending)+len(d.ready) > 0 || d.subtrees != 0 {
				t.Errorf("left: %d pending, %d ready, %d trees", len(d.pending), len(d.ready), d.subtrees)
			}
		})
	}
}

// neverResting writes to a log every 250 ms for 37.5 s.
func neverResting() string {
	var b strings.Builder
	for ms := 0; ms <= 37500; ms += 250 {
		fmt.Fprintln(&b, ms, "write log")
	}
	return b.String()
}

func losing() string {
	var b strings.Builder
	for ms := 0; ms <= 30000; ms += 250 {
		fmt.Fprintln(&b, ms, "lose")
	}
	return b.String()
}

// A path is removed from the batch on offer when it changes again.
func TestOffered(t *testing.T) {
	at := func(ms int) time.Time { return epoch.Add(time.Duration(ms) * time.Millisecond) }
	d := newDebouncer(Options{}.filled())
	d.add("a", modified, at(0))
	d.add("b", modified, at(0))
	d.advance(at(500))
	if b, ok := d.batch(alwaysSmall); !ok || batchText(b) != "a b" {
		t.Fatalf("%v, %v", b, ok)
	}
	d.add("a", vanished, at(600))
	if b, ok := d.batch(alwaysSmall); !ok || batchText(b) != "b" {
		t.Errorf("after a went: %v, %v", b, ok)
	}
	d.add("a", appeared, at(700))
	d.advance(d.next)
	d.advance(d.next)
	if b, ok := d.batch(alwaysSmall); !ok || batchText(b) != "a b" {
		t.Errorf("after a came back: %v, %v", b, ok)
	}
	d.loseEvents(at(5000), false)
	if b, ok := d.batch(alwaysSmall); ok {
		t.Errorf("after events were lost: %v is still on offer", b)
	}
	d.advance(d.next)
	d.add("c", vanished, at(6000)) // the scan of the batch will see that
	if b, ok := d.batch(alwaysSmall); !ok || !b.Everything {
		t.Errorf("%v, %v", b, ok)
	}
	d.sent()
	if b, ok := d.batch(alwaysSmall); ok || !d.next.IsZero() {
		t.Errorf("after all was taken: %v, next at %v", b, d.next)
	}
}

// A growing file is postponed, but not for ever.
func TestPostpone(t *testing.T) {
	d := newDebouncer(Options{}.filled())
	d.add("a", modified, epoch)
	rounds := 0
	for {
		now := d.next
		files := d.advance(now)
		for _, p := range files {
			d.postpone(p, now)
		}
		if _, ok := d.batch(alwaysSmall); ok {
			if waited := now.Sub(epoch); waited < 28*time.Second || waited > 30*time.Second {
				t.Errorf("sent after %v", waited)
			}
			break
		}
		if rounds++; rounds > 1000 {
			t.Fatal("never sent")
		}
	}
	if rounds < 50 {
		t.Errorf("postponed %d times", rounds)
	}
}

// Memory is bounded: crowded directories take the place of what is in them, and if
// that is not enough, everything is reported.
func TestCompact(t *testing.T) {
	d := newDebouncer(Options{}.filled())
	for i := range maxPending + 10 {
		d.add(manifest.Path(fmt.Sprintf("d%d/%d", i%10, i)), vanished, epoch)
	}
	if len(d.pending) > 20 {
		t.Errorf("%d pending", len(d.pending))
	}
	d.add("d0/new", appeared|created, epoch.Add(time.Second))
	if diff := cmp.Diff([]string{"5500 d0 d1 d2 d3 d4 d5 d6 d7 d8 d9"}, play(t, d, "")); diff != "" {
		t.Error(diff)
	}

	for i := range maxPending + 10 {
		d.add(manifest.Path(fmt.Sprintf("%d/x", i)), modified, epoch)
	}
	if len(d.pending) > 0 || d.subtrees != 0 {
		t.Errorf("%d pending, %d trees", len(d.pending), d.subtrees)
	}
	if diff := cmp.Diff([]string{"500 everything"}, play(t, d, "")); diff != "" {
		t.Error(diff)
	}
}
