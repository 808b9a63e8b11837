// Ferry keeps a local directory and a directory on an FTP server in sync.
package main

import (
	"context"
	"os"

	"ferry/internal/cli"
)

func main() {
	ctx, stop := cli.Signals(context.Background())
	code := cli.Main(ctx, cli.OSEnv(), os.Args[1:])
	stop()
	os.Exit(code)
}
