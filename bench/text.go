package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"time"
)

// textSize is the size of each text in bytes.
const textSize = 200_000

// makeTexts writes texts that compress as source code does: few words are frequent and many are rare, lines are indented,
// and no two texts are the same.
func makeTexts(dir string, files int) error {
	random := rand.New(rand.NewPCG(13, 3))
	words := make([]string, 4000)
	for i := range words {
		word := make([]byte, 2+random.IntN(9))
		for k := range word {
			word[k] = byte('a' + random.IntN(26))
		}
		words[i] = string(word)
	}
	for i := range files {
		at := firstTime.Add(time.Duration(i) * time.Second)
		if err := writeFile(filepath.Join(dir, fmt.Sprintf("text-%03d.txt", i)), text(random, words), at); err != nil {
			return err
		}
	}
	return nil
}

// text returns one text of these words. The first ones are the most frequent.
func text(random *rand.Rand, words []string) []byte {
	content := make([]byte, 0, textSize+100)
	for len(content) < textSize {
		for range random.IntN(4) {
			content = append(content, '\t')
		}
		for range 3 + random.IntN(9) {
			n := int(math.Pow(float64(len(words)), random.Float64())) - 1
			content = append(append(content, words[n]...), " .,=("[random.IntN(5)])
		}
		content = append(content, '\n')
	}
	return content[:textSize]
}
