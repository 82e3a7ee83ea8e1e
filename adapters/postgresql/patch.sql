-- A PATCH inside PostgreSQL, as one atomic statement. Two writers of different keys both survive;
-- read, modify and write would lose one of them.
--
-- The parameters are the plan of the body: whether it clears, the root keys that it sets as an object,
-- and the root keys that it removes as an array. Empty ones are '{}' and never NULL, which would make
-- the whole field NULL. A column that is NULL counts as {}. Any other value but an object would become
-- an array by ||, so a constraint prevents it, JSON null included.

CREATE TEMPORARY TABLE users (
    user_metadata jsonb CHECK (jsonb_typeof(user_metadata) = 'object')
);

PREPARE patch (boolean, jsonb, text[]) AS
UPDATE users
SET user_metadata = CASE
    WHEN $1 THEN $2
    ELSE (COALESCE(user_metadata, '{}') || $2) - $3
END
RETURNING user_metadata;

-- For the adapter alone: the document before the patch.
INSERT INTO users VALUES ('{}');
PREPARE store (jsonb) AS UPDATE users SET user_metadata = $1;
