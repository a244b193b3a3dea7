
DECLARE
    padded record;
    signed text;
BEGIN
    SELECT k.kid, k.inner_key AS i, k.outer_key AS o INTO STRICT padded
    FROM {schema}.signing_key AS k WHERE k.retired_at IS NULL ORDER BY k.created_at DESC, k.kid LIMIT 1;
    signed := padded.kid || '.' || payload::text || '.';
    RETURN signed || encode(sha256(padded.o || sha256(padded.i || convert_to(signed, 'UTF8'))), 'hex');
END
