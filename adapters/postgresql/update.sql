-- Executes a plan on one resource, as one atomic statement. A second writer waits for the row and
-- sees the result of the first. A plan that names nothing needs no statement.
--
-- $table        the table
-- $id           the resource
-- $version      the version that If-Match names, or NULL
-- $assignments  `column = expression` for each column that the plan changes, and for no other:
--
--               merge       user_metadata = the expression in merge.sql
--               clear       user_metadata = '{}', or app_metadata = NULL if it is absent after a clear
--               replace     metadata = the object, as a parameter
--               attributes  attributes = the expression in attributes.sql
--
-- $guards       for each column that is merged or cleared in merge mode, and true for all others:
--
--               COALESCE(jsonb_typeof(old.user_metadata), 'object') = 'object'
--
--               Without the constraint of schema.sql, a stored fault matches no row then.
--
-- Returns one row, with the resource before and after, or no row if there is no such resource. The
-- second half is NULL if the version differs or if a guard fails, and nothing has changed then.
-- Validate limits on the second half before COMMIT. The first half is for the audit log.
WITH old AS (
    SELECT * FROM $table WHERE id = $id FOR UPDATE
), new AS (
    UPDATE $table AS stored
    SET version = old.version + 1, $assignments
    FROM old
    WHERE stored.id = old.id
        AND ($version::bigint IS NULL OR old.version = $version)
        AND $guards
    RETURNING stored.*
)
SELECT old.*, new.* FROM old LEFT JOIN new ON true;
