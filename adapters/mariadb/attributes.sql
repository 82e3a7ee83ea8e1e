-- One attribute that merges (of a client), after its patch. The attributes are a document that merges
-- and is never cleared: use merge.sql with attributes as $stored. Its $sets is then
-- JSON_MERGE_PRESERVE(the plain attributes, JSON_OBJECT(name, this expression, …)), and its $nulls
-- hold these names too. JSON_OBJECT would store a JSON text as a string without JSON_COMPACT, so a patch
-- that clears first needs JSON_COMPACT(what it sets).
--
-- $path           '$.' and the name as a JSON string, as the serializer of the stored JSON writes it:
--                 JSON_EXTRACT does not find "\u00e9" by "é"
-- $nulls, $sets   as in merge.sql, for the patch of this attribute
--
-- A stored attribute that is not an object counts as '{}'.
JSON_COMPACT(CASE
    WHEN COALESCE(JSON_TYPE(JSON_EXTRACT(attributes, $path)), '') <> 'OBJECT' THEN $sets
    ELSE JSON_MERGE_PRESERVE(JSON_MERGE_PATCH(JSON_EXTRACT(attributes, $path), $nulls), $sets)
END)
