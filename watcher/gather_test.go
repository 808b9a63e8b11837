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

var words = map[string]hint{
	"write":   touched,
	"make":    came | made,
	"replace": came,
	"mkdir":   came | made | tree,
	"dir":     came | tree,
	"rm":      gone,
	"mv":      gone | moved,
}

var epoch = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// play feeds lines of "milliseconds word path" to g and returns the batches as
// "milliseconds paths", each taken as soon as it is there.
func play(t *testing.T, g *gatherer, script string) []string {
	t.Helper()
	var got []string
	until := func(end time.Time) {
		for !g.next.IsZero() && !g.next.After(end) {
			now := g.next
			g.due(now)
			if b, ok := g.batch(cheapAlways); ok {
				got = append(got, fmt.Sprint(now.Sub(epoch).Milliseconds(), " ", spell(b)))
				g.sent()
			}
			if g.next.Equal(now) {
				t.Fatalf("due at %v is due again at once", now)
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
			g.lose(now, false)
		case "lost-root":
			g.lose(now, true)
		case "look":
			g.look(true)
		case "looked":
			g.look(false)
		default:
			h, ok := words[fields[1]]
			if !ok {
				t.Fatalf("no such word: %s", fields[1])
			}
			for _, p := range fields[2:] {
				g.add(manifest.Path(p), h, now)
			}
		}
	}
	until(epoch.Add(24 * time.Hour))
	return got
}

func cheapAlways(manifest.Path, int) bool { return true }

func spell(b Batch) string {
	if b.Everything {
		return "everything"
	}
	var names []string
	for _, p := range b.Paths {
		names = append(names, string(p))
	}
	return strings.Join(names, " ")
}

func TestGather(t *testing.T) {
	for _, c := range []struct {
		name   string
		script string
		want   []string
	}{
		{"one write", `0 write a`, []string{"500 a"}},
		{"writes put it off", `
			0 write a
			400 write a
			800 write a`, []string{"1300 a"}},
		{"sorted, a directory before what follows it", `
			0 write a.txt a b/c a-b`, []string{"500 a a-b a.txt b/c"}},
		{"what is ripe waits for what goes on elsewhere", `
			0 write a
			300 write b
			700 write c`, []string{"1200 a b c"}},
		{"but not for long", `
			0 write a
			400 write b
			800 write b
			1200 write b
			1600 write b
			2000 write b
			2400 write b
			2800 write b`, []string{"2500 a", "3300 b"}},
		{"thirty seconds at most", neverResting(), []string{"30000 log", "38000 log"}},

		{"a deletion is held", `0 rm a`, []string{"5500 a"}},
		{"deletions one after the other are one batch", `
			0 rm a
			300 rm b
			700 rm c`, []string{"6200 a b c"}},
		{"others do not wait for it", `
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

		{"made and gone is forgotten", `
			0 make a
			10 write a
			100 rm a`, nil},
		{"replaced and gone is not", `
			0 replace a
			100 rm a`, []string{"5600 a"}},
		{"written and gone is not", `
			0 write a
			100 rm a`, []string{"5600 a"}},
		{"gone, made and gone is not", `
			0 rm a
			100 make a
			200 rm a`, []string{"5700 a"}},
		{"made, reported and gone is not", `
			0 make a
			600 rm a`, []string{"500 a", "6100 a"}},
		{"made and gone while somebody looks is not", `
			0 look
			1 make a
			2 rm a
			3 looked`, []string{"5502 a"}},
		{"made before somebody looked and gone after is not", `
			0 make a
			1 look
			2 looked
			3 rm a`, []string{"5503 a"}},
		{"made and gone after a look is", `
			0 look
			1 looked
			2 make a
			3 rm a`, nil},
		{"a directory made and gone with all in it", `
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
		{"a rename waits for what it became", `
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
		{"a directory renamed tells so itself too", `
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
		{"a tree removed and restored is not half gone", `
			0 rm d/a d/b
			1 rm d
			100 dir d
			101 make d/a
			1200 make d/b`, []string{"5501 d"}},
		{"a file that went from a directory just moved in is nobody's loss", `
			0 mkdir d
			100 rm d/a`, []string{"600 d"}},
		{"a deletion in a directory to be looked at as a whole is held", `
			0 dir d
			100 rm d/a`, []string{"5600 d"}},

		{"lost events", `
			0 write a
			100 lose
			200 write b`, []string{"700 everything"}},
		{"lost events, never resting", losing(), []string{"30000 everything"}},
		{"a lost root is told at once", `
			0 write a
			100 lost-root`, []string{"100 everything"}},
		{"after that as before", `
			0 lose
			600 write a`, []string{"500 everything", "1100 a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := newGatherer(Options{}.filled())
			got := play(t, g, c.script)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if len(g.pending)+len(g.ready) > 0 || g.trees != 0 {
				t.Errorf("left: %d pending, %d ready, %d trees", len(g.pending), len(g.ready), g.trees)
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

// TestOffered holds that a path on offer is taken back when something happens to
// it before anybody took it.
func TestOffered(t *testing.T) {
	at := func(ms int) time.Time { return epoch.Add(time.Duration(ms) * time.Millisecond) }
	g := newGatherer(Options{}.filled())
	g.add("a", touched, at(0))
	g.add("b", touched, at(0))
	g.due(at(500))
	if b, ok := g.batch(cheapAlways); !ok || spell(b) != "a b" {
		t.Fatalf("%v, %v", b, ok)
	}
	g.add("a", gone, at(600))
	if b, ok := g.batch(cheapAlways); !ok || spell(b) != "b" {
		t.Errorf("after a went: %v, %v", b, ok)
	}
	g.add("a", came, at(700))
	g.due(g.next)
	g.due(g.next)
	if b, ok := g.batch(cheapAlways); !ok || spell(b) != "a b" {
		t.Errorf("after a came back: %v, %v", b, ok)
	}
	g.lose(at(5000), false)
	if b, ok := g.batch(cheapAlways); ok {
		t.Errorf("after events were lost: %v is still on offer", b)
	}
	g.due(g.next)
	g.add("c", gone, at(6000)) // whoever takes the batch will see that
	if b, ok := g.batch(cheapAlways); !ok || !b.Everything {
		t.Errorf("%v, %v", b, ok)
	}
	g.sent()
	if b, ok := g.batch(cheapAlways); ok || !g.next.IsZero() {
		t.Errorf("after all was taken: %v, next at %v", b, g.next)
	}
}

// TestPostpone holds that a growing file is put off, but not for ever.
func TestPostpone(t *testing.T) {
	g := newGatherer(Options{}.filled())
	g.add("a", touched, epoch)
	rounds := 0
	for {
		now := g.next
		files := g.due(now)
		for _, p := range files {
			g.postpone(p, now)
		}
		if _, ok := g.batch(cheapAlways); ok {
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
		t.Errorf("put off %d times", rounds)
	}
}

// TestSqueeze holds that memory is bounded: crowded directories take the place of
// what is in them, and where that does not help, everything does.
func TestSqueeze(t *testing.T) {
	g := newGatherer(Options{}.filled())
	for i := range maxPending + 10 {
		g.add(manifest.Path(fmt.Sprintf("d%d/%d", i%10, i)), gone, epoch)
	}
	if len(g.pending) > 20 {
		t.Errorf("%d pending", len(g.pending))
	}
	g.add("d0/new", came|made, epoch.Add(time.Second))
	if diff := cmp.Diff([]string{"5500 d0 d1 d2 d3 d4 d5 d6 d7 d8 d9"}, play(t, g, "")); diff != "" {
		t.Error(diff)
	}

	for i := range maxPending + 10 {
		g.add(manifest.Path(fmt.Sprintf("%d/x", i)), touched, epoch)
	}
	if len(g.pending) > 0 || g.trees != 0 {
		t.Errorf("%d pending, %d trees", len(g.pending), g.trees)
	}
	if diff := cmp.Diff([]string{"500 everything"}, play(t, g, "")); diff != "" {
		t.Error(diff)
	}
}
