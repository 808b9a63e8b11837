package manifest

import "slices"

// A packedSums holds the checksums of a packedList by number, in blocks that are only there
// where a number has one. A first pass over equal trees learns them of all files.
type packedSums struct{ blocks []*sumBlock }

const (
	sumLength = 32
	blockSums = 1 << 8
)

type sumBlock struct {
	has  [blockSums]bool
	sums [blockSums][sumLength]byte
}

// at returns the sum of number i, or "".
func (s *packedSums) at(i int) string {
	if b := i / blockSums; b < len(s.blocks) && s.blocks[b] != nil && s.blocks[b].has[i%blockSums] {
		return string(s.blocks[b].sums[i%blockSums][:])
	}
	return ""
}

// set sets the sum of number i; "" removes it.
func (s *packedSums) set(i int, sum string) {
	b := i / blockSums
	if sum == "" {
		if b < len(s.blocks) && s.blocks[b] != nil {
			s.blocks[b].has[i%blockSums] = false
		}
		return
	}
	for len(s.blocks) <= b {
		s.blocks = append(s.blocks, nil)
	}
	if s.blocks[b] == nil {
		s.blocks[b] = new(sumBlock)
	}
	s.blocks[b].has[i%blockSums] = true
	copy(s.blocks[b].sums[i%blockSums][:], sum)
}

// clone returns a copy that can be set without changing s.
func (s *packedSums) clone() packedSums {
	out := packedSums{blocks: slices.Clone(s.blocks)}
	for i, b := range out.blocks {
		if b != nil {
			block := *b
			out.blocks[i] = &block
		}
	}
	return out
}
