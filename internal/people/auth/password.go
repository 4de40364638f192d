// Package auth keeps credentials: who may sign in, and the hashed password
// that proves it.
//
// What always holds: a password is stored as argon2id only, never shorter than
// MinPassword, never cut; as many hashes run at once as half the cores carry.
//
// Personal data: name and e-mail of a login. Tables: logins.
package auth

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"aromart/internal/kit/errs"
)

// Bounds of a password, in characters.
const (
	MinPassword = 10
	MaxPassword = 128
)

// The cost of a hash: OWASP's second choice for argon2id.
const (
	hashTime   = 2
	hashMemory = 19456 // KiB
	hashSalt   = 16
	hashSize   = 32
)

// hashing bounds how much memory a flood of sign-ins can take.
var hashing = make(chan struct{}, max(1, runtime.NumCPU()/2))

// Hash returns the password as a PHC string.
func Hash(password string) (string, error) {
	if n := utf8.RuneCountInString(password); n < MinPassword || n > MaxPassword {
		return "", errs.Field("password", "auth.password_length", "min", MinPassword, "max", MaxPassword)
	}
	salt := make([]byte, hashSalt)
	rand.Read(salt)
	key := derive(password, salt, hashTime, hashMemory)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, hashMemory, hashTime,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key)), nil
}

// Verify reports whether the password gives the hash.
func Verify(phc, password string) bool {
	parts := strings.Split(phc, "$")
	var memory, time uint32
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=1", &memory, &time); err != nil || memory > 1<<20 || time > 16 {
		return false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	want, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(want) != hashSize || len(password) > 4*MaxPassword {
		return false
	}
	return subtle.ConstantTimeCompare(derive(password, salt, time, memory), want) == 1
}

func derive(password string, salt []byte, time, memory uint32) []byte {
	hashing <- struct{}{}
	defer func() { <-hashing }()
	return argon2.IDKey([]byte(password), salt, time, memory, 1, hashSize)
}
