package verify

import (
	"context"
	stdsync "sync"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/compare"
)

// Progress says how far a comparison has got. A content that both sides have counts
// once for each side.
type Progress struct {
	Contents, ContentsTotal int
	Bytes, BytesTotal       int64
}

// A meter counts what is compared.
type meter struct {
	tell func(Progress)

	mu    stdsync.Mutex
	trees [2]*manifest.Tree
	now   Progress
}

// scanned takes the tree of a side. With both of them the totals are known: contents
// are compared where both sides have a file of the same size.
func (m *meter) scanned(s sync.Side, tree *manifest.Tree) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.trees[s] = tree
	if m.trees[sync.Local] == nil || m.trees[sync.Remote] == nil {
		return
	}
	m.now.ContentsTotal, m.now.BytesTotal = 0, 0
	for p, e := range m.trees[sync.Local].All() {
		other := m.trees[sync.Remote].At(p)
		if e.IsFile() && other.IsFile() && e.Size > 0 && e.Size == other.Size {
			m.now.ContentsTotal += 2
			m.now.BytesTotal += 2 * e.Size
		}
	}
	m.told()
}

// read counts contents, and bytes of them.
func (m *meter) read(contents int, bytes int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now.Contents += contents
	m.now.Bytes += bytes
	m.told()
}

func (m *meter) told() {
	if m.tell != nil {
		m.tell(m.now)
	}
}

// A meteredSide is a side whose reads are counted.
type meteredSide struct {
	sync.Replica
	side  sync.Side
	meter *meter
}

// Scan implements [sync.Replica].
func (s *meteredSide) Scan(ctx context.Context, look sync.Look) (*manifest.Tree, error) {
	tree, err := s.Replica.Scan(ctx, look)
	if err == nil {
		s.meter.scanned(s.side, tree)
	}
	return tree, err
}

// Sum implements [sync.Replica].
func (s *meteredSide) Sum(ctx context.Context, p manifest.Path, want manifest.Entry) (string, error) {
	sum, err := s.Replica.Sum(ctx, p, want)
	if err == nil {
		s.meter.read(1, want.Size)
	}
	return sum, err
}

// Hashes implements [compare.Hasher]. Of a file with a CRC-32 the content is read: whoever may
// have changed it can make another content with that CRC-32, which verify is asked to find.
func (s *meteredSide) Hashes(ctx context.Context, run []sync.Wanted, others bool) ([]compare.Told, error) {
	told, err := compare.Hashes(ctx, s.Replica, run, others)
	for i, t := range told {
		switch t.Algorithm {
		case "":
		case compare.CRC32:
			told[i] = compare.Told{}
		default:
			s.meter.read(1, run[i].Entry.Size)
		}
	}
	return told, err
}

// Reader implements [sync.Replica].
func (s *meteredSide) Reader(ctx context.Context, run []sync.Wanted) sync.Reader {
	return &meteredReader{s.Replica.Reader(ctx, run), s.meter}
}

type meteredReader struct {
	sync.Reader
	meter *meter
}

// Open implements [sync.Reader].
func (r *meteredReader) Open(ctx context.Context, i int, offset int64) (sync.Source, error) {
	src, err := r.Reader.Open(ctx, i, offset)
	if err != nil {
		return nil, err
	}
	return &meteredSource{src, r.meter}, nil
}

type meteredSource struct {
	sync.Source
	meter *meter
}

// Read implements [io.Reader].
func (s *meteredSource) Read(p []byte) (int, error) {
	n, err := s.Source.Read(p)
	s.meter.read(0, int64(n))
	return n, err
}

// Confirm implements [sync.Source].
func (s *meteredSource) Confirm(ctx context.Context) (manifest.Entry, error) {
	entry, err := s.Source.Confirm(ctx)
	if err == nil {
		s.meter.read(1, 0)
	}
	return entry, err
}
