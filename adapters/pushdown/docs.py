"""Compares the statements in the library's docs and in the example server with the files that the tests run."""

import re
import sys
from pathlib import Path
from string import Template

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "src/resource/push_down.rs"
SERVER = ROOT / "examples/management-api/src/store/postgres/statement.rs"
IS_OBJECT = "COALESCE(jsonb_typeof(old.user_metadata), 'object') = 'object'"
IS_VALID = "JSON_VALID($sets) AND COALESCE(JSON_VALID(user_metadata) AND JSON_TYPE(user_metadata) = 'OBJECT', TRUE)"


def statement(store: str, name: str, **parameters: str) -> str:
    """Returns the statement of a file, without its comments, for one field."""
    text = (ROOT / "adapters" / store / f"{name}.sql").read_text()
    return Template(re.sub(r"(?m)^--.*\n", "", text).rstrip()).substitute(parameters)


def normal(sql: str) -> str:
    """Returns a statement without its layout."""
    sql = re.sub(r"\s+", " ", sql).replace("( ", "(").replace(" )", ")")
    return sql.strip().rstrip(";")


def main() -> int:
    docs = re.sub(r"(?m)^//! ?", "", DOCS.read_text())
    shown = [normal(block) for block in re.findall(r"```sql\n(.*?)```", docs, re.DOTALL)]
    merge = statement("postgresql", "merge", stored="old.user_metadata", clear="$clear", sets="$sets", removals="$removals")
    common = {"table": "users", "version": "$version"}
    postgresql = statement(
        "postgresql", "update", id="$id", assignments=f"user_metadata = {merge}", guards=IS_OBJECT, **common
    )
    merge = statement("mariadb", "merge", stored="user_metadata", nulls="'{\"plan\": null}', …", sets="$sets")
    mariadb = statement("mariadb", "update", id="?", assignments=f"user_metadata = {merge}", guards=IS_VALID, **common)
    mariadb = mariadb.replace("SELECT ROW_COUNT();\n", "")
    attributes = statement("postgresql", "attributes", merges="$merges")
    wanted = [(shown, DOCS, sql) for sql in (postgresql, attributes, mariadb)]
    # The server does not clear by this expression.
    merge = statement("postgresql", "merge", stored="{stored}", clear="", sets="{sets}", removals="{removals}")
    merge = merge.replace("WHEN  THEN {sets}::jsonb", "")
    attributes = statement("postgresql", "attributes", merges="{merges}")
    constants = [normal(text) for text in re.findall(r'(?s): &str = "\\\n(.*?)";', SERVER.read_text())]
    wanted += [(constants, SERVER, sql) for sql in (merge, attributes)]
    for found, file, sql in wanted:
        if normal(sql) not in found:
            print(f"{file.name} does not have this statement of the files:\n{normal(sql)}", file=sys.stderr)
            return 1
    print("the docs and the server have the statements of the files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
