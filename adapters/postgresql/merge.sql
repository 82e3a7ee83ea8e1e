-- The new value of a document that merges: an expression for update.sql.
--
-- $stored    the column, such as old.user_metadata
-- $clear     boolean: whether the patch clears first
-- $sets      jsonb: the keys that it sets, with their values, or '{}'
-- $removals  text[]: the keys that it removes, or '{}'
--
-- No parameter is NULL, which would make the whole field NULL.
--
-- `-` compares each of n stored keys with each of r removed ones: O(n·r). `?` finds a removed key by
-- binary search: O((n + r) log r). Both cost the same at about 256 removals, whatever the size of the
-- document. An anti-join with unnest($removals) costs at least as much as `?` for all of the keys, and
-- three times as much if the planner sorts, which it did when it saw the parameters.
CASE
    WHEN $clear THEN $sets::jsonb
    WHEN cardinality($removals::text[]) <= 256 THEN (COALESCE($stored, '{}') || $sets) - $removals::text[]
    ELSE (
        SELECT COALESCE(jsonb_object_agg(key, value), '{}')
        FROM jsonb_each(COALESCE($stored, '{}'))
        WHERE NOT (SELECT jsonb_object($removals, $removals)) ? key
    ) || $sets
END
