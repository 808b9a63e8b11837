package crash

import "testing"

// Each day other calls are tried, and in time all of them.
func TestChooseCalls(t *testing.T) {
	t.Setenv("FERRY_CRASH_ALL", "")
	for _, n := range []int{50, 206, 638} {
		tried := make(map[int]bool)
		for day := range 366 {
			calls := chooseCalls(n, day)
			if want := 3 + callsBetween + 5; len(calls) != want || calls[0] != 1 || calls[want-1] != n {
				t.Fatalf("of %d calls on day %d: %v", n, day, calls)
			}
			for _, k := range calls {
				tried[k] = true
			}
		}
		if left := n - len(tried); left >= callsBetween { // what is left where the distances do not come out even
			t.Errorf("%d of %d calls are never tried", left, n)
		}
	}
}
