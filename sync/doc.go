// Package sync decides what must happen so that two replicas hold the same, and
// makes it happen.
//
// A pass:
//
//	scan local  ──> tree ─┐
//	list remote ──> tree ─┼─> Reconcile ─> Plan ─> Check ─> apply ─> result ─> base, path by path
//	manifest    ──> base ─┘
//
// [Reconcile] is pure: it takes values, and where it needs to know a content it
// returns a question. The [Engine] asks the replicas, answers the questions,
// shows the plan to the observer, and hands the replicas runs of steps. The
// base moves when a step came back, one path at a time, so that a pass that is
// interrupted anywhere leaves a base that is old or true, never wrong.
package sync
