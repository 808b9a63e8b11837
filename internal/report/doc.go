// Package report shows people and programs what ferry does: a pass as text, with
// progress bars, or as JSON; a watched pair as lines that change in place on a
// terminal. It turns the events of passes into output, and decides nothing.
//
// The rules for output:
//
//   - Results go to standard output, everything else to standard error.
//   - A message begins with "ferry: ", has no capital first letter and no full stop.
//   - An error is one line "ferry: error: ...", followed by "ferry: hint: ..."
//     lines with the way out where there is one.
//   - Whatever comes from a server or a disk is cleaned of control characters.
package report
