-- A table for one kind of resource. Each metadata field has a column like
-- `user_metadata`. The column `attributes` holds every other root property.
--
-- A column holds an object or SQL NULL, which means that the field is absent. The constraint rejects
-- everything else, JSON null included.
CREATE TABLE users (
    id VARCHAR(255) COLLATE utf8mb4_nopad_bin PRIMARY KEY,
    version BIGINT NOT NULL DEFAULT 1,
    attributes JSON NOT NULL CHECK (JSON_VALID(attributes) AND JSON_TYPE(attributes) = 'OBJECT'),
    user_metadata JSON CHECK (JSON_VALID(user_metadata) AND JSON_TYPE(user_metadata) = 'OBJECT')
) CHARACTER SET utf8mb4;
