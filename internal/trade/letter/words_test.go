package letter_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// secret are words for what no letter may ask for (P08).
var secret = regexp.MustCompile(`(?i)pass ?word|passcode|\bpin\b|\bcvv\b|card number|මුර ?පද|රහස් ?පද|පින් අංක|කාඩ්පත් අංක|கடவுச்சொ|கடவுச் சொ|பின் எண்|அட்டை எண்`)

// TestNoLetterAsksForASecret reads every text that goes out by mail, in every
// language. Only the line that says that nobody will ask may name a password.
func TestNoLetterAsksForASecret(t *testing.T) {
	files, err := filepath.Glob("../../kit/i18n/locales/*/*.json")
	if err != nil || len(files) < 30 {
		t.Fatal(len(files), err)
	}
	read, warned := 0, 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var messages map[string]json.RawMessage
		if err := json.Unmarshal(raw, &messages); err != nil {
			t.Fatal(file, err)
		}
		for id, text := range messages {
			if !strings.HasPrefix(id, "letter.") {
				continue
			}
			read++
			switch asks := secret.Match(text); {
			case id == "letter.safe" && asks:
				warned++
			case asks:
				t.Errorf("%s %s speaks of a secret: %s", file, id, text)
			}
		}
	}
	if read < 150 || warned != 3 {
		t.Errorf("%d texts were read, %d say that nobody will ask", read, warned)
	}
}
