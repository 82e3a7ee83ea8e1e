#!/usr/bin/env bash
# Checks the proofs: that README.md's table names every theorem, each with a comment, and every law of src/laws.rs; that Coq
# accepts them; and that none rests on anything unproved. The table is checked without Coq too. Needs coq and libcoq-stdpp.
set -euo pipefail
cd "$(dirname "$0")"
failed=0
fail() {
    echo "FAILED: $1" >&2
    failed=1
}

theorems=$(grep -E '^Theorem ' ./*.v | sed -E 's|^\./(.*)\.v:Theorem ([a-z_0-9]+).*|\1.\2|' | sort)
named=$(sed -nE 's/^\| `([A-Za-z]+\.[a-z_0-9]+)` \|.*/\1/p' README.md | sort)
different=$(diff <(echo "$theorems") <(echo "$named")) || fail "the theorems (<) are not those that README.md names (>):
$different"

laws=$(sed -n '/pub const ALL/,/];/s/.*Law::\([A-Za-z]*\),/\1/p' ../src/laws.rs | sed 's/\B[A-Z]/_&/g' | tr A-Z a-z | sort)
[ -n "$laws" ] || fail "no laws found in src/laws.rs"
named=$(grep -oE '^\| `[^|]*\|[^|]*\|' README.md | grep -oE 'laws::[a-z_]+' | sed 's/laws:://' | sort -u)
different=$(diff <(echo "$laws") <(echo "$named")) || fail "the laws of src/laws.rs (<) are not those that README.md names (>):
$different"

for file in *.v; do
    # Whatever may be taken for granted. What sections take for granted, no list of assumptions shows: it is always the same.
    grep -HnwE 'Admitted|admit|give_up|Abort|Axioms?|Conjecture|Parameters?|Variables?|Hypothes[ie]s|bypass_check|Unset' "$file" >&2 &&
        fail "$file takes something for granted"
    grep -Hn Context "$file" | grep -vF ':Context {K V : Type} `{Countable K, EqDecision V}.' >&2 &&
        fail "$file takes more for granted than keys and values"
    awk '/^Theorem / && before !~ /\*\)$/ { print FILENAME ": " $0; bare = 1 } { before = $0 } END { exit !bare }' "$file" >&2 &&
        fail "a theorem of $file has no comment"
done

missing=
command -v coqc >/dev/null || missing=coq
[ -n "$missing" ] || [ -e "$(coqc -where)/user-contrib/stdpp/gmap.vo" ] || missing=libcoq-stdpp
if [ -n "$missing" ]; then
    [ "${CI:-}" = true ] && { fail "the proofs need $missing"; exit 1; }
    echo "SKIPPED: the proofs were NOT checked; that needs $missing (apt-get install --no-install-recommends coq libcoq-stdpp)" >&2
    exit $failed
fi

build=$(mktemp -d)
trap 'rm -r "$build"' EXIT
cp ./*.v "$build"
cd "$build"
for file in $(coqdep -sort -Q . Proofs ./*.v); do
    coqc -q -Q . Proofs "$file" || { fail "$file is not proved"; exit 1; }
done

{
    printf 'Require Proofs.%s.\n' $(sed 's/\..*//' <<<"$theorems" | uniq)
    printf 'Definition theorems := (tt%s).\n' "$(printf ', @Proofs.%s' $theorems)"
    echo 'Print Assumptions theorems.'
} >assumptions.v
assumptions=$(coqc -q -Q . Proofs assumptions.v) || fail "a theorem is not there"
[ "$assumptions" = "Closed under the global context" ] || fail "a theorem takes something for granted:
$assumptions"

((failed)) || echo "$(wc -w <<<"$theorems") theorems are proved, without axioms"
exit $failed
