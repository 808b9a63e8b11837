// Package blind is the side of a pair that lies in a drop box: a directory on an FTP
// server that takes files and shows nothing.
//
// A [Directory] never asks what is there. Its tree is what the base says, it stores files
// under their own names, makes directories and deletes, and goes by the replies. So the
// user has to promise that nobody else writes there.
//
// A [Record] keeps apart what was seen on the server and what was only sent to it. What
// was only sent is no base for a pass that looks, see [SeenOnly].
package blind
