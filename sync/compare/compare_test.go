package compare

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	stdsync "sync"
	"testing"

	"ferry/manifest"
)

var errBad = errors.New("it cannot be read")

// A fake is a side in memory.
type fake struct {
	algorithm Algorithm // in which it tells hashes; "": it tells none
	files     map[manifest.Path]string
	bad       map[manifest.Path]error // files that cannot be read
	onRead    func(p manifest.Path)

	mu   stdsync.Mutex
	read map[manifest.Path]int // bytes
}

func newFake(a Algorithm) *fake {
	return &fake{algorithm: a, files: map[manifest.Path]string{}, bad: map[manifest.Path]error{}, read: map[manifest.Path]int{}}
}

func sumBy(a Algorithm, text string) string {
	h := a.New()
	io.WriteString(h, text)
	return string(h.Sum(nil))
}

func (f *fake) Sum(_ context.Context, p manifest.Path, _ manifest.Entry) (string, error) {
	if f.algorithm != SHA256 {
		return "", ErrUnsupported
	}
	return sumBy(SHA256, f.files[p]), f.bad[p]
}

func (f *fake) Reader(_ context.Context, run []Wanted) Reader { return &fakeReader{f, run} }

type fakeReader struct {
	*fake
	run []Wanted
}

func (r *fakeReader) Close() error { return nil }

func (r *fakeReader) Open(ctx context.Context, i int, _ int64) (Source, error) {
	p := r.run[i].Path
	return &fakeSource{fake: r.fake, ctx: ctx, p: p, Reader: strings.NewReader(r.files[p]), h: sha256.New()}, nil
}

type fakeSource struct {
	*fake
	*strings.Reader
	ctx context.Context
	p   manifest.Path
	h   hash.Hash
}

func (s *fakeSource) Read(b []byte) (int, error) {
	if s.onRead != nil {
		s.onRead(s.p)
	}
	if s.ctx.Err() != nil {
		return 0, context.Cause(s.ctx)
	}
	n, err := s.Reader.Read(b)
	s.h.Write(b[:n])
	s.mu.Lock()
	s.fake.read[s.p] += n
	s.mu.Unlock()
	return n, err
}

func (s *fakeSource) Confirm(context.Context) (manifest.Entry, error) {
	return manifest.Entry{}, s.bad[s.p]
}
func (s *fakeSource) Close() error { return nil }

func (s *fakeSource) Sum() string {
	return string(s.h.Sum(nil))
}

// A hasher is a fake that tells many hashes at once.
type hasher struct{ *fake }

func (h hasher) Hashes(_ context.Context, run []Wanted, others bool) ([]Told, error) {
	all := make([]Told, len(run))
	for i, w := range run {
		switch {
		case errors.Is(h.bad[w.Path], ErrFatal):
			return nil, h.bad[w.Path]
		case h.bad[w.Path] != nil:
			all[i].Err = h.bad[w.Path]
		case h.algorithm != "" && (others || h.algorithm == SHA256):
			all[i] = Told{Algorithm: h.algorithm, Sum: sumBy(h.algorithm, h.files[w.Path])}
		}
	}
	return all, nil
}

// answer asks all questions.
func (a *Asker) answer(ctx context.Context, all []Question) ([]Answer, error) {
	return a.Answer(ctx, len(all), func(i int) Question { return all[i] })
}

// both asks for files on both sides.
func both(here, there *fake, paths ...manifest.Path) (all []Question) {
	for _, p := range paths {
		for side, f := range []*fake{here, there} {
			all = append(all, Question{Wanted: Wanted{Path: p, Entry: manifest.Entry{Kind: manifest.File, Size: int64(len(f.files[p]))}}, Side: side})
		}
	}
	return all
}

func (f *fake) write(n int, p manifest.Path, end string) {
	f.files[p] = strings.Repeat("x", n-len(end)) + end
}

