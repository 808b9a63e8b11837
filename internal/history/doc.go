// Package history keeps what was done to which file, when and why: one JSON object a line,
// in files of the state directory that are only ever appended to. Several processes may write
// at the same time, and a process may be killed at any moment: a line that was cut off is
// skipped.
package history
