-- A table for one kind of resource. Each metadata field has a column like
-- `user_metadata`. The column `attributes` holds every other root property.
--
-- A column holds an object or SQL NULL, which means that the field is absent. The constraint rejects
-- everything else, JSON null included. Of a document that is not an object, `||` would make an array.
CREATE TABLE users (
    id text PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    attributes jsonb NOT NULL CHECK (jsonb_typeof(attributes) = 'object'),
    user_metadata jsonb CHECK (jsonb_typeof(user_metadata) = 'object')
);
