-- The new value of a document that merges: an expression for update.sql.
--
-- $stored    the column, such as old.user_metadata
-- $clear     boolean: whether the patch clears first
-- $sets      jsonb: the keys that it sets, with their values, or '{}'
-- $removals  text[]: the keys that it removes, or '{}'
--
-- No parameter is NULL, which would make the whole field NULL.
--
-- `-` compares each stored key with each removed one: O(n·r). The other branch hashes the removed keys:
-- O(n + r). Both cost the same at 300 to 800 removals, whatever the size of the document.
CASE
    WHEN $clear THEN $sets::jsonb
    WHEN cardinality($removals::text[]) <= 500 THEN (COALESCE($stored, '{}') || $sets) - $removals::text[]
    ELSE (
        SELECT COALESCE(jsonb_object_agg(member.key, member.value), '{}')
        FROM jsonb_each(COALESCE($stored, '{}') || $sets) AS member
        WHERE NOT EXISTS (SELECT FROM unnest($removals::text[]) AS removed WHERE removed = member.key)
    )
END
