-- The attributes that merge (of a client), after their patches: an object that is set together with
-- the plain attributes. The attributes are a document that merges and is never cleared: use merge.sql
-- with old.attributes as $stored, `$set || this expression` as $sets, and the removed attributes.
--
-- $merges  jsonb: an object with the body of the patch for each attribute that merges. null removes a
--          key. A patch that clears first is not among them: its attribute is set to what it sets.
--
-- A stored attribute that is not an object counts as '{}'.
COALESCE((
    SELECT jsonb_object_agg(patch.key, (
        SELECT COALESCE(jsonb_object_agg(key, value), '{}')
        FROM (
            SELECT * FROM jsonb_each(CASE jsonb_typeof(attribute.value) WHEN 'object' THEN attribute.value END)
            WHERE NOT patch.value ? key
            UNION ALL
            SELECT * FROM jsonb_each(patch.value) WHERE value <> 'null'
        ) AS members
    ))
    FROM jsonb_each($merges) AS patch
    LEFT JOIN jsonb_each(old.attributes) AS attribute ON attribute.key = patch.key
), '{}')
