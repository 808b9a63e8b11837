package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"debug/elf"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ferry/internal/selfsigned"
)

// program returns a file that begins as a program for Linux does.
func program(t *testing.T, machine elf.Machine, dynamic bool) string {
	t.Helper()
	h := elf.Header64{Type: uint16(elf.ET_EXEC), Machine: uint16(machine), Version: 1, Phoff: 64, Ehsize: 64, Phentsize: 56, Phnum: 1, Shentsize: 64}
	copy(h.Ident[:], elf.ELFMAG+"\x02\x01\x01")
	p := elf.Prog64{Type: uint32(elf.PT_LOAD)}
	if dynamic {
		p.Type = uint32(elf.PT_INTERP)
	}
	var b bytes.Buffer
	if err := errors.Join(binary.Write(&b, binary.LittleEndian, h), binary.Write(&b, binary.LittleEndian, p)); err != nil {
		t.Fatal(err)
	}
	return file(t, b.String())
}

func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func certificates(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c, err := selfsigned.New(key)
	if err != nil {
		t.Fatal(err)
	}
	return file(t, string(c.CertPEM))
}

// entries returns what is in a tar file: contents, and targets of links behind "-> ".
func entries(t *testing.T, archive []byte) map[string]string {
	t.Helper()
	all := map[string]string{}
	for r := tar.NewReader(bytes.NewReader(archive)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all[h.Name] = string(content)
		if h.Linkname != "" {
			all[h.Name] = "-> " + h.Linkname
		}
	}
}

// makeImage runs the program.
func makeImage(t *testing.T, args ...string) []byte {
	t.Helper()
	output := filepath.Join(t.TempDir(), "image.tar")
	if err := run(append(args, "-output", output), t.Output()); err != nil {
		t.Fatal(err)
	}
	image, err := os.ReadFile(output)
	if err != nil {
		t.Fatal(err)
	}
	return image
}

// TestLayout holds that an OCI layout is whole: each part is there under its sum, and has the root in it that the other
// format has.
func TestLayout(t *testing.T) {
	args := []string{"-ferry", program(t, elf.EM_AARCH64, false), "-busybox", program(t, elf.EM_AARCH64, false), "-certificates", certificates(t)}
	rootfs := makeImage(t, args...)
	image := makeImage(t, append(args, "-format", "oci")...)
	if again := makeImage(t, append(args, "-format", "oci")...); !bytes.Equal(image, again) {
		t.Error("another image of the same files differs")
	}
	root := entries(t, rootfs)
	if root["bin/sh"] != "-> busybox" || len(root["bin/ferry"]) == 0 || !strings.Contains(root[certificatesPath], "BEGIN CERTIFICATE") {
		t.Errorf("%q", root)
	}
	layout := entries(t, image)
	part := func(d descriptor) string {
		t.Helper()
		content := layout["blobs/sha256/"+strings.TrimPrefix(d.Digest, "sha256:")]
		if fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(content))) != d.Digest || len(content) != d.Size {
			t.Fatalf("%+v is not in the layout", d)
		}
		return content
	}
	parse := func(text string, v any) {
		t.Helper()
		if err := json.Unmarshal([]byte(text), v); err != nil {
			t.Fatal(err)
		}
	}
	var index struct{ Manifests []descriptor }
	var manifest struct {
		Config descriptor
		Layers []descriptor
	}
	var config struct {
		Architecture string
		Config       struct{ Entrypoint []string }
		Rootfs       struct {
			DiffIDs []string `json:"diff_ids"`
		}
	}
	parse(layout["index.json"], &index)
	parse(part(index.Manifests[0]), &manifest)
	parse(part(manifest.Config), &config)
	r, err := gzip.NewReader(strings.NewReader(part(manifest.Layers[0])))
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(unpacked, rootfs) || config.Rootfs.DiffIDs[0] != fmt.Sprintf("sha256:%x", sha256.Sum256(rootfs)) {
		t.Errorf("the layer is not the root: %v", err)
	}
	if config.Architecture != "arm64" || config.Config.Entrypoint[0] != "/bin/ferry" || layout["oci-layout"] == "" {
		t.Errorf("%+v", config)
	}
}

// TestRefused holds that no image is made that could not run.
func TestRefused(t *testing.T) {
	good, dynamic, other := program(t, elf.EM_X86_64, false), program(t, elf.EM_X86_64, true), program(t, elf.EM_AARCH64, false)
	trusted, text := certificates(t), file(t, "#!/bin/sh\n")
	for want, args := range map[string][]string{
		"is not static: build it":    {"-ferry", dynamic, "-busybox", good, "-certificates", trusted},
		"is not static: Debian":      {"-ferry", good, "-busybox", dynamic, "-certificates", trusted},
		"for amd64, and":             {"-ferry", good, "-busybox", other, "-certificates", trusted},
		"is not a program for Linux": {"-ferry", text, "-busybox", good, "-certificates", trusted},
		"has no certificates":        {"-ferry", good, "-busybox", good, "-certificates", text},
		"-busybox is missing":        {"-ferry", good},
		"unknown format":             {"-ferry", good, "-busybox", good, "-format", "zip"},
		"no such file":               {"-ferry", good, "-busybox", "/none", "-certificates", trusted},
	} {
		output := filepath.Join(t.TempDir(), "image.tar")
		if err := run(append(args, "-output", output), t.Output()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", args, err, want)
		}
		if _, err := os.Stat(output); err == nil {
			t.Errorf("%q: something was written", args)
		}
	}
}
