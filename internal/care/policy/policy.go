// Package policy holds what aromart has promised, as data that the program
// enforces and the public pages print: the promises P01 to P24, the register
// of cookies, the class of every column of the database, the text of the
// privacy policy with its versions and signatures, and the gate that allows
// only what the version in force names.
//
// What always holds: the text that was signed is the text that is shown; a
// version is in force only with the signatures of two people, from its date
// on; a change of the text needs new signatures. A cookie outside the register
// cannot be set, a payment provider or a machine that no version names cannot
// be reached, a column outside the table breaks the build, and no use of data
// for marketing or advertising exists.
//
// Personal data: the names of those who sign a version.
//
// Tables: policy_versions, policy_texts, policy_signoffs, policy_checks.
package policy
