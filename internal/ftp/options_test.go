package ftp

import "testing"

// TestDefaultsTwice checks that filling in the defaults again changes nothing: no retries
// stay none.
func TestDefaultsTwice(t *testing.T) {
	for retries, want := range map[int]int{0: 3, -1: -1, 5: 5} {
		once := Options{Retries: retries}.WithDefaults()
		if twice := once.WithDefaults(); once.Retries != want || twice.Retries != want {
			t.Errorf("%d retries are %d, then %d, want %d", retries, once.Retries, twice.Retries, want)
		}
	}
}

// TestNoRetries checks that without retries a transient refusal is final.
func TestNoRetries(t *testing.T) {
	f := newFake(t)
	f.on["NOOP"] = refuse("450 busy")
	if err := f.pool(func(o *Options) { o.Retries = -1 }).Do(t.Context(), "ping", ping); err == nil {
		t.Error("the refusal is no error")
	}
	if n := f.saw("NOOP"); n != 1 {
		t.Errorf("tried %d times, want once", n)
	}
}
