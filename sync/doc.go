// Package sync decides what must happen to bring two replicas in step, and carries
// it out.
//
// A pass:
//
//	scan local  ──> tree ─┐
//	list remote ──> tree ─┼─> Reconcile ─> Plan ─> Check ─> apply ─> result ─> base, path by path
//	manifest    ──> base ─┘
//
// [Reconcile] is pure: it takes values, and where it needs to know a content it
// returns a question. The [Engine] asks the replicas, answers the questions, shows
// the plan to the observer, and gives the replicas runs of steps. The base is
// updated path by path, as the results of the steps come in. An action that was not
// done, and everything that depends on it, leaves no trace in the base. So a pass
// that is interrupted at any point leaves a base that is old or true, never wrong.
package sync
