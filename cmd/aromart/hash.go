package main

import (
	"os"

	"aromart/internal/people/auth"
	"aromart/internal/platform/argon"
)

// hashCmd is the helper that the serving process starts.
type hashCmd struct{}

func (hashCmd) Run() error { return argon.Help(os.Stdin, os.Stdout) }

// hashAside has passwords hashed by processes of this program until they are closed.
func hashAside() (*argon.Helpers, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	helpers := argon.NewHelpers(exe, "aromart", "hash")
	auth.HashAside(helpers)
	return helpers, nil
}
