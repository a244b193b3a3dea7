-- Shares and assignments of a row, which end with it.
CREATE INDEX share_row ON {schema}.share (object, row_key);
CREATE INDEX assignment_row ON {schema}.assignment (object, row_key);

-- Whom the operator keeps out, by address: asked for each request.
CREATE INDEX app_user_disabled ON {schema}.app_user (email) WHERE disabled_at IS NOT NULL;

-- What was answered, by when it ends.
CREATE INDEX registration_answered ON {schema}.registration (coalesce(decided_at, at)) WHERE state <> 'waiting';
