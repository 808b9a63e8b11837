package deploy

import "ferry/sync"

// MostDeletions returns how many of a number of files the limits allow to be deleted; a
// negative number: any.
func MostDeletions(l sync.Limits) func(of int) int {
	return func(of int) int {
		share := of * l.MaxDeletePercent / 100
		switch {
		case l.AllowDeletes || l.MaxDeletes < 0 && l.MaxDeletePercent < 0:
			return -1
		case l.MaxDeletes < 0:
			return share
		case l.MaxDeletePercent < 0:
			return l.MaxDeletes
		}
		return max(l.MaxDeletes, share)
	}
}
