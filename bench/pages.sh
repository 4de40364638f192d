#!/usr/bin/env bash
# Checks the pages of a running demo in Chromium and prints one table.
#
#   bench/pages.sh [options] BASE [TOOLS]
#   bench/pages.sh --templates [options] [TOOLS]
#
#   BASE    the shop, e.g. http://127.0.0.1:8080 of `aromart demo`
#   TOOLS   directory with lighthouse.sh, axe.mjs, weight.mjs, slow.mjs, nojs.mjs, html.sh; ../shared/tools/ux unless given
#
#   --only REGEX        only pages whose name matches
#   --langs "en si ta"  in which languages; all three unless given
#   --lighthouse        measure with Lighthouse, three runs a page, instead of the other checks: nothing else may run meanwhile
#   --templates         every template of package ui with made-up contents, in English and from right to left; it starts its own server
#   --tasks             only the buyer's tasks, without and with script
#   --slow              home, list and product on a slow 4G, a slow 3G and a 2G line, three runs each: nothing else may run meanwhile
#   --print             only the paper: how many A4 pages an order, its receipt and the policy take
#
# A page passes with: axe 0 at 360 and 1280 px in light and dark, nothing cut at 320 px and at 200 % text, valid HTML,
# at most 14 KB of HTML (lists 20), 10 KB of style, 6 KB of script, no other site, no cookie from browsing; Lighthouse 100 for
# accessibility, best practices and SEO and 99 for performance; on a slow line, first view and 4 times slower processor, the largest
# element within 1.2, 2 and 6 s, everything within 1.5, 2.5 and 8 s, nothing that moves, and a tap on the filters answered within 120 ms.
# Exit status 1 when a bar is missed.
set -euo pipefail
cd "$(dirname "$0")/.."

only=. langs= mode=pages order= in_cart= ordered= signed_in= signed_at=0
while [ $# -gt 0 ]; do
  case "$1" in
    --only) only=$2; shift 2 ;;
    --langs) langs=$2; shift 2 ;;
    --lighthouse | --templates | --tasks | --slow | --print) mode=${1#--}; shift ;;
    -h | --help) sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 0 ;;
    -*) echo "bench/pages.sh: unknown option $1; try bench/pages.sh --help" >&2; exit 2 ;;
    *) break ;;
  esac
done
if [ "$mode" = templates ]; then
  base=http://127.0.0.1:$((20000 + RANDOM % 10000))
else
  base=${1:?usage: bench/pages.sh [options] BASE [TOOLS]}
  base=${base%/}
  shift
fi
tools=$(realpath "${1:-../shared/tools/ux}")

work=$(mktemp -d)
trap '[ -z "${preview:-}" ] || kill "$preview"; rm -rf "$work"' EXIT
if [ ! -d "$tools/node_modules" ]; then
  cp -r "$tools/." "$work/tools"
  tools=$work/tools
  (cd "$tools" && npm install --silent --no-audit --no-fund >&2)
fi
node=$tools/node_modules/.bin/node

if [ "$mode" = templates ]; then
  go test -c -o "$work/ui.test" ./internal/web/ui
  "$work/ui.test" -test.run TestPreview -test.timeout 0 -preview "${base#http://}" >/dev/null &
  preview=$!
  until command curl -sf -o /dev/null "$base/"; do kill -0 "$preview" 2>/dev/null || { echo "bench/pages.sh: the preview did not start" >&2; exit 1; }; sleep 0.2; done
fi

# The buyer whose cart, checkout and order are looked at, and the customer of the demo.
jar=$work/jar
curl() { command curl -sS -b "$jar" -c "$jar" "$@"; }
cookies() { awk '$1 != "" && ($1 !~ /^#/ || $1 ~ /^#HttpOnly_/) && NF >= 7 { printf "%s%s=%s", n++ ? "; " : "", $6, $7 }' "$jar"; }
value() { grep -o "name=\"$1\" value=\"[^\"]*\"" | head -1 | sed 's/.*value="//; s/"$//; s/&#43;/+/g; s/&amp;/\&/g'; }

