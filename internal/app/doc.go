// Package app is what ferry can do: open a pair of directories, make a pass over it,
// watch it, resolve a conflict, look after the trash. It needs no terminal and knows
// no command line: those who call it (the commands, a page in a browser, a program of
// their own) hand in how the user is told and asked, and show what comes back.
//
// The parts:
//
//   - [Workspace] finds ferry.yaml and turns names into a [Pair]: a profile with its
//     ignore rules.
//   - [Opener] opens the sides of a pair, and knows where ferry keeps its state.
//   - [Pass] makes one pass, with the hooks around it and the trash after it.
//   - [Watch] keeps pairs in step until it is stopped.
//   - [Snapshot] finds the conflicts of a pair and resolves them; [Trash] lists,
//     restores and discards old versions.
//   - [ExitCode], [Hint] and [Error] say what an error means.
package app
