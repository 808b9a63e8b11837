// Package watch keeps one pair in step until it is told to stop. It decides when
// to make a pass and over which paths, and lets an engine make it.
//
//	hints of local changes ─┐
//	polls that are due ─────┼─> scheduler (pure) ─> job ─> worker ─> outcome ─┐
//	full passes, gaps ──────┘      ^                                          │
//	                               └──────────────────────────────────────────┘
//
// The scheduler is told what happens and what time it is, and returns the next
// task. It holds a queue (hints, and failures to be retried), a poll plan (when to
// poll the server, and which directories), a gap detector (for a machine that
// slept) and the last failure. The loop runs the tasks. Only its worker goroutine
// uses the sides. Two watches share nothing.
//
// Invariants:
//
//   - Every hint is covered by a pass that began after the hint and was completed,
//     or is still queued for one.
//   - After every gap there is a full pass. Gaps are the start, a lost connection, a
//     halt, a handover, a machine that slept and a clock that was set.
//   - Downloads come back as hints, at the cost of one pass over the paths that were
//     written. Hints that lead to nothing several times in a row are delayed.
package watch
