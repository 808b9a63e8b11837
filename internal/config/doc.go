// Package config reads ferry.yaml, which says which directories to keep in step,
// and finds the passwords for the servers.
//
// Nothing here looks at the environment by itself: the caller passes in the
// working directory, the home directory and the variables. Only [Read], [ReadSource],
// [ReadFound], [Find] and [Finder] touch the disk. No error, log line or formatted value of this
// package contains a password.
package config
