// Package readme types what the README and docs/ tell to type: the quick starts against real servers, and every other
// command against the embedded one. It also draws the pictures of docs/images, from the program at work on a terminal:
//
//	go test ./internal/test/readme -run Screen -update-screens
package readme
