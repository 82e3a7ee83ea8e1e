-- A PATCH inside PostgreSQL, as one atomic statement: two writers of different keys both survive, where read, modify and write
-- would lose one of them.
--
-- The body comes as its plan: whether it clears, the root keys that it sets as an object, and those that it removes as an array.
-- Empty ones are '{}' and never NULL, which would make the whole field NULL. A column that is NULL or null counts as {}. One that
-- holds anything else would become an array by ||, so it is kept out by a constraint.

CREATE TEMPORARY TABLE users (
    user_metadata jsonb CHECK (jsonb_typeof(user_metadata) IN ('object', 'null'))
);

PREPARE patch (boolean, jsonb, text[]) AS
UPDATE users
SET user_metadata = CASE
    WHEN $1 THEN $2
    ELSE (COALESCE(NULLIF(user_metadata, 'null'), '{}') || $2) - $3
END
RETURNING user_metadata;

-- For the adapter alone: what is stored before the patch.
INSERT INTO users VALUES ('{}');
PREPARE store (jsonb) AS UPDATE users SET user_metadata = $1;
