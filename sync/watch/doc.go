// Package watch keeps one pair in step until it is told to stop: it decides
// when to make a pass and over what, and has an engine make it.
//
//	hints of local changes ─┐
//	polls that are due ─────┼─> agenda (pure) ─> job ─> worker ─> outcome ─┐
//	full scans, gaps ───────┘      ^                                       │
//	                               └───────────────────────────────────────┘
//
// The agenda is told what happens and what time it is, and says what is due. It
// is made of a queue (what was hinted at, and what failed and is tried again), of
// rounds (when the server is polled, and which directories then), of a clock that
// notices lost time, and of the trouble that the pair is in. The loop carries out what
// the agenda says; a worker goroutine alone uses the sides. Keepers share nothing.
//
// What holds: every hint is covered by a pass that began after it and came to its
// end, or waits for one. After every gap (the start, a lost connection, a halt, a lent
// pair, a machine that slept, a clock that was set) everything is looked at. A
// pass that downloads comes back as a hint, which costs one pass over the paths it
// names; hints that lead to nothing again and again have to wait.
package watch
