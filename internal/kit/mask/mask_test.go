package mask_test

import (
	"strings"
	"testing"

	"aromart/internal/kit/mask"
)

func TestSecretsAreStruck(t *testing.T) {
	for text, secret := range map[string]string{
		"my password is hunter2, thanks": "hunter2",
		"Password: correct-horse":        "correct-horse",
		"pwd=Qwerty!9":                   "Qwerty!9",
		"the passcode was “blue”":        "blue",
		"PIN 4821":                       "4821",
		"otp: 553201":                    "553201",
		"cvv is 123":                     "123",
		"මගේ මුරපදය සඳ123":               "සඳ123",
		"මුරපදය: නිමල්":                  "නිමල්",
		"என் கடவுச்சொல் abc123":          "abc123",
		"கடவுச்சொல் என்பது மழை":                  "மழை",
		"card 4111 1111 1111 1111 please":        "1111 1111",
		"5555-5555-5555-4444":                    "5555-5555",
		"378282246310005":                        "378282246310005",
		"4111.1111.1111.1111":                    "1111.1111",
		"number:4222222222222":                   "4222222222222",
		"２ ４１１１１１１１１１１１１１１１":                     "１１１１",
		"two: 4111111111111111 5105105105105100": "4111111111111111",
	} {
		clean, struck := mask.Secrets(text)
		if !struck || strings.Contains(clean, secret) || !strings.Contains(clean, mask.Struck) {
			t.Errorf("%q became %q", text, clean)
		}
	}
}

func TestOrdinaryTextsStay(t *testing.T) {
	for _, text := range []string{
		"", "Blue gate, near the bo tree", "Call +94 77 123 4567 or 0112 345 678", "Order 7KD-2M9-Q4TX",
		"I forgot my password yesterday", "my password is not accepted", "password reset please", "Please bring change for 5000",
		"4111 1111 1111 1112", "1234 5678 9012 3456", "NIC 199012345678", "pin it to the door", "මුරපදය අමතක වුණා", "கடவுச்சொல் மறந்துவிட்டது",
		"12 Temple Road, 2nd floor", "tracking 00340434161094042557",
	} {
		if clean, struck := mask.Secrets(text); struck || clean != text {
			t.Errorf("%q became %q", text, clean)
		}
	}
}

func FuzzSecrets(f *testing.F) {
	f.Add("password is 4111 1111 1111 1111")
	f.Add("පින් අංකය 12")
	f.Fuzz(func(t *testing.T, text string) {
		clean, struck := mask.Secrets(text)
		if struck != (clean != text) {
			t.Errorf("%q: %q, %v", text, clean, struck)
		}
	})
}
