// Package crash tests the program with a real disk and a real server, and kills it
// before system calls that change something.
package crash
