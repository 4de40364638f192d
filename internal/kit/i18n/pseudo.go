package i18n

import (
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/text/language"
)

// pseudoLang is the tag of the pseudo-locale that Android and Chrome also use
// for mirrored English.
const pseudoLang = "ar-XB"

var pseudoEnabled atomic.Bool

// EnablePseudo makes For("ar-XB") answer with the pseudo language. It is for
// tests and the flag --pseudo; Languages never lists it.
func EnablePseudo() { pseudoEnabled.Store(true) }

// Pseudo is English written from right to left: a test language that shows
// which pages would break under Arabic or Urdu, and which words never came
// from a catalog (they stay unmirrored).
var Pseudo = sync.OnceValue(func() *Translator {
	en := load().byLang["en"]
	tr := &Translator{lang: pseudoLang, dir: "rtl", tag: language.English,
		messages: make(map[string]*message, len(en.messages)), words: en.words.mirrored()}
	for id, m := range en.messages {
		c := &message{plural: m.plural}
		for f, segments := range m.forms {
			for _, s := range segments {
				c.forms[f] = append(c.forms[f], segment{text: mirror(s.text), arg: s.arg})
			}
		}
		tr.messages[id] = c
	}
	return tr
})

// mirror sets each word under a right-to-left override and keeps the spaces,
// so that lines still break.
func mirror(text string) string {
	words := strings.Split(text, " ")
	for i, w := range words {
		if w != "" {
			words[i] = "\u202e" + w + "\u202c"
		}
	}
	return strings.Join(words, " ")
}
