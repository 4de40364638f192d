package policy

var (
	credential = treatment{Password, []Use{UseAuthentication}, nil, WhileAccount, Delete, false, false}
	proofData  = treatment{Pseudonym, []Use{UseAuthentication, UseSecurity}, nil, ProofDays, Delete, false, true}
	owner      = treatment{Pseudonym, []Use{UseService}, []Recipient{ToPerson}, WhileAccount, Delete, true, true}
	setting    = treatment{AccountSettings, []Use{UseService}, []Recipient{ToPerson}, WhileAccount, Delete, true, false}
	chosen     = treatment{Purchases, []Use{UseService}, []Recipient{ToPerson}, WhileAccount, Delete, true, false}
)

// saved is a part of an address that somebody keeps for his orders.
func saved(c Category) treatment {
	return treatment{c, []Use{UseService}, []Recipient{ToPerson}, WhileAccount, Delete, true, false}
}

// asked is what a registration or a change of address keeps until it is proved.
func asked(c Category) treatment {
	return treatment{c, []Use{UseAuthentication, UseMail}, []Recipient{ToPerson}, ProofDays, Delete, true, false}
}

var accountColumns = []entry{
	{"logins", treatment{Pseudonym, []Use{UseAuthentication}, nil, WhileAccount, Delete, true, true}, "id public_id"},
	{"logins", member(Email), "email"},
	{"logins", member(Phone), "phone"},
	{"logins", member(Name), "name"},
	{"logins", treatment{AccountSettings, []Use{UseAuthentication, UseSecurity}, []Recipient{ToPerson, ToAuditor}, WhileAccount, Delete, true, true},
		"role status email_verified_at phone_verified_at password_at created_at"},
	{"logins", credential, "password_hash"},

	{"sessions", treatment{Pseudonym, []Use{UseAuthentication, UseSecurity}, []Recipient{ToPerson}, SessionDays, Delete, true, true},
		"id public_id login_id level created_at seen_at proved_at expires_at ended_at end_reason"},
	{"sessions", treatment{CookieID, []Use{UseAuthentication}, nil, SessionDays, Delete, false, false}, "token_hash"},
	{"sessions", treatment{Device, []Use{UseSecurity}, []Recipient{ToPerson}, SessionDays, Delete, true, false}, "device"},

	{"proofs", proofData, "id public_id purpose login_id session_id language tries created_at expires_at used_at"},
	{"proofs", asked(Email), "email"},
	{"proofs", asked(Phone), "phone"},
	{"registrations", proofData, "proof_id"},
	{"registrations", asked(Name), "name"},
	{"registrations", treatment{Password, []Use{UseAuthentication}, nil, ProofDays, Delete, false, false}, "password_hash"},
	{"email_changes", proofData, "login_id new_proof old_proof created_at"},
	{"email_changes", asked(Email), "email"},
	{"throttles", treatment{Pseudonym, []Use{UseSecurity}, nil, DayAfterUse, Delete, false, true}, "key times since until"},

	{"second_factors", owner, "id public_id login_id kind last_step created_at"},
	{"second_factors", setting, "name"},
	{"second_factors", credential, "secret"},
	{"recovery_codes", owner, "id login_id used_at"},
	{"recovery_codes", credential, "code_hash"},
	{"passkeys", owner, "id public_id login_id created_at used_on"},
	{"passkeys", setting, "name"},
	{"passkeys", credential, "credential_id public_key sign_count flags transports"},
	{"passkey_challenges", proofData, "id public_id purpose login_id session_id created_at expires_at"},
	{"passkey_challenges", treatment{Password, []Use{UseAuthentication}, nil, ProofDays, Delete, false, false}, "challenge"},
	{"api_tokens", owner, "id public_id login_id scopes created_at expires_at revoked_at used_on"},
	{"api_tokens", setting, "name"},
	{"api_tokens", credential, "token_hash"},

	{"request_keys", treatment{Pseudonym, []Use{UseService}, nil, DayAfterUse, Delete, false, false}, "key request_hash"},
	{"request_keys", treatment{Pseudonym, []Use{UseService}, nil, DayAfterUse, Delete, false, true}, "login_id object created_at"},
	{"seller_members", owner, "login_id seller_id role rights joined_at"},

	{"account_settings", owner, "login_id"},
	{"account_settings", setting, "language city notices"},
	{"addresses", owner, "id public_id login_id preferred created_at updated_at removed_at"},
	{"addresses", setting, "label"},
	{"addresses", saved(Name), "name"},
	{"addresses", saved(Phone), "phone"},
	{"addresses", saved(Street), "street area"},
	{"addresses", saved(City), "place city"},
	{"addresses", saved(Region), "region"},
	{"addresses", saved(PostalCode), "postal_code"},
	{"addresses", saved(Country), "country"},

	{"carts", owner, "login_id updated_at"},
	{"carts", treatment{CookieID, []Use{UseService}, nil, WhileAccount, Delete, false, false}, "token"},
	{"cart_lines", owner, "login_id"},
	{"cart_lines", chosen, "variant quantity position"},
	{"cart_merges", treatment{CookieID, []Use{UseService}, nil, WhileAccount, Delete, false, false}, "login_id token_hash at"},
	{"wishlist_items", owner, "id public_id login_id"},
	{"wishlist_items", chosen, "variant_id price added_at"},
}
