package backup

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"filippo.io/age"
)

// scryptWork is the work of one guess at a passphrase: 2^18, about a second. Tests need less.
var scryptWork = 18

// sealKeys encrypts the secrets file with a passphrase.
func sealKeys(from, to, passphrase string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	recipient, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return err
	}
	recipient.SetWorkFactor(scryptWork)
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, recipient)
	if err != nil {
		return err
	}
	if _, err = w.Write(text); err == nil {
		err = w.Close()
	}
	if err != nil {
		return err
	}
	return os.WriteFile(to, sealed.Bytes(), 0o600)
}

// ErrPassphrase is returned when the passphrase does not open the keys.
var ErrPassphrase = errors.New("the passphrase does not open the keys of this backup")

// openKeys decrypts what sealKeys wrote.
func openKeys(sealed []byte, passphrase string) ([]byte, error) {
	identity, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, ErrPassphrase
	}
	identity.SetMaxWorkFactor(20) // a forged file must not ask for hours
	r, err := age.Decrypt(bytes.NewReader(sealed), identity)
	if none := (*age.NoIdentityMatchError)(nil); errors.As(err, &none) {
		return nil, ErrPassphrase
	}
	if err != nil {
		return nil, fmt.Errorf("the keys of this backup are damaged: %w", err)
	}
	return io.ReadAll(r)
}

// parseRecipients reads public keys of age (age1…).
func parseRecipients(list []string) ([]age.Recipient, error) {
	if len(list) == 0 {
		return nil, nil
	}
	out, err := age.ParseRecipients(strings.NewReader(strings.Join(list, "\n")))
	if err != nil {
		return nil, fmt.Errorf("a recipient is not understood: %w; age-keygen prints one that begins with age1", err)
	}
	return out, nil
}

// ReadIdentities reads a file of age identities (AGE-SECRET-KEY-1…); "" is none.
func ReadIdentities(path string) ([]age.Identity, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the identity cannot be read: %w", err)
	}
	defer f.Close()
	list, err := age.ParseIdentities(f)
	if err != nil {
		return nil, fmt.Errorf("%s holds no age identity: %w", path, err)
	}
	return list, nil
}

// CheckRecipients refuses what Create would refuse.
func CheckRecipients(list []string) error {
	_, err := parseRecipients(list)
	return err
}
