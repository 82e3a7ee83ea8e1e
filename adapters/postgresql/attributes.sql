-- The attributes that merge (of a client), after their patches: an object that is set together with
-- the plain attributes. The attributes are a document that merges and is never cleared: use merge.sql
-- with old.attributes as $stored, `$set || this expression` as $sets, and the removed attributes.
--
-- $merges  jsonb: an array with {"name", "clear", "sets", "removals"} for each attribute that merges
--
-- A stored attribute that is not an object counts as '{}'.
COALESCE((
    SELECT jsonb_object_agg(patch.name, CASE
        WHEN patch.clear OR jsonb_typeof(attribute.value) IS DISTINCT FROM 'object' THEN patch.sets
        WHEN cardinality(patch.removals) <= 500 THEN (attribute.value || patch.sets) - patch.removals
        ELSE (
            SELECT COALESCE(jsonb_object_agg(member.key, member.value), '{}')
            FROM jsonb_each(attribute.value || patch.sets) AS member
            WHERE NOT EXISTS (SELECT FROM unnest(patch.removals) AS removed WHERE removed = member.key)
        )
    END)
    FROM jsonb_to_recordset($merges::jsonb) AS patch (name text, clear boolean, sets jsonb, removals text[])
    LEFT JOIN jsonb_each(old.attributes) AS attribute ON attribute.key = patch.name
), '{}')
