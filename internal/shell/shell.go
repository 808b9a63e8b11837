// Package shell runs lines of the shell that users wrote: sh, and on Windows cmd.exe.
package shell
