// Package policy holds what aromart has promised, as data that the program
// enforces and the public pages print: the promises P01 to P24, the register
// of cookies, the providers that may take money, the text of the privacy
// policy with its version, and the class of every column of the database.
//
// What always holds: a cookie outside the register cannot be set, a payment
// provider outside the gate cannot be switched on, a column outside the table
// breaks the build, and no use of data for marketing or advertising exists.
//
// Personal data: none; it describes where personal data lies.
//
// Tables: none.
package policy
