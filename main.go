// Ferry keeps a local directory and a directory on an FTP server in step.
package main

import (
	"context"
	"os"

	"ferry/internal/cli"
)

func main() {
	os.Exit(cli.Main(context.Background(), cli.OSEnv(), os.Args[1:]))
}
