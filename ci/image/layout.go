package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
)

// A descriptor names a part of an image, as the image specification of the OCI has it.
type descriptor struct {
	MediaType string            `json:"mediaType"`
	Digest    string            `json:"digest"`
	Size      int               `json:"size"`
	Platform  map[string]string `json:"platform,omitempty"`
}

const mediaType = "application/vnd.oci.image."

// writeLayout writes an OCI layout with one image of one layer.
func writeLayout(w io.Writer, root []byte, architecture string) error {
	var layer bytes.Buffer
	packed := gzip.NewWriter(&layer)
	if _, err := packed.Write(root); err != nil {
		return err
	}
	if err := packed.Close(); err != nil {
		return err
	}
	var a archive
	for _, dir := range []string{"blobs/", "blobs/sha256/"} {
		a.add(dir, 0o755, nil)
	}
	blob := func(kind string, content []byte) descriptor {
		sum := fmt.Sprintf("%x", sha256.Sum256(content))
		a.add("blobs/sha256/"+sum, 0o644, content)
		return descriptor{MediaType: mediaType + kind, Digest: "sha256:" + sum, Size: len(content)}
	}
	object := func(v any) []byte {
		text, err := json.Marshal(v)
		a.errs = append(a.errs, err)
		return text
	}
	config := blob("config.v1+json", object(map[string]any{
		"architecture": architecture, "os": "linux",
		"config": map[string]any{"Entrypoint": []string{"/bin/ferry"}, "Env": []string{"PATH=/bin"}, "WorkingDir": "/"},
		"rootfs": map[string]any{"type": "layers", "diff_ids": []string{fmt.Sprintf("sha256:%x", sha256.Sum256(root))}},
	}))
	manifest := blob("manifest.v1+json", object(map[string]any{
		"schemaVersion": 2, "mediaType": mediaType + "manifest.v1+json",
		"config": config, "layers": []descriptor{blob("layer.v1.tar+gzip", layer.Bytes())},
	}))
	manifest.Platform = map[string]string{"architecture": architecture, "os": "linux"}
	a.add("index.json", 0o644, object(map[string]any{
		"schemaVersion": 2, "mediaType": mediaType + "index.v1+json", "manifests": []descriptor{manifest},
	}))
	a.add("oci-layout", 0o644, []byte(`{"imageLayoutVersion":"1.0.0"}`))
	content, err := a.end()
	if err != nil {
		return err
	}
	_, err = w.Write(content)
	return err
}
