// Package errs is the one error type of aromart: a kind to act on, a message
// id with arguments that a face translates for the person who asked, and a
// private cause that only the log sees.
//
// Not yours and not there are the same NotFound, so that no answer tells
// whether a record exists.
package errs

import (
	"errors"
	"fmt"
)

// Kind says what went wrong, in the few ways that a caller can act on.
type Kind uint8

// The kinds. Internal is the zero value, so that a forgotten kind leaks nothing.
const (
	Internal    Kind = iota // our fault; the public sentence is always the same
	Invalid                 // the input is wrong; Field names it where one field is at fault
	NotFound                // not there, or not yours
	Forbidden               // known actor, action not granted
	SignIn                  // an actor is needed
	Conflict                // right input, but the world has moved on (stock, price, state)
	Stale                   // the caller changes what he has not seen: it was changed since he read it
	TooMany                 // rate limit
	TooLarge                // body, file or picture over the limit
	Unsupported             // a media type that is not accepted
	Unavailable             // busy or full; the same request may succeed later
)

var kindNames = [...]string{"internal", "invalid", "not_found", "forbidden", "sign_in", "conflict", "stale", "too_many", "too_large", "unsupported", "unavailable"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "internal"
}

// Arg is one named argument of a message.
type Arg struct {
	Name  string
	Value any
}

// Error is an error that may be shown: ID is a message id, translated by the face.
type Error struct {
	Kind  Kind
	ID    string // message id, for example "cart.too_many_lines"; also the stable code of the JSON API
	Text  string // message id of the sentence where one code has several; ID without it
	Args  []Arg  // arguments of the message
	Field string // form field at fault, when Kind is Invalid
	Cause error  // for the log only
}

// New makes an error to be shown. args are name, value pairs of the message.
func New(kind Kind, id string, args ...any) *Error {
	e := &Error{Kind: kind, ID: id}
	for i := 0; i+1 < len(args); i += 2 {
		name, ok := args[i].(string)
		if !ok {
			panic(fmt.Sprintf("errs: argument %d of %s is no name", i, id))
		}
		e.Args = append(e.Args, Arg{name, args[i+1]})
	}
	return e
}

// Field makes an Invalid error that names the form field at fault.
func Field(field, id string, args ...any) *Error {
	e := New(Invalid, id, args...)
	e.Field = field
	return e
}

// Saying returns a copy of e with another sentence for the same code.
func (e *Error) Saying(id string) *Error {
	c := *e
	c.Text = id
	return &c
}

// Because returns a copy of e with the cause that the log will show.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.Cause = cause
	return &c
}

// Error is the text for the log; it is never shown to a visitor.
func (e *Error) Error() string {
	s := e.Kind.String() + ": " + e.ID
	if e.Field != "" {
		s += " (" + e.Field + ")"
	}
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Cause }

// List is several input errors at once, in the order of the form.
type List []*Error

func (l List) Error() string {
	if len(l) == 0 {
		return "no errors"
	}
	return fmt.Sprintf("%v (%d in all)", l[0], len(l))
}

// Unwrap lets errors.As find the first error of the list.
func (l List) Unwrap() []error {
	out := make([]error, len(l))
	for i, e := range l {
		out[i] = e
	}
	return out
}

// Err returns the list as an error, or nil when it is empty.
func (l List) Err() error {
	if len(l) == 0 {
		return nil
	}
	return l
}

// KindOf returns the kind of err; an unmarked error is Internal.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// Is reports whether err carries the message id.
func Is(err error, id string) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.ID == id
}
