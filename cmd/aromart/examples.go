package main

// Help is what --help adds to a command's first line: examples.

const examples = "Examples:\n\n"

func (*demoCmd) Help() string {
	return examples + "    aromart demo\n    aromart demo --data /tmp/demo --addr 127.0.0.1:9000\n    aromart demo --reset"
}

func (*serveCmd) Help() string {
	return examples + "    aromart serve\n    aromart serve --data /var/lib/aromart --base-url https://market.example --trusted-proxy 127.0.0.1/32\n" +
		"    AROMART_DATABASE=postgres://aromart@db/aromart aromart serve"
}

func (*migrateCmd) Help() string {
	return examples + "    aromart migrate --status\n    aromart migrate --data /var/lib/aromart"
}

func (*importProductsCmd) Help() string {
	return examples + "    aromart import products shop.csv --store lanka --dry-run --report report.csv\n" +
		"    aromart import products shop.csv --store lanka --pictures pictures.zip\n" +
		"    aromart import products catalog.csv --store lanka --mapping bigbasket"
}

func (*exportProductsCmd) Help() string {
	return examples + "    aromart export products --store lanka -o lanka.csv"
}

func (*seedCmd) Help() string {
	return examples + "    aromart seed --fixture trust --data /tmp/trust\n    aromart seed --fixture load --products 100000 --orders 1000 --data /tmp/load"
}

func (*storeAddCmd) Help() string {
	return examples + "    aromart store add lanka --name \"Lanka Crafts\" --legal-name \"Lanka Crafts (Pvt) Ltd\" --email orders@lanka.example --phone \"077 123 4567\""
}

func (*storeDeliveryCmd) Help() string {
	return examples + "    aromart store delivery lanka\n    aromart store delivery lanka --price 400 --free-over 10,000\n" +
		"    aromart store delivery lanka --rate metro:2=350 --rate metro:10=900 --rate outer:10=1,400"
}

func (*storeListCmd) Help() string { return examples + "    aromart store list --json" }

func (*storeMembersCmd) Help() string { return examples + "    aromart store members lanka" }

func (*orderListCmd) Help() string {
	return examples + "    aromart order list --status confirmed\n    aromart order list --json --limit 500"
}

func (*orderShowCmd) Help() string {
	return examples + "    aromart order show 7KD-2M9-Q4TX --link\n    aromart order show 7KD-2M9-Q4TX --as lanka --reason 'ticket 7'"
}

func (*orderConfirmCmd) Help() string { return examples + "    aromart order confirm 7KD-2M9-Q4TX" }

func (*orderAcceptCmd) Help() string {
	return examples + "    aromart order accept 7KD-2M9-Q4TX --part 2"
}

func (*orderHandOverCmd) Help() string {
	return examples + "    aromart order hand-over 7KD-2M9-Q4TX --carrier Domex --tracking DX123456"
}

func (*orderDeliverCmd) Help() string {
	return examples + "    aromart order deliver 7KD-2M9-Q4TX\n    aromart order deliver 7KD-2M9-Q4TX --part 2 --cash 12,500.00"
}
func (*orderResolveCmd) Help() string {
	return examples + "    aromart order resolve 7KD-2M9-Q4TX --part 2 --reason 'courier brought the rest'"
}

func (*orderRefuseCmd) Help() string {
	return examples + "    aromart order refuse 7KD-2M9-Q4TX --reason \"nobody at home\""
}

func (*orderCancelCmd) Help() string {
	return examples + "    aromart order cancel 7KD-2M9-Q4TX --reason \"customer called\""
}

func (*orderRejectCmd) Help() string {
	return examples + "    aromart order reject 7KD-2M9-Q4TX --part 1 --reason \"broke when it was packed\""
}

func (*orderReceiveCmd) Help() string {
	return examples + "    aromart order receive 7KD-2M9-Q4TX --part 1"
}

func (*orderLoseCmd) Help() string {
	return examples + "    aromart order lose 7KD-2M9-Q4TX --part 1 --reason \"courier cannot find it\""
}

func (*routesCmd) Help() string { return examples + "    aromart routes --json" }

func (*fsckCmd) Help() string { return examples + "    aromart fsck && echo sound" }

func (*auditVerifyCmd) Help() string {
	return examples + "    aromart audit verify\n    aromart audit verify --checkpoint /media/usb/head-2026-12-01"
}

func (*auditCheckpointCmd) Help() string {
	return examples + "    aromart audit checkpoint > /media/usb/head-2026-12-01"
}

func (*policyStatusCmd) Help() string {
	return examples + "    aromart policy status\n    aromart policy status --json"
}

func (*policyShowCmd) Help() string {
	return examples + "    aromart policy show\n    aromart policy show 2 --lang si\n    aromart policy show 1 --json"
}

func (*policyDiffCmd) Help() string {
	return examples + "    aromart policy diff 1 2\n    aromart policy diff 1 program --lang ta"
}

func (*policyProposeCmd) Help() string {
	return examples + "    aromart policy propose --operator \"Lanka Market (Pvt) Ltd\" --help-email privacy@market.example\n" +
		"    aromart policy propose --config /etc/aromart.conf --provider payhere --host api.payhere.lk"
}