// TestCompare compares files of all sizes, by each algorithm and without one.
func TestCompare(t *testing.T) {
	const large = streamFrom + worthStopping + 1000
	for _, a := range []Algorithm{"", SHA256, "SHA-512", "SHA-1", "MD5", "CRC32"} {
		t.Run("by "+string(a), func(t *testing.T) {
			here, there := newFake(SHA256), newFake(a)
			for i, f := range []*fake{here, there} {
				f.write(100, "same", "same")
				f.write(100, "other", fmt.Sprint("other", i))
				f.write(large, "large", "same")
				f.write(large, "large-other-end", fmt.Sprint("other", i))
				f.write(large, "large-other", "same")
				f.write(100, "bad", "same")
			}
			there.files["large-other"] = "y" + there.files["large-other"][1:]
			there.bad["bad"] = errBad
			questions := both(here, there, "same", "other", "large", "large-other-end", "large-other", "bad")
			var last Progress
			told := 0
			asker := Asker{Sides: [2]Side{here, hasher{there}}, Workers: 3, Tell: func(p Progress) { last = p; told++ }}
			answers, err := asker.answer(context.Background(), questions)
			if err != nil {
				t.Fatal(err)
			}
			for i := 0; i < len(answers); i += 2 {
				p := questions[i].Path
				l, r := answers[i], answers[i+1]
				if l.Err != nil || l.Sum != sumBy(SHA256, here.files[p]) {
					t.Errorf("%s here: %x, %v", p, l.Sum, l.Err)
				}
				switch {
				case p == "bad":
					if !errors.Is(r.Err, errBad) || r.Sum != "" {
						t.Errorf("bad: %+v", r)
					}
				case r.Err != nil || (l.Sum == r.Sum) != (here.files[p] == there.files[p]) || r.Sum == "":
					t.Errorf("%s: %x and %x, %v", p, l.Sum, r.Sum, r.Err)
				}
			}
			read := there.read["same"] + there.read["large"] + there.read["large-other-end"]
			switch {
			case a != "" && (read > 0 || last.ByHash != 5 || last.Read != 0):
				t.Errorf("%d bytes were read in spite of the hashes, %+v", read, last)
			case a == "" && (read != 100+2*large || last.ByHash != 0 || there.read["large-other"] > 1<<20):
				t.Errorf("read %v, %+v", there.read, last)
			}
			if last.Files != 6 || last.FilesTotal != 6 || last.BytesTotal != 3*large+3*100 || last.Bytes != last.BytesTotal || told < 7 {
				t.Errorf("%d times told, at last %+v", told, last)
			}
		})
	}
}

// TestAskOneSide asks a side for contents that are not compared with the other side.
func TestAskOneSide(t *testing.T) {
	for _, tt := range []struct {
		a               Algorithm
		hashOnly        bool
		untold, wasRead bool
	}{
		{SHA256, false, false, false}, {SHA256, true, false, false}, {"MD5", false, false, true}, {"MD5", true, true, false}, {"", true, true, false}, {"", false, false, true},
	} {
		there := newFake(tt.a)
		there.write(50, "f", "end")
		questions := both(there, there, "f")[1:]
		questions[0].HashOnly = tt.hashOnly
		for _, side := range []Side{there, hasher{there}} {
			there.read["f"] = 0
			asker := Asker{Sides: [2]Side{newFake(SHA256), side}, Workers: 1}
			answers, err := asker.answer(context.Background(), questions)
			if err != nil || answers[0].Untold != tt.untold || (there.read["f"] > 0) != tt.wasRead || !tt.untold && answers[0].Sum != sumBy(SHA256, there.files["f"]) {
				t.Errorf("%+v, %T: %+v, %v, read %d", tt, side, answers, err, there.read["f"])
			}
		}
	}
}

// TestApart holds that two sides on servers are asked for what they tell, each for itself.
func TestApart(t *testing.T) {
	here, there := newFake("MD5"), newFake("MD5")
	here.write(50, "f", "same")
	there.write(50, "f", "same")
	var last Progress
	asker := Asker{Sides: [2]Side{hasher{here}, hasher{there}}, Workers: 1, Apart: true, Tell: func(p Progress) { last = p }}
	answers, err := asker.answer(context.Background(), both(here, there, "f"))
	if err != nil || answers[0] != answers[1] || answers[0].Sum != sumBy(SHA256, here.files["f"]) {
		t.Errorf("%+v, %v", answers, err)
	}
	if last.Files != 1 || last.FilesTotal != 1 || last.Bytes != 100 || last.BytesTotal != 100 || last.Read != 100 {
		t.Errorf("one file that both sides have counts as %+v", last)
	}
}

// TestLocalFails holds that a local file that cannot be read leaves no answer that could be
// taken for a content.
func TestLocalFails(t *testing.T) {
	for _, a := range []Algorithm{"", SHA256, "MD5"} {
		for _, size := range []int{100, streamFrom + 5} {
			here, there := newFake(SHA256), newFake(a)
			here.write(size, "f", "same")
			there.write(size, "f", "same")
			here.bad["f"] = errBad
			asker := Asker{Sides: [2]Side{here, hasher{there}}, Workers: 1}
			answers, err := asker.answer(context.Background(), both(here, there, "f"))
			if err != nil || !errors.Is(answers[0].Err, errBad) {
				t.Errorf("by %q, %d bytes: %+v, %v", a, size, answers, err)
			}
		}
	}
}