fill_cart() {
  local slug variant
  for slug in cotton-wicks-two-hundred coco-peat-brick-makes-nine-liters; do # plenty in stock
    variant=$(curl "$base/p/$slug" | value variant)
    curl -o /dev/null -H "Origin: $base" --data-urlencode "variant=$variant" -d quantity=2 "$base/cart/add"
  done
}
# A phone that has no open order yet: an open cash order counts against its phone.
phone() { printf '077 %03d %04d' $((RANDOM % 1000)) $((RANDOM % 10000)); }
place_order() {
  local form
  form=$(curl "$base/checkout")
  curl -o /dev/null -H "Origin: $base" -d 'name=Nimal Perera' -d "phone=$(phone)" -d 'street=12 Temple Road' -d 'landmark=near the bo tree' \
    -d city=colombo/dehiwala -d email=nimal@example.com --data-urlencode "key=$(value key <<<"$form")" --data-urlencode "total=$(value total <<<"$form")" \
    --data-urlencode "policy=$(value policy <<<"$form")" -w '%{redirect_url}' "$base/checkout"
}
# The pages of security ask for the password again when the sign-in is some minutes old.
sign_in() {
  [ -z "$signed_in" ] || [ $((SECONDS - signed_at)) -ge 300 ] || return 0
  : >"$jar"
  curl -o /dev/null -H "Origin: $base" -d contact=customer@example.com --data-urlencode 'password=three blue bicycles' "$base/login"
  signed_in=$(cookies) signed_at=$SECONDS
  [ -n "$signed_in" ] || { echo "bench/pages.sh: the customer of the demo could not sign in, so the account cannot be looked at" >&2; exit 1; }
}
if [ "$mode" != templates ] && [ "$mode" != tasks ] && [ "$mode" != slow ]; then
  : >"$jar"
  fill_cart
  in_cart=$(cookies)
  order=$(place_order)
  order=${order%%\?*}
  order=${order#"$base"}
  [[ $order == /orders/* ]] || { echo "bench/pages.sh: the demo took no order, so its page cannot be looked at" >&2; exit 1; }
  ordered=$(cookies)
fi

# name | path | KB of HTML | whose: nobody's, the cart's, the order's, the account's
demo_pages() {
  cat <<END
home|/|14|
category|/c/kitchen-and-dining|14|
list|/c/fashion?all=1|20|
list, filtered|/c/fashion?all=1&max_price=9000&sort=price|20|
search|/search?q=cotton|20|
search, typing error|/search?q=coton+shrt|20|
search, nothing found|/search?q=qqqqzzzz|14|
product|/p/training-cup-with-two-handles|14|
product, 12 variants|/p/shirt-dress-with-wooden-buttons|14|
product, sold out|/p/counter-stool-with-footrest|14|
store|/s/hanthana-clay|20|
cart, empty|/cart|14|
cart|/cart|14|cart
checkout|/checkout|14|cart
confirmation|$order?placed=1|14|order
order|$order|14|order
receipt|$order/receipt|14|order
track|/orders/track|14|
privacy|/privacy|14|
cookies|/cookies|14|
terms|/terms|14|
returns|/returns|14|
preferences|/preferences|14|
not found|/no-such-page|14|
sign in|/login|14|
link to sign in|/login/link|14|
open an account|/register|14|
new password|/reset|14|
account|/account|14|account
account: orders|/account/orders|14|account
account: addresses|/account/addresses|14|account
account: address|/account/addresses/new|14|account
account: wishlist|/account/wishlist|14|account
account: choices|/account/preferences|14|account
account: security|/account/security|14|account
account: password|/account/security/password|14|account
account: second step|/account/security/second|14|account
account: passkey|/account/security/passkeys/new|14|account
account: keys|/account/security/tokens|14|account
account: data|/account/data|14|account
promises|/privacy/promises|14|
data map|/privacy/data|20|
END
}
template_pages() { (cd internal/web/ui && sed -n 's/^\t\t"\(\/[^"]*\)": .*/\1|\1|60|/p' preview_test.go); } # the preview does not compress

failed=0
miss() { failed=1; printf '  %s\n' "$*" >>"$work/why"; }

# axe PAGE URL: the number of findings. That a page which is not there says so is none.
axe() {
  JSON=1 "$node" "$tools/axe.mjs" "$2" >"$work/axe.json" 2>"$work/axe.err" || true
  "$node" -e '
    const ok = /^HTTP 404$|status of 404/, list = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
    const all = list.flatMap(r => [...r.violations.map(v => v.id + " " + v.nodes.slice(0, 2).join(" ; ")), ...r.extra,
      ...r.errs.filter(e => process.argv[2] !== "not found" || !ok.test(e))].map(x => r.width + " px " + r.scheme + ": " + x));
    if (list.length !== 4) all.push("only " + list.length + " of 4 views");
    console.log(all.length); all.forEach(x => console.error(x));' "$work/axe.json" "$1" 2>>"$work/why.axe" || echo "?"
}

check() { # NAME LANG URL KB COOKIE
  local weight html findings over=ok cookie=$5
  export COOKIE=$cookie
  weight=$(BUDGET="html=$4,css=10,js=6" "$node" "$tools/weight.mjs" "$3") || { over=OVER; miss "$1 $2: ${weight##*KB, }"; }
  if ! grep -q ' 0 to other sites' <<<"$weight"; then miss "$1 $2 asks other sites"; over=OVER; fi
  if [ -z "$cookie" ] && ! grep -q 'cookies set: none' <<<"$weight"; then miss "$1 $2 sets a cookie"; over=OVER; fi
  html=valid
  "$tools/html.sh" "$3" >"$work/html" 2>&1 || { html=INVALID; miss "$1 $2: $(sed -n '2,4p' "$work/html" | tr '\n' ';')"; }
  : >"$work/why.axe"
  findings=$(axe "$1" "$3")
  [ "$findings" = 0 ] || { miss "$1 $2, axe:"; sed 's/^/    /' "$work/why.axe" | head -8 >>"$work/why"; }
  unset COOKIE
  printf '%-22s %-5s %s %-5s %-8s %3s\n' "$1" "$2" \
    "$(sed -E 's/.*html ([0-9.]+) +css ([0-9.]+) +js ([0-9.]+).*, ([0-9]+) requests.*/\1 \2 \3 \4/' <<<"$weight" | awk '{ printf "%5s %5s %5s %4s", $1, $2, $3, $4 }')" "$over" "$html" "$findings"
}

# A page that is one visitor's own forbids search engines to list it, which Lighthouse counts against
# it; there the bar is that nothing else is found. Lighthouse refuses to look at a page that is not there.
lighthouse() { # NAME LANG URL KB COOKIE
  local line scores report bad=ok
  if [ "$1" = "not found" ]; then return; fi
  if [ -n "$5" ]; then export LH_HEADERS="{\"Cookie\":\"$5\"}"; fi
  "$tools/lighthouse.sh" "$3" "$work/lh" mobile 3 >"$work/lh.txt" 2>&1 || { miss "$1 $2: $(tail -1 "$work/lh.txt")"; bad=MISSED; }
  unset LH_HEADERS
  line=$(grep '^median' "$work/lh.txt" || true)
  scores=$(sed -E 's/median: perf ([0-9]+) +a11y ([0-9]+) +bp ([0-9]+) +seo ([0-9]+) .*LCP ([0-9]+) TBT ([0-9]+) CLS ([0-9.]+).*/\1 \2 \3 \4 \5 \6 \7/' <<<"$line")
  report=$(ls "$work"/lh/*.report.json | head -1)
  set -- "$1" "$2" $scores
  local hidden
  hidden=$("$node" -e 'const r = JSON.parse(require("fs").readFileSync(process.argv[1])), low = r.categories.seo.auditRefs.filter(a => a.weight && (r.audits[a.id].score ?? 1) < 1).map(a => a.id);
    console.log(low.join() === "is-crawlable" ? "only not listed" : low.join() || "none")' "$report")
  rm -rf "$work/lh"
  if ! { [ "${3:-0}" -ge 99 ] && [ "${4:-0}" -eq 100 ] && [ "${5:-0}" -eq 100 ] && { [ "${6:-0}" -eq 100 ] || [ "$hidden" = "only not listed" ]; }; }; then
    bad=MISSED
    miss "$1 $2: $(grep -E '^run|fails' "$work/lh.txt" | tr '\n' ';')"
  fi
  [ "$hidden" = "only not listed" ] && set -- "$1" "$2" "$3" "$4" "$5" "(${6})" "$7" "$8" "$9"
  printf '%-22s %-5s %4s %5s %5s %6s  %5s %4s %6s  %s\n' "$@" "$bad"
}

# slow.mjs prints the medians of the first view and of the next one; the bars are for the first.
slow() { # NAME LANG URL
  local line tap bad lcp load cls answer lcp_bar load_bar
  [ "$1" = list ] && tap='.fold > summary' || tap=
  for line in slow4g/1200/1500 slow3g/2000/2500 2g/6000/8000; do
    IFS=/ read -r line lcp_bar load_bar <<<"$line"
    INTERACT=$tap "$node" "$tools/slow.mjs" "$3" "$line" >"$work/slow.txt" 2>&1 || true
    read -r lcp load cls answer < <(sed -nE 's/.*first view: .*LCP ([0-9]+) .* load ([0-9]+) CLS ([0-9.]+)( tap ([0-9]+))?.*/\1 \2 \3 \5/p' "$work/slow.txt") || true
    bad=ok
    if [ -z "${cls:-}" ]; then bad=MISSED; miss "$1 $2 $line: $(tail -1 "$work/slow.txt")"
    elif [ "$lcp" -gt "$lcp_bar" ] || [ "$load" -gt "$load_bar" ] || [ "$cls" != 0.000 ] || [ "${answer:-0}" -gt 120 ] || { [ -n "$tap" ] && [ -z "$answer" ]; }; then
      bad=MISSED; miss "$1 $2 $line: LCP $lcp of $lcp_bar, load $load of $load_bar, CLS $cls${tap:+, tap ${answer:-not answered}}"
    fi
    printf '%-22s %-5s %-7s %5s %5s %6s %5s  %s\n' "$1" "$2" "$line" "${lcp:-?}" "${load:-?}" "${cls:-?}" "${answer:--}" "$bad"
  done
}

paper() { # NAME LANG URL KB COOKIE
  local pages
  COOKIE=$5 PRINT=1 "$node" "$tools/shots.mjs" "$3" "$work/print" 360 >/dev/null
  pages=$(cat "$work"/print/*.pdf | grep -a -o '/Type /Page\b' | wc -l)
  rm -rf "$work/print"
  printf '%-22s %-5s %s A4\n' "$1" "$2" "$pages"
  if [ "$1" = receipt ] || [ "$1" = order ] && [ "$pages" != 1 ]; then miss "$1 $2 takes $pages pages"; fi
}

tasks() {
  local js line
  for js in "" 1; do
    while IFS= read -r line; do printf '%s\n' "${line//PHONE/$(phone)}"; done <bench/tasks.json >"$work/tasks.json"
    JS=$js "$node" "$tools/nojs.mjs" "$base" "$work/tasks.json" || miss "the buyer's tasks, script ${js:-0}"
    echo
  done
}

list=demo_pages do=check
: >"$work/why"
case "$mode" in
  pages) printf '%-22s %-5s %5s %5s %5s %4s %-5s %-8s %s\n' page lang HTML CSS JS req bars HTML axe ;;
  templates) list=template_pages langs=${langs:-en ar-XB} ;;
  lighthouse) do=lighthouse langs=${langs:-en}; printf '%-22s %-5s %4s %5s %5s %6s  %5s %4s %6s\n' page lang perf a11y best seo LCP TBT CLS ;;
  slow) do=slow langs=${langs:-en}; [ "$only" != . ] || only='^(home|list|product)$'; printf '%-22s %-5s %-7s %5s %5s %6s %5s\n' page lang line LCP load CLS tap ;;
  print) do=paper only='^(receipt|order|confirmation|privacy|returns)$' ;;
  tasks) tasks; list=true ;;
esac
langs=${langs:-en si ta}
while IFS='|' read -r name path kb whose <&3; do
  [[ $name =~ $only ]] || continue
  case "$whose" in cart) cookie=$in_cart ;; order) cookie=$ordered ;; account) sign_in; cookie=$signed_in ;; *) cookie= ;; esac
  for lang in $langs; do
    prefix=/$lang
    [ "$lang" = en ] && prefix=
    $do "$name" "$lang" "$base$prefix$path" "$kb" "$cookie"
  done
done 3< <($list)

if [ "$failed" = 1 ]; then
  printf '\nmissed:\n'
  cat "$work/why"
  exit 1
fi
printf '\nall bars are met\n'
