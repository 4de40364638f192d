package policy

// The classes of all columns, in the order of the migrations.

var platformColumns = []entry{
	{"leases", internal, "name holder until"},
	{"sequences", internal, "name value"},
	{"settings", treatment{Operations, []Use{UseService}, nil, WhileUsed, Keep, false, false}, "name value"},

	{"audit_entries", internal, "id seq at action object_kind object_id fields"},
	{"audit_entries", actor, "actor_kind actor_id"},
	{"audit_entries", treatment{Operations, []Use{UseSecurity, UseLegal}, []Recipient{ToAuditor}, AuditForever, Keep, false, false}, "reason"},
	{"audit_hashes", internal, "position hash"},
	{"audit_heads", internal, "id size note at"},

	{"jobs", internal, "id kind status run_at locked_until attempts created_at done_at"},
	{"jobs", treatment{Pseudonym, []Use{UseService, UseMail}, nil, SentMailDays, Keep, false, false}, "payload"},
	{"jobs", treatment{Operations, []Use{UseService}, []Recipient{ToSupport}, SentMailDays, Keep, false, false}, "last_error"},
}

var goodsColumns = []entry{
	{"sellers", internal, "id public_id status commission_bp created_at"},
	{"sellers", shown, "name legal_name registration"},
	{"sellers", trader(Email), "email"},
	{"sellers", trader(Phone), "phone"},
	{"stores", internal, "id public_id seller_id opened_at"},
	{"stores", shown, "slug name tagline about city pack_days return_days picture_blob picture_color"},

	{"categories", shown, "id parent_id slug depth position name_en name_si name_ta picture_blob picture_color"},
	{"category_attributes", shown, "category_id attribute kind unit name_en name_si name_ta facet position"},

	{"products", internal, "id public_id seller_id store_id status created_at updated_at"},
	{"products", shown, "handle slug language title body_html brand product_type tags category_id option1 option2 option3"},
	{"product_slugs", shown, "slug product_id"},
	{"product_texts", shown, "product_id language title body_html"},
	{"product_attributes", shown, "product_id attribute position text number unit"},
	{"pictures", shown, "id product_id position blob alt width height color"},
	{"pictures", sellers, "sha256 source"},
	{"variants", internal, "id public_id product_id seller_id position active"},
	{"variants", shown, "option1 option2 option3 sku barcode price compare_at weight_g picture_id"},

	{"stock_levels", internal, "variant_id seller_id on_hand"},
	{"stock_movements", internal, "id variant_id delta reason order_line_id at"},
	{"stock_movements", treatment{Pseudonym, []Use{UseSecurity}, []Recipient{ToSeller, ToAuditor}, OrderBookDays, Keep, false, true}, "actor_kind actor_id"},
	{"catalog_changes", internal, "id seq kind object_id at"},

	{"delivery_methods", internal, "id public_id seller_id position active"},
	{"delivery_methods", shown, "name kind price free_over extra_days"},
	{"delivery_rates", shown, "method_id zone max_weight_g price"},

	{"imports", internal, "id public_id store_id format status checkpoint created changed same wrong created_at updated_at"},
	{"imports", sellers, "file_name blob sha256 mapping last_error"},
	{"import_issues", internal, "id import_id row_number level"},
	{"import_issues", sellers, "column_name value message args"},
}

var orderColumns = []entry{
	{"orders", steps, "id placed_at"},
	{"orders", whole, "public_id number market currency channel payment_method items_total delivery_total fee_total discount_total tax_total total confirm_rule"},
	{"orders", internal, "link_version"},
	{"orders", treatment{CookieID, []Use{UseService, UseFraud}, nil, OrderContactDays, Blank, false, false}, "cart_token_hash"},
	{"orders", treatment{Pseudonym, []Use{UseService, UseSupport}, []Recipient{ToPerson, ToSupport}, OrderBookDays, Blank, true, true}, "customer_id"},
	{"orders", treatment{AccountSettings, []Use{UseService, UseMail}, []Recipient{ToPerson, ToSupport}, OrderBookDays, Keep, true, true}, "language"},
	{"orders", treatment{Region, []Use{UseService, UseLegal}, []Recipient{ToPerson, ToSeller, ToSupport}, OrderBookDays, Keep, true, false}, "zone"},
	{"orders", treatment{Operations, []Use{UseLegal}, []Recipient{ToPerson, ToAuditor}, OrderBookDays, Keep, true, true}, "policy_version policy_hash"},

	{"order_contacts", steps, "order_id"},
	{"order_contacts", contact(Name), "name recipient"},
	{"order_contacts", treatment{Phone, []Use{UseService, UseSupport, UseSharing, UseFraud}, label, OrderContactDays, Blank, true, false}, "phone"},
	// No seller and no courier ever gets it.
	{"order_contacts", treatment{Email, []Use{UseMail, UseSupport}, []Recipient{ToPerson, ToSupport}, OrderContactDays, Blank, true, false}, "email"},
	{"order_contacts", contact(Street), "street area"},
	{"order_contacts", contact(City), "city"},
	{"order_contacts", contact(Region), "region"},
	{"order_contacts", contact(PostalCode), "postal_code"},
	{"order_contacts", contact(Country), "country"},
	{"order_contacts", contact(PrivateText), "note"},
	{"order_contacts", treatment{Operations, []Use{UseLegal}, []Recipient{ToPerson, ToAuditor}, OrderBookDays, Keep, true, true}, "erased_at"},

	{"seller_orders", steps, "id public_id order_id seller_id position status arrives_from arrives_to confirm_by hand_over_by updated_at"},
	{"seller_orders", bought, "store delivery items_total delivery_total fee_total discount_total tax_total total"},
	{"seller_orders", treatment{PrivateText, []Use{UseService, UseSupport}, []Recipient{ToPerson, ToSeller, ToSupport}, OrderContactDays, Blank, true, false}, "cancel_reason"},

	{"order_lines", steps, "id public_id order_id seller_order_id seller_id product_id variant_id position"},
	{"order_lines", bought, "quantity unit_price line_total tax_bp tax title snapshot"},
	{"order_lines", books, "commission_bp commission"},

	{"order_events", steps, "id order_id seller_order_id object object_id name from_status to_status at"},
	{"order_events", actor, "actor_kind actor_id"},
	{"order_events", treatment{PrivateText, []Use{UseService, UseSupport}, []Recipient{ToPerson, ToSupport}, OrderContactDays, Blank, true, false}, "reason"},

	{"payments", steps, "id public_id order_id seller_order_id kind status updated_at"},
	{"payments", bought, "amount collected_amount"},

	{"fulfillments", steps, "id public_id order_id seller_order_id seller_id status created_at updated_at"},
	{"fulfillments", treatment{Purchases, deliver, label, OrderBookDays, Keep, true, false}, "carrier tracking_number"},
	{"fulfillment_lines", steps, "fulfillment_id order_line_id quantity"},

	{"cash_turns", internal, "turn taken"},

	{"idempotency_keys", treatment{Pseudonym, []Use{UseService}, nil, DayAfterUse, Delete, false, false}, "scope key request_hash"},
	{"idempotency_keys", treatment{Pseudonym, []Use{UseService}, nil, DayAfterUse, Delete, false, true}, "order_id created_at"},
}
