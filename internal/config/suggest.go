package config

import "strings"

// Suggest returns the known word that word was most likely meant to be, or "" if
// none is close. It ignores case, and takes "_" for "-".
func Suggest(word string, known []string) string {
	best, least := "", 3
	for _, k := range known {
		d := distance(strings.ToLower(strings.ReplaceAll(word, "_", "-")), strings.ToLower(k))
		if d < least && d*2 <= len(k) {
			best, least = k, d
		}
	}
	return best
}

// distance counts the bytes to add, drop, replace or swap with a neighbor to turn a
// into b.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
