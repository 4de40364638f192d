package auth

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"aromart/internal/kit/errs"
)

// commonFile is a list of 49,233 passwords that people use, sorted. Its origin
// and license stand beside it.
//
//go:embed common/passwords.txt.gz
var commonFile []byte

// common is unpacked when the first password is chosen.
var common = sync.OnceValue(func() []string {
	z, err := gzip.NewReader(bytes.NewReader(commonFile))
	if err != nil {
		panic(err) // the file is part of the program
	}
	text, err := io.ReadAll(z)
	if err != nil {
		panic(err)
	}
	return strings.Fields(string(text))
})

func isCommon(word string) bool {
	_, found := slices.BinarySearch(common(), word)
	return found
}

// CheckPassword refuses a password that is too short or long, one that many
// people use, and one that says little besides words that anybody can guess of
// this person: the site's name, the own name and address. It asks for no kinds
// of characters.
func CheckPassword(field, password string, words ...string) error {
	if err := checkLength(field, password); err != nil {
		return err
	}
	if !utf8.ValidString(password) || strings.ContainsRune(password, 0) {
		return errs.Field(field, "error.bad_text")
	}
	folded := strings.ToLower(password)
	// "Dragon2026!" is the word with what everybody adds to it.
	bare := strings.TrimRightFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) })
	if isCommon(folded) || (len(folded)-len(bare) <= 5 && isCommon(bare)) || repeats(folded) {
		return errs.Field(field, "auth.password_common")
	}
	rest := folded
	for _, w := range guessable(words) {
		rest = strings.ReplaceAll(rest, w, "")
	}
	if rest != folded && utf8.RuneCountInString(rest) < 6 {
		return errs.Field(field, "auth.password_guessable")
	}
	return nil
}

// repeats reports one or two characters over and over.
func repeats(s string) bool {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen) < 3
}

// guessable are the words and their parts, the longest first.
func guessable(words []string) []string {
	var out []string
	for _, w := range words {
		w = strings.ToLower(strings.TrimSpace(w))
		for _, part := range append(strings.FieldsFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) }), w) {
			if utf8.RuneCountInString(part) > 2 && !slices.Contains(out, part) {
				out = append(out, part)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return len(b) - len(a) })
	return out
}
