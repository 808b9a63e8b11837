package release

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
)

// hkdfInfo separates the keys of releases from others that are made of the same secret.
const hkdfInfo = "ferry deploy state 1"

// sealer returns AES-256-GCM with random nonces, under a key that HKDF makes of the secret.
func sealer(secret []byte) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, hkdfInfo, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// encrypt returns body encrypted, so that nobody without the secret can change it or the
// first line.
func encrypt(body, secret, firstLine []byte) ([]byte, error) {
	aead, err := sealer(secret)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, body, firstLine), nil
}

func decrypt(body, secret, firstLine []byte) ([]byte, error) {
	aead, err := sealer(secret)
	if err != nil {
		return nil, err
	}
	plain, err := aead.Open(nil, nil, body, firstLine)
	if err != nil {
		return nil, ErrWrongKey
	}
	return plain, nil
}
