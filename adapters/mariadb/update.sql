-- Executes a plan on one resource, as one transaction. A second writer waits for the row and sees the
-- result of the first. MariaDB has no UPDATE … RETURNING, so two reads surround the write. A plan that
-- names nothing needs no statement.
--
-- $table        the table
-- $id           the resource
-- $version      the version that If-Match names, or NULL
-- $assignments  `column = expression` for each column that the plan changes, and for no other:
--
--               merge       user_metadata = the expression in merge.sql
--               clear       user_metadata = '{}', or app_metadata = NULL if it is absent after a clear
--               clear, then set, and replace
--                           metadata = the object, as a parameter
--               attributes  attributes = the expression in attributes.sql
--
-- $guards       for each column that is merged or cleared in merge mode:
--
--               COALESCE(JSON_VALID(user_metadata) AND JSON_TYPE(user_metadata) = 'OBJECT', TRUE)
--
--               and for each parameter that is set: JSON_VALID(it). A JSON function returns NULL, and
--               no error, for text that it cannot read, which includes more than 31 levels of nesting.
--
-- The first SELECT is the resource before, for the audit log. If it has no row, there is no such
-- resource. ROW_COUNT() is 1 if the plan was executed. It is 0 if the version differs or a guard fails,
-- and -1 after an error. Nothing has changed then: ROLLBACK. Validate limits on the last SELECT before
-- COMMIT.
--
-- Each named key costs a pass over the document. For a plan that names more than 32, apply the plan in
-- the program to what the first SELECT returns, and write each column back as a replace.
START TRANSACTION;
SELECT * FROM $table WHERE id = $id FOR UPDATE;
UPDATE $table
SET version = version + 1, $assignments
WHERE id = $id AND ($version IS NULL OR version = $version) AND $guards;
SELECT ROW_COUNT();
SELECT * FROM $table WHERE id = $id;
COMMIT;
