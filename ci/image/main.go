// Command image makes the container image of ferry: the program, the certificates of public authorities, and busybox as a
// shell, which hooks and GitLab need. It needs no registry, no daemon and no root:
//
//	CGO_ENABLED=0 go build -o ferry . && go run ./ci/image -ferry ferry -busybox /bin/busybox -output ferry.tar
//	docker import -c 'ENTRYPOINT ["/bin/ferry"]' ferry.tar ferry:1
//
// With -format oci it writes an OCI layout in a tar file, as "skopeo copy oci-archive:ferry.tar docker://..." reads it.
// Equal files make equal images.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	err := run(os.Args[1:], os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "image: error:", err)
		os.Exit(1)
	}
}

func run(args []string, stderr io.Writer) error {
	f := flag.NewFlagSet("image", flag.ContinueOnError)
	f.SetOutput(stderr)
	ferry := f.String("ferry", "", "the `program`, built with CGO_ENABLED=0")
	busybox := f.String("busybox", "", "a static busybox, such as that of Debian's package busybox-static")
	certificates := f.String("certificates", "/etc/ssl/certs/ca-certificates.crt", "`file` with the certificates of authorities")
	output := f.String("output", "", "`file` to write")
	format := f.String("format", "rootfs", "`rootfs`, for docker import, or oci, for an OCI layout")
	if err := f.Parse(args); err != nil {
		return err
	}
	for name, value := range map[string]string{"-ferry": *ferry, "-busybox": *busybox, "-output": *output} {
		if value == "" {
			return fmt.Errorf("%s is missing", name)
		}
	}
	if f.NArg() > 0 {
		return fmt.Errorf("unknown argument %q", f.Arg(0))
	}
	write := map[string]func(io.Writer, []byte, string) error{"rootfs": writeRoot, "oci": writeLayout}[*format]
	if write == nil {
		return fmt.Errorf("-format: unknown format %q, must be rootfs or oci", *format)
	}
	root, architecture, err := makeRoot(*ferry, *busybox, *certificates)
	if err != nil {
		return err
	}
	var image bytes.Buffer
	if err := write(&image, root, architecture); err != nil {
		return err
	}
	return os.WriteFile(*output, image.Bytes(), 0o644)
}

func writeRoot(w io.Writer, root []byte, _ string) error {
	_, err := w.Write(root)
	return err
}
