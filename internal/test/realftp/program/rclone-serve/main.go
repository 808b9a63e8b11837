// Rclone-serve serves a directory with "rclone serve ftp", for tests of ferry. It has only what that command needs.
//
// usage: rclone-serve ADDRESS DIRECTORY USER PASSWORD
package main

import (
	"log"
	"os"

	_ "github.com/rclone/rclone/backend/local"
	"github.com/rclone/rclone/cmd"
	_ "github.com/rclone/rclone/cmd/serve/ftp"
)

func main() {
	if len(os.Args) != 5 {
		log.Fatal("usage: rclone-serve ADDRESS DIRECTORY USER PASSWORD")
	}
	// A test may change the directory a few milliseconds after a listing.
	os.Args = []string{"rclone", "serve", "ftp", os.Args[2], "--config", os.DevNull, "--dir-cache-time", "1ms",
		"--addr", os.Args[1], "--user", os.Args[3], "--pass", os.Args[4]}
	cmd.Main()
}
