#!/usr/bin/env bash
# Checks the proofs: README.md's table names every theorem and every law of src/laws, each theorem
# has a comment, Coq accepts the proofs, and none rests on an axiom. The table is checked even without
# Coq. Needs coq and libcoq-stdpp.
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

# A law is a row `name: "Name",` of a table, wherever the table is kept under src/laws.
laws=$(grep -rhoE --include='*.rs' 'name: "[A-Za-z]+"' ../src/laws.rs ../src/laws | cut -d'"' -f2 | sort -u) || true
[ -n "$laws" ] || fail "no laws found: expected rows with name: \"…\" in src/laws.rs or src/laws/"
unproved=$(grep '^| not proved |' README.md | cut -d'|' -f3 | grep -oE '[A-Za-z]+') || true
named=$(grep -E '^\| (`|not proved)' README.md | cut -d'|' -f3 | grep -oE '[A-Za-z]+' | sort -u)
different=$(diff <(echo "$laws") <(echo "$named")) || fail "the laws in src/ (<) are not those that README.md names (>):
$different"

assuming='Admitted|admit|give_up|Abort|Axioms?|Conjecture|Parameters?|Variables?|Hypothes[ie]s|bypass_check|Unset'
equality='Equiv V, !Equivalence \(≡@\{V\}\), !RelDecision \(≡@\{V\}\)'
for file in *.v; do
    # `Print Assumptions` does not list what a section assumes. So a section may only assume types of
    # keys and values, and a decidable equivalence of values.
    grep -HnwE "$assuming" "$file" >&2 &&
        fail "$file assumes something"
    grep -Hn Context "$file" | grep -vE ":Context \{(K )?V : Type\} \`\{(Countable K)?(, )?($equality)?\}\.\$" >&2 &&
        fail "$file assumes more than keys, values and an equality"
    awk '/^Theorem / && before !~ /\*\)$/ { print FILENAME ": " $0; bare = 1 }
        { before = $0 } END { exit !bare }' "$file" >&2 &&
        fail "a theorem of $file has no comment"
done

missing=
command -v coqc >/dev/null || missing=coq
[ -n "$missing" ] || [ -e "$(coqc -where)/user-contrib/stdpp/gmap.vo" ] || missing=libcoq-stdpp
if [ -n "$missing" ]; then
    [ "${CI:-}" = true ] && { fail "the proofs need $missing"; exit 1; }
    echo "SKIPPED: the proofs were not checked, because $missing is missing (apt-get install coq libcoq-stdpp)" >&2
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
echo "assumptions of the theorems: $assumptions"
[ "$assumptions" = "Closed under the global context" ] || fail "a theorem assumes something:
$assumptions"

((failed)) || echo "$(wc -w <<<"$theorems") theorems are proved, without axioms; laws not proved: ${unproved:-none}"
exit $failed
