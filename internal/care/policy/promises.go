package policy

// Promise is one of the promises that the marketplace was made from.
type Promise struct {
	ID    string   // P01 to P24, for ever
	Text  string   // message id of the promise in short
	Path  string   // page where a visitor sees it carried out, "" while none exists
	Tests []string // package directory and test that fails when (a part of) it is broken; none yet for what is built next
}

// Promises lists all promises in order. Whoever keeps one adds the test here;
// a test of this package makes sure that the named tests exist.
func Promises() []Promise {
	return []Promise{
		{"P01", "policy.p01", "/", []string{"internal/journey.TestBrowsingLeavesNothing", "internal/journey.TestABrowserKeepsNothing", "internal/web.TestPageCache"}},
		{"P02", "policy.p02", "/register", []string{"internal/people/auth.TestTrustRow21AndCheck18SameWorkForEverybody", "internal/journey.TestTrustRow21AndCheck18SameAnswers"}},
		{"P03", "policy.p03", "/checkout", []string{"internal/trade/checkout.Test200Buyers"}},
		{"P04", "policy.p04", "", nil},
		{"P05", "policy.p05", "", []string{"internal/trade/fulfillment.TestNobodyTouchesWhatIsNotHis"}},
		{"P06", "policy.p06", "/privacy/data", []string{"internal/care/policy.TestEveryColumnIsClassified", "internal/care/policy.TestAColumnWithoutClassIsFound"}},
		{"P07", "policy.p07", "/account", []string{"internal/people/account.TestAddresses", "internal/trade/wishlist.TestAWishlistIsItsOwnersAlone", "internal/journey.TestTrustRow13And08Accounts"}},
		{"P08", "policy.p08", "/account/security", []string{"internal/people/auth.TestPasswordsAreHashedWhole", "internal/people/notice.TestTemplatesAskForNoPassword"}},
		{"P09", "policy.p09", "", []string{"internal/trade/checkout.TestAnOrderHoldsEverything"}},
		{"P10", "policy.p10", "", []string{"internal/trade/fulfillment.TestEveryWayAnOrderGoes", "internal/platform/audit.TestAnEntryLivesAndDiesWithItsAct"}},
		{"P11", "policy.p11", "/checkout", []string{"internal/care/policy.TestPaymentGate"}},
		{"P12", "policy.p12", "/privacy#outside", []string{"internal/care/policy.TestPaymentGate", "internal/care/policy.TestTheGateFollowsTheVersionInForce", "cmd/aromart.TestGatewayKeysNeedAPolicy"}},
		{"P13", "policy.p13", "/cookies", []string{"internal/web.TestCookies", "internal/web.TestSetCookieRefuses", "internal/web.TestACookieNeedsAPolicy"}},
		{"P14", "policy.p14", "/cookies", []string{"internal/web.TestSecurityHeaders", "internal/web.TestOtherMachinesNeedAPolicy", "internal/journey.TestNoPageAsksAnotherSite", "internal/care/policy.TestCapabilityGate", "internal/care/consent.TestConsent"}},
		{"P15", "policy.p15", "/privacy#use", []string{"internal/care/policy.TestUsesAreThoseOfThePolicy"}},
		{"P16", "policy.p16", "", []string{"internal/people/access.TestPermit", "internal/journey.TestTrustCheck02And03Matrix", "cmd/aromart.TestScriptsOnSQLite"}},
		{"P17", "policy.p17", "/privacy#share", []string{"internal/platform/door.TestNobodyIsDialedUnasked", "internal/arch.TestDoors", "internal/arch.TestNothingElseDialsOut"}},
		{"P18", "policy.p18", "", []string{"internal/people/access.TestTrustCheck58WhatASellerSeesAtEachStage", "internal/trade/fulfillment.TestTrustCheck05AndCheck58SellerSeesHisPartWhileHeNeedsIt"}},
		{"P19", "policy.p19", "/account/data", []string{"internal/care/privacy.TestExportHoldsAllOfThePersonAndNobodyElse", "internal/care/privacy.TestAnExportOfAnAccountIsItsOwn"}},
		{"P20", "policy.p20", "/account/data", []string{"internal/care/privacy.TestCorrectionsReachTheSellersOfOpenOrders"}},
		{"P21", "policy.p21", "/account/data", []string{"internal/care/privacy.TestErasureLeavesNothing", "internal/journey.TestRightsPages", "internal/care/privacy.TestReplayErasesARestoredDatabase", "internal/care/privacy.TestNoCrashLosesAnErasure"}},
		{"P22", "policy.p22", "", []string{"internal/market.TestPrivacyDue", "internal/care/privacy.TestDeadlinesToTheDay"}},
		{"P23", "policy.p23", "", []string{"internal/people/access.TestTableRefusesIncompleteRoutes", "internal/web.TestErrorsBecomeAnswers", "internal/web.TestFormRefuses",
			"internal/people/auth.TestTrustRow25AndCheck14SessionsEnd", "internal/people/auth.TestTrustCheck15SessionsAreListedAndEnded"}},
		{"P24", "policy.p24", "/privacy", []string{"internal/care/policy.TestDraft", "internal/care/policy.TestTheLifeOfAVersion", "internal/care/policy.TestNobodySignsTwice", "internal/care/policy.TestAChangedTextNeedsNewSignatures", "cmd/aromart.TestScriptsOnSQLite"}},
	}
}
