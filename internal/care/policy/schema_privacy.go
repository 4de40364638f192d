package policy

var (
	// The register of privacy requests proves that a right was served. It
	// outlives the person as a pseudonym: numbers, states and times, no value.
	register = treatment{Pseudonym, []Use{UseLegal}, []Recipient{ToPerson, ToSupport, ToAuditor}, PrivacyProofDays, Keep, true, true}
	// Who got which kinds of data: ids and names of kinds.
	seen = treatment{Purchases, []Use{UseSecurity, UseLegal}, []Recipient{ToPerson, ToSupport, ToAuditor}, OrderBookDays, Keep, true, true}
	// Of an account, which takes the list along: nobody is left to read it.
	seenAccount = treatment{AccountSettings, []Use{UseSecurity, UseLegal}, []Recipient{ToPerson, ToAuditor}, WhileAccount, Delete, true, true}
)

var privacyColumns = []entry{
	{"disclosures", seen, "id order_id seller_order_id recipient recipient_id name act fields purpose reason at"},
	{"disclosures", internal, "cause"},
	{"login_disclosures", seenAccount, "id login_id recipient name act fields purpose reason at"},
	{"login_disclosures", internal, "cause"},

	{"order_corrections", steps, "id order_id at"},
	{"order_corrections", actor, "actor_kind actor_id"},
	{"order_corrections", contact(Name), "name recipient"},
	{"order_corrections", contact(Phone), "phone"},
	{"order_corrections", contact(Street), "street area"},
	{"order_corrections", contact(PostalCode), "postal_code"},
	{"order_corrections", contact(PrivateText), "note"},

	{"privacy_requests", register, "id number kind status channel proof login_id language reason receipt received_at due_at extended_at run_at closed_at"},
	{"privacy_requests", treatment{PrivateText, []Use{UseSupport, UseLegal}, []Recipient{ToPerson, ToSupport}, PrivacyProofDays, Blank, true, false}, "question answer"},
	{"privacy_request_orders", register, "request_id order_id"},
	{"privacy_request_sellers", register, "request_id seller_id"},
	{"privacy_request_events", register, "id request_id name from_status to_status reason at"},
	{"privacy_request_events", actor, "actor_kind actor_id"},

	// The key of a finished archive opens a file that is deleted when it expires.
	{"privacy_exports", treatment{Pseudonym, []Use{UseService, UseSecurity}, nil, UntilExpiry, Delete, false, false}, "public_id file_key"},
	{"privacy_exports", treatment{Pseudonym, []Use{UseService}, nil, UntilExpiry, Delete, false, true}, "id request_id status size created_at expires_at"},

	{"privacy_proofs", treatment{Pseudonym, []Use{UseAuthentication}, nil, UntilExpiry, Delete, false, false}, "public_id secret_hash"},
	{"privacy_proofs", treatment{Pseudonym, []Use{UseAuthentication}, nil, UntilExpiry, Delete, false, true}, "id order_id tries created_at expires_at"},
}
