package main

import (
	"archive/tar"
	"bytes"
	"crypto/x509"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// applets are the names under which busybox is in the image: what hooks, and the scripts that GitLab puts around those of
// a job, use.
var applets = strings.Fields(`[ ash awk basename cat chmod chown cmp cp cut date dirname du echo env expr false find grep
	gunzip gzip head hostname id kill ln ls md5sum mkdir mktemp mv nslookup od printf ps pwd readlink realpath rm rmdir sed
	seq sh sha256sum sleep sort tail tar tee test touch tr true uname uniq unzip wc wget which xargs`)

const certificatesPath = "etc/ssl/certs/ca-certificates.crt"

// makeRoot returns the root of the image as a tar file, and for which architecture it is, by the name that Go has for it.
func makeRoot(ferry, busybox, certificates string) (root []byte, architecture string, err error) {
	program, architecture, err := readStatic(ferry, "build it with CGO_ENABLED=0")
	if err != nil {
		return nil, "", err
	}
	shell, other, err := readStatic(busybox, "Debian's package busybox-static has one")
	if err != nil {
		return nil, "", err
	}
	if other != architecture {
		return nil, "", fmt.Errorf("%s is for %s, and %s for %s", ferry, architecture, busybox, other)
	}
	trusted, err := os.ReadFile(certificates)
	if err != nil {
		return nil, "", err
	}
	if !x509.NewCertPool().AppendCertsFromPEM(trusted) {
		return nil, "", fmt.Errorf("%s has no certificates", certificates)
	}
	var a archive
	for _, dir := range []string{"bin/", "etc/", "etc/ssl/", "etc/ssl/certs/"} {
		a.add(dir, 0o755, nil)
	}
	a.add("root/", 0o700, nil)
	a.add("tmp/", 0o1777, nil)
	a.add("bin/ferry", 0o755, program)
	a.add("bin/busybox", 0o755, shell)
	for _, name := range applets {
		a.link("bin/"+name, "busybox")
	}
	a.add(certificatesPath, 0o644, trusted)
	a.add("etc/passwd", 0o644, []byte("root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/tmp:/bin/sh\n"))
	a.add("etc/group", 0o644, []byte("root:x:0:\nnobody:x:65534:\n"))
	root, err = a.end()
	return root, architecture, err
}

// readStatic reads a program that needs no libraries. hint says where there is one.
func readStatic(path, hint string) (content []byte, architecture string, err error) {
	content, err = os.ReadFile(path)
	if err != nil {
		return nil, "", err
	}
	f, err := elf.NewFile(bytes.NewReader(content))
	if err != nil {
		return nil, "", fmt.Errorf("%s is not a program for Linux: %w", path, err)
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			return nil, "", fmt.Errorf("%s is not static: %s", path, hint)
		}
	}
	architecture = map[elf.Machine]string{elf.EM_X86_64: "amd64", elf.EM_AARCH64: "arm64", elf.EM_ARM: "arm", elf.EM_386: "386", elf.EM_RISCV: "riscv64"}[f.Machine]
	if architecture == "" {
		return nil, "", fmt.Errorf("%s is for %v, for which there is no image", path, f.Machine)
	}
	return content, architecture, nil
}

// An archive is a tar file whose entries all have the same time and owner.
type archive struct {
	b    bytes.Buffer
	w    *tar.Writer
	errs []error
}

// add adds a file, or a directory where the name ends with a slash.
func (a *archive) add(name string, mode int64, content []byte) {
	h := &tar.Header{Name: name, Mode: mode, Size: int64(len(content)), Typeflag: tar.TypeReg}
	if strings.HasSuffix(name, "/") {
		h.Typeflag = tar.TypeDir
	}
	a.entry(h, content)
}

func (a *archive) link(name, target string) {
	a.entry(&tar.Header{Name: name, Linkname: target, Mode: 0o777, Typeflag: tar.TypeSymlink}, nil)
}

func (a *archive) entry(h *tar.Header, content []byte) {
	if a.w == nil {
		a.w = tar.NewWriter(&a.b)
	}
	h.ModTime, h.Format = time.Unix(0, 0), tar.FormatUSTAR
	err := a.w.WriteHeader(h)
	if err == nil {
		_, err = a.w.Write(content)
	}
	a.errs = append(a.errs, err)
}

func (a *archive) end() ([]byte, error) {
	err := errors.Join(append(a.errs, a.w.Close())...)
	return a.b.Bytes(), err
}
