// Package config reads ferry.yaml, which names what is to be kept in step with
// what, and finds the passwords for it.
//
// Nothing here looks at the environment by itself: the working directory, the
// home directory and the variables are handed in. Only [Read], [Find] and
// [Finder] touch the disk. No error, log line or formatted value of this
// package holds a password.
package config
