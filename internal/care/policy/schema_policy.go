package policy

// A version of the policy says nothing about a person; who signed it answers
// for it by name, for as long as anybody may ask who did.
var policyColumns = []entry{
	{"policy_versions", internal, "id number status hash revision round proposed_at effective_at announced_to updated_at"},
	{"policy_versions", shown, "names"},
	{"policy_texts", shown, "version_id language hash text"},
	{"policy_signoffs", internal, "id version_id round hash role signed_at"},
	{"policy_signoffs", treatment{Name, []Use{UseLegal}, []Recipient{ToPerson, ToAuditor}, AuditForever, Keep, true, false}, "signer signer_key"},
	{"policy_checks", shown, "name passed at"},
	{"policy_checks", internal, "detail"},

	// That consent was given or withdrawn is proof; the subject is an id that says nothing once the person is erased.
	{"consents", treatment{Pseudonym, []Use{UseLegal}, []Recipient{ToPerson, ToAuditor}, OrderBookDays, Keep, true, true}, "id subject_kind subject_id"},
	{"consents", treatment{AccountSettings, []Use{UseLegal}, []Recipient{ToPerson, ToAuditor}, OrderBookDays, Keep, true, false}, "purpose act policy_version policy_hash words_hash language how at"},
}