func (*policySignCmd) Help() string {
	return examples + "    aromart policy sign --as business --by \"Nimal Perera\"\n    aromart policy sign --as legal --by \"Ruwani Silva\""
}

func (*policyReturnCmd) Help() string {
	return examples + "    aromart policy return 2 --reason \"retention not agreed\""
}

func (*policyPublishCmd) Help() string {
	return examples + "    aromart policy publish --at now\n    aromart policy publish --at 2027-01-01"
}

func (*policyVerifyCmd) Help() string {
	return examples + "    aromart policy verify\n    aromart policy verify --config /etc/aromart.conf --json"
}

func (*inventoryCmd) Help() string {
	return examples + "    aromart privacy inventory --personal\n    aromart privacy inventory --json"
}

func (*backupCmd) Help() string {
	return examples + "    aromart backup --data /var/lib/aromart /backup/monday.tar.zst\n    aromart backup --with-keys --backup-dir /media/usb\n" +
		"    aromart backup --verify /backup/monday.tar.zst"
}

func (*restoreCmd) Help() string {
	return examples + "    aromart restore /backup/monday.tar.zst --verify\n    aromart restore /backup/monday.tar.zst --data /var/lib/aromart-new\n" +
		"    aromart restore /backup/monday.tar.zst --data /var/lib/aromart-new --database postgres://aromart@db/empty --erasures /safe/erasures.log"
}

func (*userAddCmd) Help() string {
	return examples + "    aromart user add nimal@market.example --name \"Nimal Perera\" --role support\n    aromart user add ruwan@lanka.example --name \"Ruwan Silva\" --role seller_owner --seller lanka"
}

func (*userResetCmd) Help() string {
	return examples + "    aromart user reset-password nimal@market.example\n    aromart user reset-password nimal@market.example --second-factor"
}

func (*userRoleCmd) Help() string {
	return examples + "    aromart user role nimal@market.example admin\n    aromart user role sita@lanka.example seller_staff --seller lanka --rights orders,catalog"
}

func (*configCmd) Help() string {
	return examples + "    aromart config\n    aromart config --config /etc/aromart.conf --json"
}

func (*doctorCmd) Help() string { return examples + "    aromart doctor --data /var/lib/aromart" }

func (*completionCmd) Help() string {
	return examples + "    aromart completion > /etc/bash_completion.d/aromart\n    aromart completion zsh > ~/.zfunc/_aromart\n    aromart completion fish > ~/.config/fish/completions/aromart.fish"
}

func (*benchShopCmd) Help() string {
	return examples + "    aromart bench\n    aromart bench shop --sizes 1000,10000 --turns 1 --json figures.json"
}

func (*versionCmd) Help() string { return examples + "    aromart version\n    aromart version --json" }

func (*relevanceCmd) Help() string {
	return examples + "    aromart bench relevance --data DIR"
}

func (*benchSignInCmd) Help() string {
	return examples + "    aromart bench sign-in\n    aromart bench sign-in --no-sqlite --postgres postgres://localhost/postgres"
}

func (*benchRushCmd) Help() string {
	return examples + "    aromart bench rush\n    aromart bench rush --turns 20 --postgres postgres://localhost/postgres"
}

func (*benchDemoCmd) Help() string {
	return examples + "    aromart bench demo\n    aromart bench demo --turns 20"
}

func (*exportDataCmd) Help() string {
	return examples + "    aromart privacy export --subject nimal@example.com --reason \"ticket 12\" --out nimal.zip\n" +
		"    aromart privacy export --subject 7KD-2M9-Q4TX --reason \"ticket 12\""
}

func (*eraseDataCmd) Help() string {
	return examples + "    aromart privacy erase --subject \"077 123 4567\"\n    aromart privacy erase --subject 7KD-2M9-Q4TX --yes"
}

func (*requestListCmd) Help() string {
	return examples + "    aromart privacy requests list\n    aromart privacy requests list --all --json"
}

func (*requestAddCmd) Help() string {
	return examples + "    aromart privacy requests add --kind objection --subject 7KD-2M9-Q4TX --question \"no letters, please\""
}

func (*requestShowCmd) Help() string {
	return examples + "    aromart privacy requests show 8KQ2-7D3M-VX4T-90AB-ZR5H"
}

func (*requestVerifyCmd) Help() string {
	return examples + "    aromart privacy requests verify 8KQ2-7D3M-VX4T-90AB-ZR5H --proof call"
}

func (*requestStartCmd) Help() string {
	return examples + "    aromart privacy requests start 8KQ2-7D3M-VX4T-90AB-ZR5H"
}

func (*requestExtendCmd) Help() string {
	return examples + "    aromart privacy requests extend 8KQ2-7D3M-VX4T-90AB-ZR5H"
}

func (*requestFinishCmd) Help() string {
	return examples + "    aromart privacy requests finish 8KQ2-7D3M-VX4T-90AB-ZR5H --answer \"We stopped it.\"\n    aromart privacy requests finish 8KQ2-7D3M-VX4T-90AB-ZR5H --partly books_by_law"
}

func (*requestRefuseCmd) Help() string {
	return examples + "    aromart privacy requests refuse 8KQ2-7D3M-VX4T-90AB-ZR5H --reason identity_not_proven"
}

func (*retentionCmd) Help() string {
	return examples + "    aromart privacy retention --dry-run\n    aromart privacy retention --json"
}
