// Package transcript holds only tests. They record which commands ferry sends to each server, and in which order, and
// compare that with the golden files in testdata. A change that is not meant to alter the conversation with a server
// must leave these files as they are; "go test ./internal/test/transcript -update" records them anew.
//
// The program is run as users run it. A proxy on the control connection records the commands, and holds each reply back
// until the program and the server are at rest: everything that ferry sends without waiting for that reply has been sent
// by then. So a transcript does not depend on the speed of the machine. One reply is let through at a time.
//
// # How to read a golden file
//
// A section is one run of the program. Each line is one command:
//
//	   CWD /tree
//	+1 EPSV
//	+2 MLSD
//	   RETR /tree/gone.txt  -> 550
//
// "+2" means that ferry sent the command while two replies were still to come, the greeting included: CWD, EPSV and MLSD
// went out together. A command without a number was sent when every reply had been read. A transfer counts until its
// final reply, so "+1" behind a RETR shows what is sent before the server confirms that download. "-> 550" is the final
// reply to a command that was refused; other replies are left out. "(connect)" and "(closed)" are the control
// connection; with more than one in a section, each line begins with the number of its connection.
//
// What differs from run to run is replaced: <port> and <address> of a data connection, <temp 1> for the name of a
// temporary file (each has its own number), <token> of a lock, <owner>, <time> of a directory in the trash, and the
// password.
//
// # What is not recorded
//
// A pass uses one connection, so that the order is complete. The exception is the section about 200 files over four
// connections: only the number of each command is the same each time there.
//
// ferry looks for the remains of old locks in one pass of sixteen, at random, after it has released its own lock; the
// proxy leaves that out. A pass that holds its lock for more than a second writes into it; such a recording is thrown
// away, and the case runs again.
package transcript