// TestEnds holds that a lost side and the end of the context end everything.
func TestEnds(t *testing.T) {
	for _, a := range []Algorithm{"", SHA256, "MD5"} {
		for _, size := range []int{100, streamFrom + 5} {
			for _, one := range []string{"lost", "cancelled"} {
				here, there := newFake(SHA256), newFake(a)
				here.write(size, "f", "same")
				there.write(size, "f", "same")
				ctx, cancel := context.WithCancelCause(context.Background())
				want := ErrFatal
				if one == "lost" {
					there.bad["f"] = fmt.Errorf("no more: %w", ErrFatal)
				} else {
					want = errBad
					here.onRead = func(manifest.Path) { cancel(errBad) }
					there.onRead = here.onRead
					if a == SHA256 {
						cancel(errBad)
					}
				}
				asker := Asker{Sides: [2]Side{here, hasher{there}}, Workers: 1}
				answers, err := asker.answer(ctx, both(here, there, "f"))
				if !errors.Is(err, want) || answers != nil {
					t.Errorf("by %q, %d bytes, %s: %+v, %v", a, size, one, answers, err)
				}
				cancel(nil)
			}
		}
	}
}

// A claimer is a fake on which somebody left what was in the files.
type claimer struct {
	*fake
	claims map[manifest.Path]string
}

func (c claimer) Claims(_ context.Context, run []Wanted) []string {
	all := make([]string, len(run))
	for i, w := range run {
		if text, ok := c.claims[w.Path]; ok {
			all[i] = sumBy(SHA256, text)[:claimBytes]
		}
	}
	return all
}

// TestClaims holds that what somebody left is believed only where it says that files are
// equal, and after samples of it were right.
func TestClaims(t *testing.T) {
	const n = 30
	name := func(i int) manifest.Path { return manifest.Path(fmt.Sprintf("f%02d", i)) }
	for _, tt := range []struct {
		why    string
		change func(here, there *fake, claims map[manifest.Path]string)
		off    bool
		read   int // files
		same   int
	}{
		{"all is true", func(_, _ *fake, _ map[manifest.Path]string) {}, false, 3, n},
		{"nobody asks for it", func(_, _ *fake, _ map[manifest.Path]string) {}, true, n, n},
		{"a sample is wrong", func(_, _ *fake, claims map[manifest.Path]string) { claims[name(n-1)] = "other" }, false, n, n},
		{"it says that one differs", func(_, _ *fake, claims map[manifest.Path]string) { claims[name(7)] = "other" }, false, 4, n},
		{"one was changed here", func(here, _ *fake, _ map[manifest.Path]string) { here.write(100, name(7), "edited") }, false, 4, n - 1},
		{"few are there", func(_, _ *fake, claims map[manifest.Path]string) {
			for i := range n - claimsFrom + 1 {
				delete(claims, name(i))
			}
		}, false, n, n},
		{"no sample can be read", func(_, there *fake, _ map[manifest.Path]string) { there.bad[name(0)] = errBad }, false, n, n - 1},
	} {
		here, there := newFake(SHA256), newFake("")
		claims := map[manifest.Path]string{}
		var paths []manifest.Path
		for i := range n {
			here.write(100, name(i), fmt.Sprint(i))
			there.write(100, name(i), fmt.Sprint(i))
			claims[name(i)] = there.files[name(i)]
			paths = append(paths, name(i))
		}
		tt.change(here, there, claims)
		var last Progress
		asker := Asker{Sides: [2]Side{here, claimer{there, claims}}, Workers: 2, Claims: !tt.off, Tell: func(p Progress) { last = p }}
		answers, err := asker.answer(context.Background(), both(here, there, paths...))
		if err != nil {
			t.Fatal(err)
		}
		same, claimed := 0, 0
		for i := 0; i < len(answers); i += 2 {
			if answers[i].Sum == answers[i+1].Sum {
				same++
			}
			if answers[i+1].Claimed {
				claimed++
			}
		}
		if same != tt.same || len(there.read) != tt.read || (claimed > 0) != (tt.read < n) {
			t.Errorf("%s: %d are the same, want %d; %d were read, want %d; %d are claimed", tt.why, same, tt.same, len(there.read), tt.read, claimed)
		}
		if last.Files != n || last.Bytes != last.BytesTotal {
			t.Errorf("%s: %+v", tt.why, last)
		}
	}
}

// A doubter is a fake that hears of its mistakes.
type doubter struct {
	*fake
	doubts *int
}

func (d doubter) DoubtHashes() { *d.doubts++ }

// TestDoubt holds that a side hears of a hash that was wrong, and of nothing else.
func TestDoubt(t *testing.T) {
	right, wrong := sumBy(SHA256, "right"), sumBy(SHA256, "wrong")
	for _, tt := range []struct {
		told, found string
		want        int
	}{{right, right, 0}, {wrong, right, 1}, {"", right, 0}, {wrong, "", 0}, {Differs, right, 0}} {
		doubts := 0
		Doubt(doubter{newFake(SHA256), &doubts}, tt.told, tt.found)
		Doubt(newFake(SHA256), tt.told, tt.found)
		if doubts != tt.want {
			t.Errorf("told %x, found %x: %d doubts", tt.told, tt.found, doubts)
		}
	}
}
