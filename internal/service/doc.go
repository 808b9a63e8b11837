// Package service keeps a program running with the service manager of a user:
// systemd, launchd, or the task scheduler of Windows. Definitions are made from a
// [Spec] alone, and programs are run through a [Runner], so that each manager can be
// tested on every system.
//
// A file or task without the mark of this package is never replaced or removed.
package service
