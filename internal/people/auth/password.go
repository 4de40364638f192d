// Package auth keeps credentials: who may sign in, the hashed password and the
// second factor that prove it, sessions, one-time proofs, and tokens for programs.
//
// What always holds: a password is stored as argon2id only, never shorter than
// MinPassword, never cut; as many hashes run at once as half the cores carry
// and a bounded number waits; while the shop serves, package argon computes them
// aside. Whatever is asked about an address that has no login costs the same
// statements and hashes as about one that has. A session's token is stored as its
// SHA-256; mailed links and codes are derived under a key that is not in the
// database, so nothing in it opens anything. The role of a session is read from
// its login at every request.
//
// Personal data: name, e-mail and phone of a login, the kind of device of a
// session, the name of a passkey. Tables: logins, sessions, proofs, registrations,
// email_changes, throttles, second_factors, recovery_codes, passkeys,
// passkey_challenges, api_tokens.
package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"aromart/internal/kit/errs"
	"aromart/internal/platform/argon"
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
)

// hashing bounds how much memory a flood of sign-ins can take, and how many
// wait for their turn. Whoever comes later is told to try again.
var hashing = struct {
	slots   chan struct{}
	waiting atomic.Int64
	done    atomic.Int64
	helpers atomic.Pointer[argon.Helpers]
}{slots: make(chan struct{}, max(1, runtime.NumCPU()/2))}

// HashAside has hashes computed by helpers from now on. Without them this
// process computes them.
func HashAside(h *argon.Helpers) { hashing.helpers.Store(h) }

// maxWaiting is how many hashes may wait.
const maxWaiting = 16

// Hashes is how many hashes this process has computed. A test counts with it
// that an unknown address costs as many as a known one.
func Hashes() int64 { return hashing.done.Load() }

// Hash returns the password as a PHC string. It checks the length only; see CheckPassword.
func Hash(ctx context.Context, password string) (string, error) {
	if err := checkLength("password", password); err != nil {
		return "", err
	}
	salt := make([]byte, hashSalt)
	rand.Read(salt)
	key, err := derive(ctx, password, salt, hashTime, hashMemory)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon.Version, hashMemory, hashTime,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key)), nil
}

func checkLength(field, password string) error {
	if n := utf8.RuneCountInString(password); n < MinPassword || n > MaxPassword {
		return errs.Field(field, "auth.password_length", "min", MinPassword, "max", MaxPassword)
	}
	return nil
}

// phc is a stored hash taken apart.
type phc struct {
	memory, time uint32
	salt, key    []byte
}

// nobody is what an unknown address is compared with, so that it costs a hash too.
var nobody = phc{hashMemory, hashTime, make([]byte, hashSalt), make([]byte, argon.Size)}

func parsePHC(text string) (phc, bool) {
	var p phc
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return nobody, false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=1", &p.memory, &p.time); err != nil || p.memory > 1<<20 || p.time > 16 || p.time == 0 {
		return nobody, false
	}
	var err1, err2 error
	p.salt, err1 = base64.RawStdEncoding.DecodeString(parts[4])
	p.key, err2 = base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(p.key) != argon.Size {
		return nobody, false
	}
	return p, true
}

// Verify reports whether the password gives the hash. What is no hash costs as
// much as one that is.
func Verify(ctx context.Context, stored, password string) (bool, error) {
	p, known := parsePHC(stored)
	if len(password) > 4*MaxPassword {
		password, known = "", false
	}
	key, err := derive(ctx, password, p.salt, p.time, p.memory)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(key, p.key) == 1 && known, nil
}

// stale reports that the hash is weaker than those made now.
func stale(stored string) bool {
	p, known := parsePHC(stored)
	return known && (p.memory < hashMemory || p.time < hashTime)
}

// derive computes one hash when its turn has come.
func derive(ctx context.Context, password string, salt []byte, time, memory uint32) ([]byte, error) {
	select {
	case hashing.slots <- struct{}{}:
	default:
		defer hashing.waiting.Add(-1)
		if hashing.waiting.Add(1) > maxWaiting {
			return nil, errs.New(errs.Unavailable, "auth.busy")
		}
		select {
		case hashing.slots <- struct{}{}:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	defer func() { <-hashing.slots }()
	hashing.done.Add(1)
	task := argon.Task{Password: []byte(password), Salt: salt, Time: time, Memory: memory}
	if h := hashing.helpers.Load(); h != nil {
		return h.Key(task), nil
	}
	return task.Key(), nil
}
