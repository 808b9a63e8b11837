// Package watch keeps one pair in step until it is told to stop: it decides
// when to make a pass and over what, and has an engine make it.
//
//	hints of local changes ─┐
//	polls that are due ─────┼─> agenda (pure) ─> pass ─> outcome ─> state, next wake
//	full scans, gaps ───────┘
package watch
