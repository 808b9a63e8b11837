package compare

import "context"

// A Claimer is a [Side] on which somebody else may have left what files had in them.
type Claimer interface {
	// Claims returns, for each file of run in order, the first half of the SHA-256 that
	// somebody recorded when the file was shown as it is now; "" where there is none.
	// Nobody vouches for it.
	Claims(ctx context.Context, run []Wanted) []string
}

const (
	claimBytes = 16
	// claimsFrom is how many files must be claimed for it to be worth the samples, which
	// are files up to a size.
	claimsFrom   = 16
	claimSamples = 3
	sampleBytes  = 1 << 20
)

// findClaims notes what somebody left about the remote files of pairs, if samples show that
// it is true.
func (t *task) findClaims(ctx context.Context, pairs []pair) error {
	side, ok := t.Sides[remote].(Claimer)
	if !t.Claims || !ok || len(pairs) < claimsFrom {
		return nil
	}
	claims := make(map[int]string)
	var samples []int
	indexes := remotes(pairs)
	for n, claim := range side.Claims(ctx, t.wanted(indexes)) {
		if len(claim) == claimBytes {
			claims[indexes[n]] = claim
			if t.question(indexes[n]).Entry.Size <= sampleBytes {
				samples = append(samples, indexes[n])
			}
		}
	}
	if len(claims) < claimsFrom || len(samples) < claimSamples {
		return nil
	}
	for i := range claimSamples { // the first, the last and one in between
		samples[i] = samples[i*(len(samples)-1)/(claimSamples-1)]
	}
	samples = samples[:claimSamples]
	defer t.progress(func(p *Progress) { p.Bytes = 0 }) // they are compared again
	reader := t.Sides[remote].Reader(ctx, t.wanted(samples))
	defer reader.Close()
	for n, i := range samples {
		sum, err := t.sumOf(ctx, reader, n, remote)
		if ended(ctx, err) {
			return endOf(ctx, t.question(i).Path, err)
		}
		if err != nil || sum[:claimBytes] != claims[i] {
			return nil
		}
	}
	t.claims = claims
	return nil
}

// isClaimed answers a pair of questions if what was left says that both files are equal.
// Nothing else is believed.
func (t *task) isClaimed(ctx context.Context, pair pair) bool {
	claim, ok := t.claims[pair.remote()]
	if !ok {
		return false
	}
	here := t.localSum(ctx, pair.local())
	if here.Err != nil || here.Sum[:claimBytes] != claim {
		return false
	}
	t.answers[pair.local()], t.answers[pair.remote()] = here, Answer{Sum: here.Sum, Claimed: true}
	t.done(pair.local(), false, t.question(pair.local()).Entry.Size)
	return true
}
