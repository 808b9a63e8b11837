// Package service has a user's service manager keep a program running: systemd,
// launchd, or the task scheduler of Windows. What is written is a function of a
// [Spec]; what is run goes through a [Runner], so that each manager can be
// tested on every system.
//
// A file or task that does not carry the mark of this package is never replaced
// or removed.
package service
