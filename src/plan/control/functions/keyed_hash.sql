
BEGIN
    RETURN (SELECT sha256(k.outer_key || sha256(k.inner_key || convert_to($1, 'UTF8'))) FROM {schema}.mask_key AS k);
END
