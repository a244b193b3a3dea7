
-- Why the session of this secret shows nothing any more; null where it still does, or nobody has that secret here. Only
-- whoever holds the secret of a session hears it, and of nobody but the one whose session it was.
DECLARE
    over record;
BEGIN
    SELECT s.user_id, s.portal || '/' || s.audience AS persona, s.tenant_kind, s.tenant_key INTO over
    FROM {schema}.session AS s WHERE s.secret_hash = sha256(convert_to($1, 'UTF8')) AND s.portal = $2
        -- Of one that went by long ago nothing is told.
        AND s.expires_at > clock_timestamp() - interval '1 day';
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM 1 FROM {schema}.membership_now(over.user_id, over.persona, over.tenant_kind, over.tenant_key);
    IF FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM 1 FROM {schema}.tenant_now(over.tenant_kind, over.tenant_key) AS t WHERE t.status = 'suspended';
    RETURN CASE WHEN FOUND THEN 'suspended' ELSE 'ended' END;
END
