package verify

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/compare"
	"ferry/sync/replicatest"
)

func sides() (local, remote *replicatest.Memory) {
	local, remote = replicatest.NewMemory(), replicatest.NewMemory()
	clock := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, m := range []*replicatest.Memory{local, remote} {
		m.Clock = func() time.Time { clock = clock.Add(time.Second); return clock }
	}
	return local, remote
}

func texts(r Result) (all []string) {
	for _, d := range r.Differences {
		all = append(all, fmt.Sprintf("%s %s", d.Kind, d.Path))
	}
	return all
}

func TestDifferences(t *testing.T) {
	local, remote := sides()
	for _, m := range []*replicatest.Memory{local, remote} {
		m.Write("same", "same", time.Time{})
		m.Write("d/same", "same too", time.Time{})
		m.Write("empty", "", time.Time{})
	}
	at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	local.Write("content", "12345", at)
	remote.Write("content", "54321", at) // the same size and time
	local.Write("size", "1", at)
	remote.Write("size", "12", at)
	local.Write("here/x", "x", at)
	remote.Write("there", "x", at)
	local.Write("kind", "x", at)
	remote.Write("kind/x", "x", at)
	remote.OnIO = func(op string, p manifest.Path) error {
		if slices.Contains([]string{"write", "rename", "mkdir", "unlink", "rmdir", "trash", "link"}, op) {
			t.Errorf("%s %s", op, p)
		}
		return nil
	}
	local.OnIO = remote.OnIO
	for _, noSums := range []bool{false, true} {
		remote.NoSums = noSums
		var last Progress
		r, err := Run(context.Background(), local, remote, sync.Options{}, func(p Progress) { last = p })
		if err != nil || len(r.Doubts) > 0 || r.Same != 3 {
			t.Errorf("%+v, %v", r, err)
		}
		want := []string{"content content", "only local here", "only local here/x", "type kind", "content size", "only remote there"}
		if got := texts(r); !slices.Equal(got, want) {
			t.Errorf("differences %q, want %q", got, want)
		}
		if last.Contents != last.ContentsTotal || last.Bytes != last.BytesTotal || last.ContentsTotal != 6 || last.BytesTotal != 2*(4+8+5) {
			t.Errorf("progress %+v", last)
		}
		if downloaded := r.BytesDown > 0; downloaded != noSums {
			t.Errorf("%d bytes were downloaded", r.BytesDown)
		}
	}
}

func TestDoubts(t *testing.T) {
	local, remote := sides()
	remote.NoSums = true
	for _, m := range []*replicatest.Memory{local, remote} {
		m.Write("a", "a", time.Time{})
		m.Write("b", "b", time.Time{})
		m.Write("d/x", "x", time.Time{})
	}
	remote.Deny("d", "550 Permission denied")
	remote.OnIO = func(op string, p manifest.Path) error {
		if op == "read" && p == "a" {
			return errors.New("550 Permission denied")
		}
		return nil
	}
	r, err := Run(context.Background(), local, remote, sync.Options{}, nil)
	if err != nil || len(r.Differences) > 0 || r.Same != 1 || r.InSync() {
		t.Errorf("%+v, %v", r, err)
	}
	var doubted []string
	for _, d := range r.Doubts {
		doubted = append(doubted, fmt.Sprint(d.Side, " ", d.Path))
	}
	if slices.Sort(doubted); !slices.Equal(doubted, []string{"remote a", "remote d"}) {
		t.Errorf("doubts %q", doubted)
	}
}

// A forged side tells the CRC-32 of another content than it has.
type forged struct {
	*replicatest.Memory
	crc uint32
}

func (f forged) Hashes(_ context.Context, run []sync.Wanted, _ bool) ([]compare.Told, error) {
	told := make([]compare.Told, len(run))
	for i := range told {
		told[i] = compare.Told{Algorithm: compare.CRC32, Sum: string(binary.BigEndian.AppendUint32(nil, f.crc))}
	}
	return told, nil
}

// TestNotByCRC holds that a content which was made to have the CRC-32 of the old one is found.
func TestNotByCRC(t *testing.T) {
	local, remote := sides()
	local.Write("page", "good", time.Time{})
	remote.Write("page", "evil", time.Time{})
	r, err := Run(t.Context(), local, forged{remote, crc32.ChecksumIEEE([]byte("good"))}, sync.Options{}, nil)
	if got := texts(r); err != nil || !slices.Equal(got, []string{"content page"}) {
		t.Errorf("differences %q, %v", got, err)
	}
}

func TestMissingRoot(t *testing.T) {
	local, remote := sides()
	local.Write("a", "a", time.Time{})
	if r, err := Run(context.Background(), local, rootless{remote}, sync.Options{}, nil); err == nil {
		t.Errorf("%+v", r)
	}
}

// rootless is a side whose root is not there.
type rootless struct{ sync.Replica }

func (rootless) Root(context.Context, bool) (sync.RootState, error) { return sync.RootState{}, nil }

// TestAsTheTreesSay checks that what differs is just what differs, whatever the two sides
// look like.
func TestAsTheTreesSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		local, remote := sides()
		remote.NoSums = rapid.Bool().Draw(t, "no sums")
		paths := []string{"a", "b", "d/a", "d/e/a", "f"}
		want := map[string]bool{}
		for _, p := range paths {
			here := rapid.SampledFrom([]string{"", "1", "2", "33"}).Draw(t, "here "+p)
			there := rapid.SampledFrom([]string{"", "1", "2", "33"}).Draw(t, "there "+p)
			if here != "" {
				local.Write(p, here, time.Time{})
			}
			if there != "" {
				remote.Write(p, there, time.Time{})
			}
			want[p] = here != there
		}
		r, err := Run(context.Background(), local, remote, sync.Options{Workers: 2}, nil)
		if err != nil || len(r.Doubts) > 0 {
			t.Fatalf("%+v, %v", r, err)
		}
		got := map[string]bool{}
		for _, d := range r.Differences {
			got[string(d.Path)] = true
		}
		for _, p := range paths {
			if got[p] != want[p] {
				t.Errorf("%s differs: %v, want %v", p, got[p], want[p])
			}
		}
	})
}
