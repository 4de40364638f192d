package backup

// FastPassphrases makes guesses cheap: a test needs no protection against them.
func FastPassphrases() { scryptWork = 5 }
